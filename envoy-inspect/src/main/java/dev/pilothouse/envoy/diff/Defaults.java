package dev.pilothouse.envoy.diff;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Envoy takes when a field is absent, where its documentation leaves no doubt: no dependence
 * on runtime keys, builds, platforms or other fields, and no merging with a second message. A field
 * that is not here differs when one side has it and the other does not.
 */
final class Defaults {
  static final Map<String, String> MEANINGS = new HashMap<>();

  static {
    cluster();
    circuitBreakers();
    outlierDetection();
    endpoints();
    routes();
    connectionManager();
    others();
  }

  private Defaults() {}

  /** The meaning of a field's absence, in the form that {@link Meaning} gives it; or null. */
  static @Nullable String of(String field) {
    return MEANINGS.get(field);
  }

  private static void put(String message, String field, String meaning) {
    MEANINGS.put(message + "." + field, meaning);
  }

  private static void cluster() {
    String cluster = "envoy.config.cluster.v3.Cluster";
    // STATIC
    put(cluster, "type", "0");
    put(cluster, "connect_timeout", "5s");
    put(cluster, "per_connection_buffer_limit_bytes", "1048576");
    put(cluster, "dns_refresh_rate", "5s");
    put(cluster, "wait_for_warm_on_init", "true");
    put(cluster + ".RingHashLbConfig", "minimum_ring_size", "1024");
    put(cluster + ".RingHashLbConfig", "maximum_ring_size", "8388608");
    put(cluster + ".MaglevLbConfig", "table_size", "65537");
    put(cluster + ".LeastRequestLbConfig", "choice_count", "2");
    put(cluster + ".CommonLbConfig.ZoneAwareLbConfig", "min_cluster_size", "6");
  }

  private static void circuitBreakers() {
    String thresholds = "envoy.config.cluster.v3.CircuitBreakers.Thresholds";
    put(thresholds, "max_connections", "1024");
    put(thresholds, "max_pending_requests", "1024");
    put(thresholds, "max_requests", "1024");
    put(thresholds, "max_retries", "3");
    put(thresholds + ".RetryBudget", "min_retry_concurrency", "3");
  }

  private static void outlierDetection() {
    String outlier = "envoy.config.cluster.v3.OutlierDetection";
    put(outlier, "consecutive_5xx", "5");
    put(outlier, "interval", "10s");
    put(outlier, "base_ejection_time", "30s");
    put(outlier, "max_ejection_percent", "10");
    put(outlier, "enforcing_consecutive_5xx", "100");
    put(outlier, "enforcing_success_rate", "100");
    put(outlier, "success_rate_minimum_hosts", "5");
    put(outlier, "success_rate_request_volume", "100");
    put(outlier, "success_rate_stdev_factor", "1900");
    put(outlier, "consecutive_gateway_failure", "5");
    put(outlier, "enforcing_consecutive_gateway_failure", "0");
    put(outlier, "consecutive_local_origin_failure", "5");
    put(outlier, "enforcing_consecutive_local_origin_failure", "100");
    put(outlier, "enforcing_local_origin_success_rate", "100");
    put(outlier, "failure_percentage_threshold", "85");
    put(outlier, "enforcing_failure_percentage", "0");
    put(outlier, "enforcing_failure_percentage_local_origin", "0");
    put(outlier, "failure_percentage_minimum_hosts", "5");
    put(outlier, "failure_percentage_request_volume", "50");
    put(outlier, "max_ejection_time_jitter", "0s");
    put(outlier, "successful_active_health_check_uneject_host", "true");
  }

  /** Envoy writes its endpoints anew for each dump, and then these out. */
  private static void endpoints() {
    String endpoint = "envoy.config.endpoint.v3.";
    put(endpoint + "ClusterLoadAssignment", "policy", "{}");
    put(endpoint + "ClusterLoadAssignment.Policy", "overprovisioning_factor", "140");
    put(endpoint + "LocalityLbEndpoints", "locality", "{}");
    put(endpoint + "LocalityLbEndpoints", "load_balancing_weight", "0");
    put(endpoint + "LbEndpoint", "load_balancing_weight", "1");
    // UNKNOWN is taken as HEALTHY.
    put(endpoint + "LbEndpoint", "health_status", "1");
    put(endpoint + "Endpoint", "health_check_config", "{}");
  }

  private static void routes() {
    String route = "envoy.config.route.v3.";
    put(route + "RouteMatch", "case_sensitive", "true");
    put(route + "RouteAction", "timeout", "15s");
    put(route + "RetryPolicy", "num_retries", "1");
    put(route + "Decorator", "propagate", "true");
    put(route + "RouteConfiguration", "max_direct_response_body_size_bytes", "4096");
    // The engine that there is.
    put("envoy.type.matcher.v3.RegexMatcher", "google_re2", "{}");
  }

  private static void connectionManager() {
    String manager =
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    put(manager, "server_name", "envoy");
    put(manager, "use_remote_address", "false");
    put(manager, "generate_request_id", "true");
    put(manager, "drain_timeout", "5s");
    put(manager, "delayed_close_timeout", "1s");
    put(manager, "request_timeout", "0s");
    put(manager + ".UpgradeConfig", "enabled", "true");
    put(manager + ".SetCurrentClientCertDetails", "subject", "false");
    put("envoy.extensions.filters.http.router.v3.Router", "dynamic_stats", "true");
    put("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "max_connect_attempts", "1");
  }

  private static void others() {
    String listener = "envoy.config.listener.v3.Listener";
    put(listener, "per_connection_buffer_limit_bytes", "1048576");
    put(listener, "listener_filters_timeout", "15s");
    put(listener, "bind_to_port", "true");
    String tls = "envoy.extensions.transport_sockets.tls.v3.";
    put(tls + "DownstreamTlsContext", "require_client_certificate", "false");
    put(tls + "DownstreamTlsContext", "require_sni", "false");
    put(tls + "UpstreamTlsContext", "max_session_keys", "1");
    put("envoy.config.core.v3.ConfigSource", "initial_fetch_timeout", "15s");
    put("envoy.config.core.v3.RateLimitSettings", "max_tokens", "100");
    put("envoy.config.core.v3.RetryPolicy", "num_retries", "1");
  }
}
