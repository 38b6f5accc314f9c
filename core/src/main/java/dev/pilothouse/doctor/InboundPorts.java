package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.envoy.ListenerResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The ports at which a proxy takes connections for its application. */
final class InboundPorts {
  private InboundPorts() {}

  /** The ports, and what mutual TLS mode the filter chains of each come to. */
  static Map<Integer, String> modes(Case c) {
    Map<Integer, Boolean> tls = new TreeMap<>();
    Map<Integer, Boolean> plain = new TreeMap<>();
    for (ListenerResource listener : c.pushed().listeners()) {
      if (EnvoyJson.inbound(listener)) {
        for (JsonNode chain : EnvoyJson.chains(listener)) {
          int port = EnvoyJson.port(listener, chain);
          if (port > 0) {
            boolean secured = !EnvoyJson.at(chain, "transport_socket").isMissingNode();
            (secured ? tls : plain).put(port, true);
          }
        }
      }
    }
    Map<Integer, String> modes = new TreeMap<>();
    plain.keySet().forEach(port -> modes.put(port, "DISABLE"));
    tls.keySet()
        .forEach(port -> modes.put(port, plain.containsKey(port) ? "PERMISSIVE" : "STRICT"));
    return modes;
  }

  /** What is wrong with a port that is meant for the workload, when it is its Service's. */
  static Optional<String> mistaken(Case c, String port) {
    List<IstiodDebug.Instance> own =
        c.istiod().debug().instances().getOrDefault(c.proxyId(), List.of());
    if (own.stream().anyMatch(instance -> String.valueOf(instance.targetPort()).equals(port))) {
      return Optional.empty();
    }
    return own.stream()
        .filter(instance -> String.valueOf(instance.port()).equals(port))
        .findFirst()
        .map(
            instance ->
                port
                    + " is the port of the Service "
                    + instance.hostname()
                    + "; the workload's own is "
                    + instance.targetPort());
  }
}
