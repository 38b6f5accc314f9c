package dev.pilothouse.envoy.live;

import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Resource.State;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.clusters.aggregate.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Brings a real Envoy into every state that lint looks for. */
public final class Broken {
  private static final String V1 = "outbound|80|v1|httpbin.default.svc.cluster.local";
  private static final String V2 = "outbound|80|v2|httpbin.default.svc.cluster.local";
  private static final String TYPE = "\"@type\": \"type.googleapis.com/envoy.extensions.";
  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(Router.getDescriptor())
          .add(Cors.getDescriptor())
          .add(ExtAuthz.getDescriptor())
          .add(TcpProxy.getDescriptor())
          .add(ClusterConfig.getDescriptor())
          .add(UpstreamTlsContext.getDescriptor())
          .build();

  private Broken() {}

  /** Pushes it all, and waits until Envoy has taken or refused it. */
  public static EnvoyConfig push(RealEnvoy envoy, String certificate) {
    envoy.endpoints("e1", unhealthy(V1));
    envoy.routes("r1", routes());
    Cluster[] clusters = {
      Pushed.cluster(V1, true),
      none(V2),
      aggregate(),
      trusting("trusting", certificate),
      Discovered.clusterWithoutItsSecret("without-secret")
    };
    Cluster[] before = java.util.Arrays.copyOf(clusters, clusters.length + 1);
    before[clusters.length] = Pushed.cluster("authorizer", true);
    envoy.clusters("c1", before);
    Message[] listeners = {
      http("asking", "\"rds\": {" + fileRoutes() + "}", extAuthz() + router()),
      Pushed.listener("waiting", "away", false),
      tcp(),
      listener("closing", "{\"name\": \"nothing\"}"),
      http("silent", "\"route_config\": {\"name\": \"silent\"}", ""),
      http("refused-cors", "\"route_config\": {\"name\": \"c\"}", cors()),
      http("refused-domains", "\"route_config\": " + sameDomains(), router()),
      listener("refused-matches", chain("a", "b") + "," + chain("b", "c"))
    };
    envoy.listeners("l1", listeners);
    await(envoy, c -> c.listener("asking").filter(l -> l.state() == State.ACTIVE).isPresent());
    // Envoy takes no listener whose authorizer is not there, but it lets the authorizer go.
    envoy.clusters("c2", clusters);
    return await(
        envoy,
        c ->
            c.cluster("authorizer").isEmpty()
                && c.route("80").isPresent()
                && c.resources(State.REJECTED).size() == 3
                && c.endpoint(V1).map(e -> e.endpoints().size()).orElse(0) == 2);
  }

  private static EnvoyConfig await(
      RealEnvoy envoy, java.util.function.Predicate<EnvoyConfig> wanted) {
    return EnvoyConfigInspector.create()
        .await(ConfigSource.admin(envoy.admin()), wanted, Duration.ofSeconds(20));
  }

  private static RouteConfiguration routes() {
    return parse(
        RouteConfiguration.getDefaultInstance(),
        """
        {"name": "80", "virtual_hosts": [{"name": "web", "domains": ["web"], "routes": [
          {"name": "gone", "match": {"path": "/gone"}, "route": {"cluster": "gone"},
           "metadata": {"filter_metadata": {"istio": {
             "config": "/apis/networking.istio.io/v1/namespaces/default/virtual-service/web"}}}},
          {"name": "split", "match": {"prefix": "/split"}, "route": {"weighted_clusters": {
            "clusters": [{"name": "fixed", "weight": 90}, {"name": "gone-too", "weight": 10}]}}},
          {"name": "copy", "match": {"prefix": "/copy"}, "route": {"cluster": "fixed",
            "request_mirror_policies": [{"cluster": "gone-mirror"}]}},
          {"name": "all", "match": {"prefix": "/"}, "route": {"cluster": "fixed"}},
          {"name": "late", "match": {"prefix": "/late"}, "route": {"cluster": "fixed"}}]}]}
        """);
  }

  private static String sameDomains() {
    return """
        {"name": "d", "virtual_hosts": [
          {"name": "one", "domains": ["a.com", "b.com"]}, {"name": "two", "domains": ["A.com"]}]}
        """;
  }

  private static Listener tcp() {
    return listener(
        "passing",
        """
        {"filters": [{"name": "envoy.filters.network.tcp_proxy", "typed_config": {
          %sfilters.network.tcp_proxy.v3.TcpProxy", "stat_prefix": "t", "cluster": "gone-tcp"}}]}
        """
            .formatted(TYPE));
  }

  private static String chain(String... names) {
    return """
        {"name": "for-%s", "filter_chain_match": {"server_names": ["%s"]}, "filters": [{
          "name": "envoy.filters.network.tcp_proxy", "typed_config": {
            %sfilters.network.tcp_proxy.v3.TcpProxy", "stat_prefix": "t", "cluster": "fixed"}}]}
        """
        .formatted(names[0], String.join("\", \"", names), TYPE);
  }

  private static Listener http(String name, String routes, String filters) {
    return listener(
        name,
        """
        {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": {
          %sfilters.network.http_connection_manager.v3.HttpConnectionManager",
          "stat_prefix": "h", %s, "http_filters": [%s]}}]}
        """
            .formatted(TYPE, routes, filters));
  }

  private static Listener listener(String name, String chains) {
    return parse(
        Listener.getDefaultInstance(),
        """
        {"name": "%s", "filter_chains": [%s],
         "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}}
        """
            .formatted(name, chains));
  }

  private static String fileRoutes() {
    return "\"route_config_name\": \"80\", \"config_source\": {\"resource_api_version\": \"V3\","
        + " \"path_config_source\": {\"path\": \"./rds.pb\"}}";
  }

  private static String extAuthz() {
    return "{\"name\": \"envoy.filters.http.ext_authz\", \"typed_config\": {"
        + TYPE
        + "filters.http.ext_authz.v3.ExtAuthz\", \"transport_api_version\": \"V3\","
        + " \"grpc_service\": {\"envoy_grpc\": {\"cluster_name\": \"authorizer\"}}}},";
  }

  private static String router() {
    return "{\"name\": \"envoy.filters.http.router\", \"typed_config\": {"
        + TYPE
        + "filters.http.router.v3.Router\"}}";
  }

  private static String cors() {
    return "{\"name\": \"envoy.filters.http.cors\", \"typed_config\": {"
        + TYPE
        + "filters.http.cors.v3.Cors\"}}";
  }

  private static Cluster aggregate() {
    return parse(
        Cluster.getDefaultInstance(),
        """
        {"name": "together", "connect_timeout": "1s", "lb_policy": "CLUSTER_PROVIDED",
         "cluster_type": {"name": "envoy.clusters.aggregate", "typed_config": {
           %sclusters.aggregate.v3.ClusterConfig", "clusters": ["fixed", "gone-member"]}}}
        """
            .formatted(TYPE));
  }

  private static Cluster trusting(String name, String certificate) {
    return parse(
        Cluster.getDefaultInstance(),
        """
        {"name": "%s", "type": "STATIC", "connect_timeout": "1s", "transport_socket": {
          "name": "envoy.transport_sockets.tls", "typed_config": {
            %stransport_sockets.tls.v3.UpstreamTlsContext", "common_tls_context": {
              "validation_context": {"trusted_ca": {"inline_string": "%s"}}}}}}
        """
            .formatted(name, TYPE, certificate.replace("\n", "\\n")));
  }

  private static ClusterLoadAssignment unhealthy(String cluster) {
    ClusterLoadAssignment.Builder all = Pushed.endpoints(cluster).toBuilder();
    all.getEndpointsBuilder(0)
        .getLbEndpointsBuilderList()
        .forEach(e -> e.setHealthStatus(io.envoyproxy.envoy.config.core.v3.HealthStatus.UNHEALTHY));
    return all.build();
  }

  private static Cluster none(String name) {
    return parse(
        Cluster.getDefaultInstance(),
        """
        {"name": "%s", "type": "STATIC", "connect_timeout": "1s",
         "load_assignment": {"cluster_name": "%s"}}
        """
            .formatted(name, name));
  }

  @SuppressWarnings("unchecked")
  private static <M extends Message> M parse(M type, String json) {
    Message.Builder builder = type.newBuilderForType();
    try {
      JsonFormat.parser().usingTypeRegistry(TYPES).merge(json, builder);
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
    return (M) builder.build();
  }
}
