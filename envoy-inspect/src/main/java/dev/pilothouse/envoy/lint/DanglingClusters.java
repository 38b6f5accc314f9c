package dev.pilothouse.envoy.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ClusterName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds names of clusters that are not there, wherever Envoy's API has a place for one. */
final class DanglingClusters implements PartCheck {
  private static final String ROUTE = "envoy.config.route.v3.";
  private static final String ROUTE_ACTION = ROUTE + "RouteAction";
  private static final String CALLS = "each call@ to it fails";
  private static final String HTTP_FILTER =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter";
  private static final String TCP_PROXY = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

  /** Messages with the field that names a cluster, and what follows when it is not there. */
  private static final Map<String, Place> PLACES = places();

  private final Facts facts;
  private final Findings findings;

  private record Place(String field, Severity severity, String outcome) {}

  DanglingClusters(Facts facts, Findings findings) {
    this.facts = facts;
    this.findings = findings;
  }

  @Override
  public void check(Part part) {
    Place place = PLACES.get(part.typeName());
    if (place == null || !part.has(place.field)) {
      return;
    }
    JsonNode names = part.value(place.field);
    for (JsonNode name : names.isArray() ? names : List.of(names)) {
      if (!name.asText().isEmpty()
          && facts.lacksCluster(name.asText())
          && !isOfNoPort(part, name.asText())) {
        String outcome = place.outcome.equals(CALLS) ? callOutcome(part) : place.outcome;
        outcome = outcome.replace("@", where(part)).replace("503", status(part));
        findings.add(
            LintRule.DANGLING_CLUSTER,
            place.severity,
            part.resource(),
            part.owner(),
            part.pointer(),
            "There is no cluster " + name.asText() + ": " + outcome + ".");
      }
    }
  }

  /**
   * In the routes of port 80, istiod gives each host of a VirtualService a virtual host, even when
   * the service has no such port. Nobody has an address of it to ask.
   */
  private boolean isOfNoPort(Part part, String cluster) {
    return part.resource().name().equals("80")
        && ClusterName.parse(cluster).filter(n -> n.port() == 80).isPresent()
        && facts.hasOnlyOtherPorts(cluster);
  }

  /** Which requests it is about. */
  private static String where(Part part) {
    Part route = part.around(ROUTE + "Route").orElse(null);
    if (route != null) {
      String host =
          part.around(ROUTE + "VirtualHost")
              .map(h -> " in virtual host " + h.text("name"))
              .orElse("");
      return " of route " + RouteText.of(route) + host;
    }
    return part.around(HTTP_FILTER).map(f -> " of HTTP filter " + f.text("name")).orElse("");
  }

  /** What a failed call means to traffic, where that is certain. */
  private static String callOutcome(Part part) {
    if (part.around("envoy.config.core.v3.ApiConfigSource").isPresent()) {
      return "no configuration comes from it";
    }
    Optional<Part> authorizer = part.around("envoy.extensions.filters.http.ext_authz.v3.ExtAuthz");
    if (authorizer.isPresent()) {
      return authorizer.get().text("failure_mode_allow").equals("true")
          ? CALLS + ", and requests pass unchecked"
          : CALLS + ", and requests are denied";
    }
    Optional<Part> limiter = part.around("envoy.extensions.filters.http.ratelimit.v3.RateLimit");
    if (limiter.isPresent()) {
      return limiter.get().text("failure_mode_deny").equals("true")
          ? CALLS + ", and requests are denied"
          : CALLS + ", and requests pass without a limit";
    }
    boolean log = part.around("envoy.config.accesslog.v3.AccessLog").isPresent();
    return log ? CALLS + ", and access logs are lost" : CALLS;
  }

  /** A route may ask for another status than 503. */
  private static String status(Part part) {
    Part action = part.is(ROUTE_ACTION) ? part : part.around(ROUTE_ACTION).orElse(part);
    return switch (action.text("cluster_not_found_response_code")) {
      case "NOT_FOUND", "1" -> "404";
      case "INTERNAL_SERVER_ERROR", "2" -> "500";
      default -> "503";
    };
  }

  private static Map<String, Place> places() {
    Map<String, Place> places = new HashMap<>();
    String unavailable = "requests@ get 503 (flag NC)";
    error(places, ROUTE_ACTION, "cluster", unavailable);
    error(
        places,
        ROUTE + "WeightedCluster.ClusterWeight",
        "name",
        "those requests@ that chance sends there get 503 (flag NC)");
    warning(
        places,
        ROUTE_ACTION + ".RequestMirrorPolicy",
        "cluster",
        "requests@ are not mirrored to it");
    String closed = "connections are closed at once (flag NC)";
    error(places, TCP_PROXY, "cluster", closed);
    error(places, TCP_PROXY + ".WeightedCluster.ClusterWeight", "name", closed);
    error(places, "envoy.config.core.v3.GrpcService.EnvoyGrpc", "cluster_name", CALLS);
    error(places, "envoy.config.core.v3.HttpUri", "cluster", CALLS);
    error(
        places,
        "envoy.config.core.v3.ApiConfigSource",
        "cluster_names",
        "no configuration comes from it");
    warning(
        places,
        "envoy.extensions.clusters.aggregate.v3.ClusterConfig",
        "clusters",
        "the aggregate cluster passes it over");
    String traces = "traces are lost";
    warning(places, "envoy.config.trace.v3.ZipkinConfig", "collector_cluster", traces);
    warning(places, "envoy.config.trace.v3.DatadogConfig", "collector_cluster", traces);
    warning(places, "envoy.config.trace.v3.LightstepConfig", "collector_cluster", traces);
    warning(
        places, "envoy.config.metrics.v3.StatsdSink", "tcp_cluster_name", "statistics are lost");
    error(
        places,
        "envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes.Route",
        "cluster",
        "commands that lead there fail");
    error(
        places,
        "envoy.extensions.filters.network.thrift_proxy.v3.RouteAction",
        "cluster",
        "calls that lead there fail");
    error(
        places, "envoy.extensions.filters.udp.udp_proxy.v3.Route", "cluster", "datagrams are lost");
    return Map.copyOf(places);
  }

  private static void error(
      Map<String, Place> places, String message, String field, String outcome) {
    places.put(message, new Place(field, Severity.ERROR, outcome));
  }

  private static void warning(
      Map<String, Place> places, String message, String field, String outcome) {
    places.put(message, new Place(field, Severity.WARNING, outcome));
  }
}
