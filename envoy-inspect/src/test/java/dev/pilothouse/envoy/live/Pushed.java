package dev.pilothouse.envoy.live;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;

/** What the tests push to a real Envoy. */
public final class Pushed {
  /** A type that neither an upstream Envoy nor this library has. */
  public static final String UNKNOWN_TYPE =
      "type.googleapis.com/istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig";

  private static final JsonFormat.TypeRegistry TYPES =
      JsonFormat.TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(Router.getDescriptor())
          .add(HTTPFault.getDescriptor())
          .add(DownstreamTlsContext.getDescriptor())
          .add(UpstreamTlsContext.getDescriptor())
          .add(HttpInspector.getDescriptor())
          .add(HttpProtocolOptions.getDescriptor())
          .add(RoundRobin.getDescriptor())
          .add(TcpProxy.getDescriptor())
          .add(TlsInspector.getDescriptor())
          .build();

  private Pushed() {}

  /** A listener whose routes come from the file of routes, or from a control plane that is away. */
  public static Listener listener(String name, String routeConfig, boolean fromFile) {
    String source =
        fromFile
            ? "\"path_config_source\": {\"path\": \"./rds.pb\"}"
            : "\"api_config_source\": {\"api_type\": \"GRPC\", \"transport_api_version\": \"V3\","
                + " \"grpc_services\": [{\"envoy_grpc\": {\"cluster_name\": \"nobody\"}}]},"
                + " \"initial_fetch_timeout\": \"0s\"";
    return parse(
        Listener.getDefaultInstance(),
        """
        {"name": "%s",
         "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
         "filter_chains": [{"name": "chain", "filters": [{
           "name": "envoy.filters.network.http_connection_manager",
           "typed_config": {
             "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
             "stat_prefix": "%s",
             "rds": {"route_config_name": "%s", "config_source": {%s, "resource_api_version": "V3"}},
             "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
               "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
        """
            .formatted(name, name, routeConfig, source));
  }

  /** A listener that every Envoy refuses: it has an HTTP filter that does not exist. */
  public static Listener refusedListener(String name) {
    return withHttpFilter(
        listener(name, "80", true),
        HttpFilter.newBuilder()
            .setName("no.such.filter")
            .setTypedConfig(Any.pack(com.google.protobuf.StringValue.of("no filter takes this")))
            .build());
  }

  /** A listener as istiod pushes it, which an upstream Envoy can neither accept nor print. */
  public static Listener listenerOfUnknownType(String name) {
    return withHttpFilter(
        listener(name, "80", true),
        HttpFilter.newBuilder()
            .setName("istio.alpn")
            .setTypedConfig(Any.newBuilder().setTypeUrl(UNKNOWN_TYPE))
            .build());
  }

  /** A route configuration with one virtual host, whose route sets one response header. */
  public static RouteConfiguration routes(String name, String headerValue) {
    return parse(
        RouteConfiguration.getDefaultInstance(),
        """
        {"name": "%s", "virtual_hosts": [{
          "name": "httpbin.default.svc.cluster.local:80",
          "domains": ["httpbin", "httpbin.default.svc.cluster.local"],
          "routes": [
            {"name": "canary",
             "match": {"prefix": "/get", "headers": [{"name": "x-user", "string_match": {"exact": "jane"}}]},
             "route": {"weighted_clusters": {"clusters": [
               {"name": "outbound|80|v1|httpbin.default.svc.cluster.local", "weight": 90},
               {"name": "outbound|80|v2|httpbin.default.svc.cluster.local", "weight": 10}]}},
             "metadata": {"filter_metadata": {"istio": {
               "config": "/apis/networking.istio.io/v1/namespaces/default/virtual-service/httpbin"}}},
             "response_headers_to_add": [
               {"header": {"key": "x-dev", "value": "%s"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}]},
            {"match": {"path": "/old"}, "redirect": {"path_redirect": "/new"}}]}]}
        """
            .formatted(name, headerValue));
  }

  /** A cluster whose endpoints come from the file of endpoints, or never. */
  public static Cluster cluster(String name, boolean fromFile) {
    String source =
        fromFile
            ? "\"path_config_source\": {\"path\": \"./eds.pb\"}"
            : "\"api_config_source\": {\"api_type\": \"GRPC\", \"transport_api_version\": \"V3\","
                + " \"grpc_services\": [{\"envoy_grpc\": {\"cluster_name\": \"nobody\"}}]},"
                + " \"initial_fetch_timeout\": \"0s\"";
    return parse(
        Cluster.getDefaultInstance(),
        """
        {"name": "%s", "type": "EDS", "connect_timeout": "1s",
         "eds_cluster_config": {"eds_config": {%s, "resource_api_version": "V3"}},
         "metadata": {"filter_metadata": {"istio": {
           "config": "/apis/networking.istio.io/v1/namespaces/default/destination-rule/httpbin"}}}}
        """
            .formatted(name, source));
  }

  /** The same endpoints as {@link #endpoints}, both healthy. */
  public static ClusterLoadAssignment healthyEndpoints(String cluster) {
    ClusterLoadAssignment.Builder both = endpoints(cluster).toBuilder();
    both.getEndpointsBuilder(0).getLbEndpointsBuilder(1).clearHealthStatus();
    return both.build();
  }

  /** Two endpoints, one of them unhealthy. */
  public static ClusterLoadAssignment endpoints(String cluster) {
    return parse(
        ClusterLoadAssignment.getDefaultInstance(),
        """
        {"cluster_name": "%s", "endpoints": [{"lb_endpoints": [
          {"endpoint": {"address": {"socket_address": {"address": "10.1.0.1", "port_value": 8080}}}},
          {"endpoint": {"address": {"socket_address": {"address": "10.1.0.2", "port_value": 8080}}},
           "health_status": "UNHEALTHY", "load_balancing_weight": 5}]}]}
        """
            .formatted(cluster));
  }

  private static Listener withHttpFilter(Listener listener, HttpFilter filter) {
    try {
      Listener.Builder changed = listener.toBuilder();
      var chain = changed.getFilterChainsBuilder(0).getFiltersBuilder(0);
      HttpConnectionManager manager =
          chain.getTypedConfig().unpack(HttpConnectionManager.class).toBuilder()
              .addHttpFilters(0, filter)
              .build();
      chain.setTypedConfig(Any.pack(manager));
      return changed.build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked")
  static <M extends Message> M parse(M type, String json) {
    Message.Builder builder = type.newBuilderForType();
    try {
      JsonFormat.parser().usingTypeRegistry(TYPES).merge(json, builder);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(json, e);
    }
    return (M) builder.build();
  }
}
