package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What the Sidecar resource of a proxy lets it see. */
final class SidecarScope {
  private SidecarScope() {}

  /** The Sidecar and its egress hosts. */
  static String describe(Case c) {
    JsonNode scope = c.scope();
    List<String> hosts = egress(c);
    return hosts.isEmpty()
        ? scope.path("name").asText()
        : "Sidecar "
            + scope.path("namespace").asText()
            + "/"
            + scope.path("name").asText()
            + ", whose egress hosts are "
            + hosts;
  }

  /** The egress hosts, as {@code ./*}; none when there is no Sidecar resource. */
  static List<String> egress(Case c) {
    List<String> hosts = new ArrayList<>();
    for (JsonNode listener : c.scope().path("sidecar").path("egress")) {
      hosts.addAll(Hosts.texts(listener.path("hosts")));
    }
    return hosts;
  }

  /** Whether it imports something of a namespace that is about a host. */
  static boolean imports(Case c, String namespace, String host) {
    List<String> egress = egress(c);
    if (egress.isEmpty()) {
      return true;
    }
    return egress.stream()
        .anyMatch(
            allowed -> {
              int slash = allowed.indexOf('/');
              String from = slash < 0 ? "*" : allowed.substring(0, slash);
              String name = allowed.substring(slash + 1);
              return (from.equals("*")
                      || from.equals(namespace)
                      || (from.equals(".") && namespace.equals(c.proxyNamespace())))
                  && Hosts.overlap(name, host);
            });
  }
}
