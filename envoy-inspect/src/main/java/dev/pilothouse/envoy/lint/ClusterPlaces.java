package dev.pilothouse.envoy.lint;

import java.util.HashMap;
import java.util.Map;

/** Where Envoy's API has a place for the name of a cluster. */
final class ClusterPlaces {
  /** What follows where a service is called. An at sign stands for which requests it is about. */
  static final String CALLS = "each call@ to it fails";

  private static final String ROUTE = "envoy.config.route.v3.";
  private static final String ROUTE_ACTION = ROUTE + "RouteAction";
  private static final String TCP_PROXY = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

  /** By the names of the messages. */
  static final Map<String, Place> ALL = all();

  /**
   * A field that names a cluster.
   *
   * @param field its name; it may be a list
   * @param severity how bad it is when the cluster is not there
   * @param outcome what follows then
   */
  record Place(String field, Severity severity, String outcome) {}

  private ClusterPlaces() {}

  private static Map<String, Place> all() {
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
