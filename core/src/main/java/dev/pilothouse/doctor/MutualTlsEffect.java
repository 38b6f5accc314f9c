package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.console.IstiodDebug.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether the TLS that a DestinationRule makes clients use is what the servers take. Without a rule
 * istiod chooses what they take.
 */
final class MutualTlsEffect {
  private MutualTlsEffect() {}

  /** Empty, or what does not fit, for all endpoints of the host. */
  static List<String> faults(Case c) {
    String mode = c.spec().at("/trafficPolicy/tls/mode").asText();
    if (c.kind() != IstioKind.DESTINATION_RULE
        || !(mode.equals("DISABLE") || mode.equals("ISTIO_MUTUAL"))) {
      return List.of();
    }
    String host = Hosts.resolved(c.spec().path("host").asText(), c.namespace());
    List<Endpoint> endpoints =
        c.istiod().debug().endpoints().stream().filter(e -> e.hostname().equals(host)).toList();
    List<String> refuse = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      refuses(c, mode, endpoint).ifPresent(refuse::add);
    }
    if (refuse.isEmpty() || refuse.size() < endpoints.size()) {
      return List.of();
    }
    List<String> faults = new ArrayList<>();
    faults.add(
        mode.equals("DISABLE")
            ? "it makes the proxy send plain text, and its endpoints take mutual TLS only"
            : "it makes the proxy use mutual TLS, and its endpoints do not take it");
    faults.addAll(refuse);
    return faults;
  }

  private static Optional<String> refuses(Case c, String mode, Endpoint endpoint) {
    JsonNode tls = endpoint.json().path("TLSMode");
    boolean proxied = tls.asText().equals("istio");
    String namespace = endpoint.json().path("Namespace").asText(endpoint.namespace());
    String takes =
        proxied
            ? PeerAuthenticationRelevance.mode(c, namespace, endpoint.labels(), endpoint.port())
            : "DISABLE";
    boolean fits = mode.equals("DISABLE") ? !takes.equals("STRICT") : !takes.equals("DISABLE");
    if (fits || tls.isMissingNode()) {
      return Optional.empty();
    }
    Optional<IstiodDebug.Config> by =
        PeerAuthenticationRelevance.counting(c, namespace, endpoint.labels());
    return Optional.of(
        endpoint
            + (proxied
                ? " takes " + takes + by.map(config -> " by " + config).orElse("")
                : " has no proxy that takes it"));
  }
}
