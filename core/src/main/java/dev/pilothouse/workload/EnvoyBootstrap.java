package dev.pilothouse.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.workload.WorkloadSpec.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration that an Envoy starts with: who it is, and where it gets the rest.
 *
 * @param node the workload
 * @param clusterId the cluster, as istiod calls it
 * @param istioVersion the version of Istio that it says it belongs to
 * @param adminPort its admin interface
 * @param servers where it gets the rest, as {@link #server} makes them
 */
record EnvoyBootstrap(
    Node node,
    String clusterId,
    String istioVersion,
    int adminPort,
    List<Map<String, Object>> servers) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TYPES = "type.googleapis.com/envoy.extensions.";

  /**
   * Istio's own bootstrap has these, so that what istiod sends means the same here. Those that only
   * concern an Envoy's memory are left out.
   */
  private static final Map<String, Object> RUNTIME =
      Map.of(
          "re2.max_program_size.error_level",
          "32768",
          "envoy.reloadable_features.http_reject_path_with_fragment",
          false);

  /** The name of the server of xDS. */
  static final String XDS = "xds-grpc";

  /** The name of the server of certificates, as istiod's configuration has it. */
  static final String SDS = "sds-grpc";

  static EnvoyBootstrap of(
      Node node, Istiod istiod, int adminPort, List<Map<String, Object>> servers) {
    String version = istiod.binary().version().version();
    return new EnvoyBootstrap(node, clusterId(istiod), version, adminPort, servers);
  }

  static String clusterId(Istiod istiod) {
    return istiod.spec().environment().getOrDefault("CLUSTER_ID", "Kubernetes");
  }

  /** The address of a server on a loopback port. */
  static Map<String, Object> port(int port) {
    return Map.of("socket_address", Map.of("address", "127.0.0.1", "port_value", port));
  }

  /** The address of a server on a unix socket. */
  static Map<String, Object> pipe(String path) {
    return Map.of("pipe", Map.of("path", path));
  }

  String json() {
    Map<String, Object> bootstrap = new LinkedHashMap<>();
    bootstrap.put("node", identity());
    bootstrap.put(
        "layered_runtime",
        Map.of(
            "layers",
            List.of(
                Map.of("name", "global", "static_layer", RUNTIME),
                Map.of("name", "admin", "admin_layer", Map.of()))));
    bootstrap.put("admin", Map.of("address", port(adminPort)));
    bootstrap.put("dynamic_resources", dynamicResources());
    bootstrap.put("static_resources", Map.of("clusters", servers));
    bootstrap.put(
        "bootstrap_extensions",
        List.of(
            Map.of(
                "name",
                "envoy.bootstrap.internal_listener",
                "typed_config",
                Map.of("@type", TYPES + "bootstrap.internal_listener.v3.InternalListener"))));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(bootstrap);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
  }

  private Map<String, Object> identity() {
    WorkloadSpec spec = node.spec();
    Site site = node.site();
    boolean sidecar = spec.role() == Role.SIDECAR;
    String ip = site.inboundAddress().getHostAddress();
    String domain = spec.namespace() + ".svc.cluster.local";
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("NAME", spec.name());
    metadata.put("NAMESPACE", spec.namespace());
    metadata.put("SERVICE_ACCOUNT", spec.name());
    metadata.put("LABELS", node.labels());
    metadata.put("INSTANCE_IPS", ip);
    metadata.put("CLUSTER_ID", clusterId);
    metadata.put("ISTIO_VERSION", istioVersion);
    metadata.put("MESH_ID", "cluster.local");
    if (sidecar) {
      metadata.put("INTERCEPTION_MODE", "NONE");
    }
    if (!site.lowPorts()) {
      // istiod leaves listeners on ports below 1024 out.
      metadata.put("UNPRIVILEGED_POD", "true");
    }
    Map<String, Object> identity = new LinkedHashMap<>();
    identity.put(
        "id", String.join("~", sidecar ? "sidecar" : "router", ip, spec.proxyId(), domain));
    identity.put("cluster", spec.service() + "." + spec.namespace());
    identity.put("metadata", metadata);
    return identity;
  }

  private static Map<String, Object> dynamicResources() {
    // No timeout for the first answer: without istiod's configuration the Envoy is of no use.
    Map<String, Object> source =
        Map.of("ads", Map.of(), "resource_api_version", "V3", "initial_fetch_timeout", "0s");
    Map<String, Object> xds =
        Map.of(
            "envoy_grpc",
            Map.of(
                "cluster_name",
                XDS,
                "retry_policy",
                Map.of(
                    // Envoy's own, 0.5 s to 30 s, would outlast a restart of istiod by seconds.
                    "retry_back_off", Map.of("base_interval", "0.05s", "max_interval", "0.2s"))));
    return Map.of(
        "lds_config",
        source,
        "cds_config",
        source,
        "ads_config",
        Map.of(
            "api_type",
            "DELTA_GRPC",
            "transport_api_version",
            "V3",
            "set_node_on_first_message_only",
            true,
            "grpc_services",
            List.of(xds)));
  }

  /** A gRPC server, as a cluster. */
  static Map<String, Object> server(String name, Map<String, Object> address) {
    String http = "upstreams.http.v3.HttpProtocolOptions";
    Map<String, Object> cluster = new LinkedHashMap<>();
    cluster.put("name", name);
    cluster.put("type", "STATIC");
    cluster.put("connect_timeout", "1s");
    cluster.put(
        "typed_extension_protocol_options",
        Map.of(
            "envoy.extensions." + http,
            Map.of(
                "@type",
                TYPES + http,
                "explicit_http_config",
                Map.of("http2_protocol_options", Map.of()))));
    cluster.put(
        "load_assignment",
        Map.of(
            "cluster_name",
            name,
            "endpoints",
            List.of(
                Map.of("lb_endpoints", List.of(Map.of("endpoint", Map.of("address", address)))))));
    return cluster;
  }
}
