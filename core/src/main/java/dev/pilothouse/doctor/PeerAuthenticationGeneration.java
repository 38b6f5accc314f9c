package dev.pilothouse.doctor;

import dev.pilothouse.doctor.Diagnosis.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What istiod makes of a PeerAuthentication: inbound filter chains with TLS, without, or both. */
final class PeerAuthenticationGeneration {
  private PeerAuthenticationGeneration() {}

  static Check check(Case c) {
    List<String> mistaken = new ArrayList<>();
    c.spec()
        .path("portLevelMtls")
        .properties()
        .forEach(port -> InboundPorts.mistaken(c, port.getKey()).ifPresent(mistaken::add));
    if (!mistaken.isEmpty()) {
      return Check.broken(
          Link.GENERATED, "its portLevelMtls is for no port of the workload", mistaken);
    }
    Map<Integer, String> modes = InboundPorts.modes(c);
    if (modes.isEmpty()) {
      return Check.undecided(
          Link.GENERATED,
          "it works on connections that come in, and this proxy has no inbound listener");
    }
    List<String> wrong = new ArrayList<>();
    modes.forEach(
        (port, mode) -> {
          String wanted = PeerAuthenticationRelevance.mode(c, c.proxyNamespace(), c.labels(), port);
          if (!mode.equals(wanted)) {
            wrong.add("port " + port + " should be " + wanted + ", and is " + mode);
          }
        });
    String words = "istiod makes the inbound ports " + modes;
    return wrong.isEmpty()
        ? Check.holds(Link.GENERATED, words)
        // A Sidecar's ingress and EnvoyFilters have their say, too.
        : Check.undecided(Link.GENERATED, words, wrong.toArray(new String[0]));
  }
}
