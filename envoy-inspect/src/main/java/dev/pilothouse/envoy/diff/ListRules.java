package dev.pilothouse.envoy.diff;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What lists mean to Envoy: in which of them the order counts for nothing, and by what their
 * elements are known. Where nothing is said, the order counts.
 *
 * <p>The order counts where the first match wins (routes, virtual clusters, transport socket
 * matches, rules of JWT and matchers), where things happen one after the other (filters) and where
 * the first is preferred (ALPN, ciphers). It does not where Envoy builds a map (virtual hosts,
 * domains, filter chains, which are chosen by the most specific match), and where all or any have
 * to hold (header matches, permissions).
 */
final class ListRules {
  private static final String WEIGHTED = "envoy.config.route.v3.WeightedCluster.clusters";

  private static final String MANAGER =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.";

  static final Set<String> WITHOUT_ORDER =
      Stream.of(
              in("envoy.config.bootstrap.v3.Bootstrap.StaticResources.", "listeners"),
              in("envoy.config.bootstrap.v3.Bootstrap.StaticResources.", "clusters", "secrets"),
              in("envoy.config.bootstrap.v3.Bootstrap.", "node_context_params"),
              in("envoy.config.core.v3.Node.", "extensions", "client_features"),
              in("envoy.config.listener.v3.Listener.", "filter_chains", "additional_addresses"),
              in(
                  "envoy.config.listener.v3.FilterChainMatch.",
                  "prefix_ranges",
                  "direct_source_prefix_ranges",
                  "source_prefix_ranges",
                  "source_ports",
                  "server_names",
                  "application_protocols"),
              in(
                  "envoy.config.route.v3.RouteConfiguration.",
                  "virtual_hosts",
                  "internal_only_headers"),
              in("envoy.config.route.v3.VirtualHost.", "domains"),
              in(
                  "envoy.config.route.v3.RouteMatch.",
                  "headers",
                  "query_parameters",
                  "dynamic_metadata",
                  "filter_state"),
              headers("envoy.config.route.v3.RouteConfiguration."),
              headers("envoy.config.route.v3.VirtualHost."),
              headers("envoy.config.route.v3.Route."),
              headers("envoy.config.route.v3.WeightedCluster.ClusterWeight."),
              in("envoy.config.route.v3.RouteConfiguration.", "request_mirror_policies"),
              in("envoy.config.route.v3.VirtualHost.", "request_mirror_policies"),
              in("envoy.config.route.v3.RouteAction.", "request_mirror_policies"),
              in("envoy.config.route.v3.RouteAction.", "upgrade_configs"),
              in(
                  "envoy.config.route.v3.RetryPolicy.",
                  "retriable_status_codes",
                  "retriable_headers",
                  "retriable_request_headers"),
              in("envoy.config.route.v3.CorsPolicy.", "allow_origin_string_match"),
              in("envoy.extensions.filters.http.cors.v3.CorsPolicy.", "allow_origin_string_match"),
              in("envoy.config.route.v3.Tracing.", "custom_tags"),
              in(MANAGER + "Tracing.", "custom_tags"),
              in(MANAGER, "upgrade_configs"),
              in("envoy.config.cluster.v3.CircuitBreakers.", "thresholds", "per_host_thresholds"),
              in("envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector.", "keys"),
              in("envoy.config.endpoint.v3.ClusterLoadAssignment.", "endpoints"),
              in("envoy.config.endpoint.v3.LocalityLbEndpoints.", "lb_endpoints"),
              in("envoy.config.endpoint.v3.LocalityLbEndpoints.LbEndpointList.", "lb_endpoints"),
              in("envoy.config.rbac.v3.Policy.", "permissions", "principals"),
              in("envoy.config.rbac.v3.Permission.Set.", "rules"),
              in("envoy.config.rbac.v3.Principal.Set.", "ids"),
              in("envoy.type.matcher.v3.ListStringMatcher.", "patterns"),
              Stream.of(WEIGHTED),
              in("envoy.config.route.v3.InternalRedirectPolicy.", "redirect_response_codes"),
              // Each log is written for itself.
              in("envoy.config.listener.v3.Listener.", "access_log"),
              in(MANAGER, "access_log"),
              in("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.", "access_log"),
              in("envoy.extensions.filters.http.router.v3.Router.", "upstream_log"),
              in("envoy.config.accesslog.v3.AndFilter.", "filters"),
              in("envoy.config.accesslog.v3.OrFilter.", "filters"),
              in("envoy.config.accesslog.v3.ResponseFlagFilter.", "flags"),
              in("envoy.config.accesslog.v3.GrpcStatusFilter.", "statuses"),
              in("envoy.config.listener.v3.ListenerFilterChainMatchPredicate.MatchSet.", "rules"),
              in("xds.type.matcher.v3.Matcher.MatcherList.Predicate.PredicateList.", "predicate"),
              in("envoy.type.matcher.v3.OrMatcher.", "value_matchers"),
              in("envoy.config.core.v3.HealthStatusSet.", "statuses"),
              in("envoy.config.cluster.v3.Cluster.LbSubsetConfig.", "subset_selectors"),
              in(
                  "envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.",
                  "verify_certificate_spki",
                  "verify_certificate_hash",
                  "match_typed_subject_alt_names",
                  "match_subject_alt_names"))
          .flatMap(s -> s)
          .collect(Collectors.toUnmodifiableSet());

  // Each alternative is tried when those before it are empty.
  static final Map<String, List<List<String>>> IDENTITIES =
      Map.ofEntries(
          known("envoy.config.listener.v3.FilterChain", "filter_chain_match"),
          known("envoy.config.route.v3.Route", "match"),
          known("envoy.config.core.v3.HeaderValueOption", "header.key"),
          known("envoy.config.core.v3.HeaderValue", "key"),
          known("envoy.config.listener.v3.AdditionalAddress", "address"),
          known("envoy.config.route.v3.RouteAction.RequestMirrorPolicy", "cluster"),
          known("envoy.config.route.v3.RouteAction.UpgradeConfig", "upgrade_type"),
          known(MANAGER + "UpgradeConfig", "upgrade_type"),
          known("envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector", "keys"),
          known("envoy.type.tracing.v3.CustomTag", "tag"),
          known("envoy.config.cluster.v3.CircuitBreakers.Thresholds", "priority"),
          known("envoy.config.metrics.v3.TagSpecifier", "tag_name"),
          Map.entry(
              "envoy.config.endpoint.v3.LbEndpoint",
              List.of(List.of("endpoint.address"), List.of("endpoint_name"))),
          Map.entry(
              "envoy.config.endpoint.v3.LocalityLbEndpoints",
              List.of(List.of("locality", "priority"))),
          Map.entry("envoy.config.core.v3.Extension", List.of(List.of("category", "name"))),
          Map.entry(
              "envoy.config.route.v3.WeightedCluster.ClusterWeight",
              List.of(List.of("name"), List.of("cluster_header"))));

  private ListRules() {}

  /** Whether another order of this field's elements means something else. */
  static boolean ordered(FieldDescriptor field, MessageFields message) {
    return !WITHOUT_ORDER.contains(field.getFullName())
        || (field.getFullName().equals(WEIGHTED) && choosesByValue(message));
  }

  /** Chance cares for no order, but a value of the request falls to another cluster in another. */
  private static boolean choosesByValue(MessageFields weighted) {
    return weighted.known().keySet().stream()
        .map(FieldDescriptor::getName)
        .anyMatch(name -> name.equals("header_name") || name.equals("use_hash_policy"));
  }

  /** The fields by which an element of this type is known: alternatives, each of some paths. */
  static List<List<String>> identities(Descriptor element) {
    List<List<String>> special = IDENTITIES.get(element.getFullName());
    if (special != null) {
      return special;
    }
    FieldDescriptor name = element.findFieldByName("name");
    boolean named =
        name != null && !name.isRepeated() && name.getJavaType() == FieldDescriptor.JavaType.STRING;
    return named ? List.of(List.of("name")) : List.of();
  }

  private static Stream<String> in(String message, String... fields) {
    return Stream.of(fields).map(field -> message + field);
  }

  /** Headers are added after all have been removed, and only those of one name see each other. */
  private static Stream<String> headers(String message) {
    return in(
        message,
        "request_headers_to_add",
        "request_headers_to_remove",
        "response_headers_to_add",
        "response_headers_to_remove");
  }

  /** Known by its name if it has one, else by this. */
  private static Map.Entry<String, List<List<String>>> known(String message, String path) {
    return Map.entry(message, List.of(List.of("name"), List.of(path)));
  }
}
