package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.envoy.Filter;
import dev.pilothouse.envoy.FilterChain;
import dev.pilothouse.envoy.ListenerResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What istiod makes of the servers of a Gateway. Those of several Gateways share the listener of a
 * port; one that does not go with an earlier one is left out in silence.
 */
final class GatewayGeneration {
  private static final Set<String> HTTP = Set.of("HTTP", "HTTP2", "GRPC", "GRPC-WEB");

  private GatewayGeneration() {}

  /** The port and those that its Services lead to. */
  static Set<Integer> ports(Case c, int port) {
    Set<Integer> ports = new TreeSet<>(Set.of(port));
    own(c).stream()
        .filter(instance -> instance.port() == port)
        .forEach(instance -> ports.add(instance.targetPort()));
    return ports;
  }

  private static List<IstiodDebug.Instance> own(Case c) {
    return c.istiod().debug().instances().getOrDefault(c.proxyId(), List.of());
  }

  /** What the servers are short of; empty if all are made. */
  static List<String> lost(Case c) {
    List<String> lost = new ArrayList<>();
    for (JsonNode server : c.spec().path("servers")) {
      int port = server.at("/port/number").asInt();
      List<ListenerResource> listeners =
          c.pushed().listeners().stream()
              .filter(listener -> ports(c, port).contains(listener.address().port()))
              .toList();
      if (listeners.stream().noneMatch(listener -> made(c, server, listener))) {
        lost.add(
            "its server "
                + server.path("port")
                + " is left out"
                + (listeners.isEmpty() ? "" : ": another Gateway has the port"));
        lost.addAll(others(c, port));
        if (!routesHttp(server)) {
          lost.add("of TCP and of TLS that is passed through nothing is made before a route is");
        }
      }
    }
    return lost;
  }

  private static boolean made(Case c, JsonNode server, ListenerResource listener) {
    String protocol = server.at("/port/protocol").asText();
    String of =
        "https.%d.%s.%s.%s"
            .formatted(
                server.at("/port/number").asInt(),
                server.at("/port/name").asText(),
                c.name(),
                c.namespace());
    for (FilterChain chain : listener.filterChains()) {
      for (Filter filter : chain.filters()) {
        String routes = filter.routeConfigName();
        boolean fits =
            HTTP.contains(protocol)
                ? routes.startsWith("http.")
                : routesHttp(server) ? routes.startsWith(of) : routes.isEmpty();
        if (fits) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean routesHttp(JsonNode server) {
    String protocol = server.at("/port/protocol").asText();
    return HTTP.contains(protocol) || (protocol.equals("HTTPS") && !passesThrough(server));
  }

  /** What of a VirtualService a server goes by: {@code http}, {@code tls} or {@code tcp}. */
  static String routes(JsonNode server) {
    if (routesHttp(server)) {
      return "http";
    }
    return passesThrough(server) ? "tls" : "tcp";
  }

  /** istiod leaves out the mode that is its first. */
  private static boolean passesThrough(JsonNode server) {
    return server.has("tls")
        && server.at("/tls/mode").asText("PASSTHROUGH").endsWith("PASSTHROUGH");
  }

  private static List<String> others(Case c, int port) {
    List<String> others = new ArrayList<>();
    for (IstiodDebug.Config gateway : c.configs(IstioKind.GATEWAY)) {
      for (JsonNode server : gateway.json().at("/spec/servers")) {
        if (!c.is(gateway)
            && server.at("/port/number").asInt() == port
            && Relevance.missing(gateway.json().at("/spec/selector"), c.labels()).isEmpty()) {
          others.add(gateway + " has " + server.path("port") + " of " + server.path("hosts"));
        }
      }
    }
    return others;
  }

  /** The ports to which no Service of the proxy leads. */
  static List<String> unreachable(Case c) {
    List<String> without = new ArrayList<>();
    if (c.kind() != IstioKind.GATEWAY) {
      return without;
    }
    List<IstiodDebug.Instance> own = own(c);
    for (JsonNode server : c.spec().path("servers")) {
      int port = server.at("/port/number").asInt();
      boolean leads =
          own.stream()
              .anyMatch(instance -> instance.port() == port || instance.targetPort() == port);
      if (!leads && !own.isEmpty()) {
        without.add("no Service leads to port " + port + " of the proxy");
        own.stream()
            .map(i -> i.hostname() + " leads from " + i.port() + " to " + i.targetPort())
            .distinct()
            .forEach(without::add);
      }
    }
    return without;
  }

  static Check check(Case c, List<String> found) {
    List<String> lost = lost(c);
    return lost.isEmpty()
        ? Generated.made(found)
        : Check.broken(Link.GENERATED, lost.remove(0), lost);
  }
}
