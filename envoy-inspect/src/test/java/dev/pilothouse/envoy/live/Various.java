package dev.pilothouse.envoy.live;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.List;

/** What the tests of the assertions push: something of every kind that they assert on. */
final class Various {
  private static final String TLS_PACKAGE =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
  private static final String FROM_SDS_FILE =
      "{\"path_config_source\": {\"path\": \"./sds-%s.pb\"}, \"resource_api_version\": \"V3\"}";

  private Various() {}

  /** A listener with a TLS chain, a TCP chain and a default chain. */
  static Listener listener() {
    return Pushed.parse(
        Listener.getDefaultInstance(),
        """
        {"name": "various",
         "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
         "listener_filters": [
           {"name": "envoy.filters.listener.tls_inspector", "typed_config": {
             "@type": "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"}},
           {"name": "envoy.filters.listener.http_inspector", "typed_config": {
             "@type": "type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector"}}],
         "filter_chains": [
           {"name": "shop",
            "filter_chain_match": {"server_names": ["shop.example.com"],
              "application_protocols": ["h2", "http/1.1"], "transport_protocol": "tls"},
            "transport_socket": {"name": "envoy.transport_sockets.tls", "typed_config": {
              "@type": "%sDownstreamTlsContext", "require_client_certificate": true,
              "common_tls_context": {
                "tls_certificate_sds_secret_configs": [{"name": "server", "sds_config": %s}],
                "validation_context_sds_secret_config": {"name": "ca", "sds_config": %s}}}},
            "filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": {
              "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
              "stat_prefix": "shop",
              "rds": {"route_config_name": "various", "config_source": {
                "path_config_source": {"path": "./rds.pb"}, "resource_api_version": "V3"}},
              "http_filters": [
                {"name": "envoy.filters.http.fault", "typed_config": {
                  "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
                  "max_active_faults": 7}},
                {"name": "envoy.filters.http.router", "typed_config": {
                  "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]},
           {"name": "tcp",
            "filter_chain_match": {"destination_port": 9000, "transport_protocol": "raw_buffer"},
            "filters": [{"name": "envoy.filters.network.tcp_proxy", "typed_config": {
              "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
              "stat_prefix": "tcp", "cluster": "plain", "max_connect_attempts": 3}}]}],
         "default_filter_chain": {"name": "rest", "filters": [
           {"name": "envoy.filters.network.tcp_proxy", "typed_config": {
              "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
              "stat_prefix": "rest", "weighted_clusters": {"clusters": [
                {"name": "plain", "weight": 1}, {"name": "simple", "weight": 2}]}}}]}}
        """
            .formatted(
                TLS_PACKAGE, FROM_SDS_FILE.formatted("server"), FROM_SDS_FILE.formatted("ca")));
  }

  /** Routes that redirect, rewrite, retry, mirror, split, and change headers at all levels. */
  static RouteConfiguration routes(String name) {
    return Pushed.parse(
        RouteConfiguration.getDefaultInstance(),
        """
        {"name": "%s",
         "response_headers_to_add": [
           {"header": {"key": "x-level", "value": "configuration"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"},
           {"header": {"key": "x-absent", "value": "late"}, "append_action": "ADD_IF_ABSENT"}],
         "virtual_hosts": [
           {"name": "shop", "domains": ["shop.example.com", "*.shop.example.com"],
            "request_headers_to_add": [{"header": {"key": "x-path", "value": "host"}}],
            "response_headers_to_add": [
              {"header": {"key": "x-absent", "value": "early"}, "append_action": "ADD_IF_ABSENT"}],
            "response_headers_to_remove": ["x-hidden"],
            "retry_policy": {"retry_on": "reset, connect-failure"},
            "request_mirror_policies": [{"cluster": "plain", "runtime_fraction": {
              "default_value": {"numerator": 5050, "denominator": "TEN_THOUSAND"}}}],
            "routes": [
              {"name": "https", "match": {"prefix": "/secure"}, "redirect": {
                "https_redirect": true, "host_redirect": "safe.example.com",
                "response_code": "PERMANENT_REDIRECT"}},
              {"name": "older", "match": {"prefix": "/v1/"}, "redirect": {"prefix_rewrite": "/v2/"}},
              {"name": "api", "match": {"path_separated_prefix": "/api"},
               "request_headers_to_add": [
                 {"header": {"key": "x-tenant", "value": "blue"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"},
                 {"header": {"key": "x-path", "value": "route"}}],
               "request_headers_to_remove": ["x-secret"],
               "response_headers_to_add": [
                 {"header": {"key": "x-level", "value": "route"}},
                 {"header": {"key": "x-hidden", "value": "route"}}],
               "route": {"cluster": "plain", "prefix_rewrite": "/internal",
                 "host_rewrite_literal": "backend.internal"}},
              {"name": "regex", "match": {"safe_regex": {"regex": "/r/.*"}},
               "typed_per_filter_config": {"envoy.filters.http.fault": {
                 "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
                 "abort": {"http_status": 503, "percentage": {"numerator": 1}}}},
               "route": {"cluster": "plain", "timeout": "0.250s",
                 "request_mirror_policies": [{"cluster": "simple"}],
                 "regex_rewrite": {"pattern": {"regex": "^/r/(.*)"}, "substitution": "/\\\\1"},
                 "retry_policy": {"retry_on": "5xx", "num_retries": 0}}},
              {"name": "chosen", "match": {"prefix": "/h"}, "route": {"cluster_header": "x-cluster"}},
              {"name": "split", "match": {"prefix": "/w"}, "route": {"weighted_clusters": {"clusters": [
                {"name": "plain", "weight": 100,
                 "response_headers_to_add": [{"header": {"key": "x-arm", "value": "plain"}}]},
                {"name": "simple", "weight": 0}]}}}]}]}
        """
            .formatted(name));
  }

  static List<Cluster> clusters() {
    return List.of(
        cluster(
            "plain",
            """
            "outlier_detection": {},
            "type": "EDS", "eds_cluster_config": {"eds_config": {
              "path_config_source": {"path": "./eds.pb"}, "resource_api_version": "V3"}}
            """),
        cluster("simple", "\"lb_policy\": \"RING_HASH\", " + tls("\"sni\": \"example.com\", ", "")),
        cluster("mutual", tls("", certificate("server"))),
        cluster("istio", tls("", certificate("default"))),
        cluster(
            "per-endpoint",
            "\"transport_socket_matches\": [{\"name\": \"tls\", \"match\": {\"tlsMode\": \"istio\"}, "
                + tls("", "")
                + "}]"),
        cluster(
            "http2",
            """
            "circuit_breakers": {"thresholds": [{"priority": "HIGH", "max_connections": 1}]},
            "load_balancing_policy": {"policies": [{"typed_extension_config": {
              "name": "envoy.load_balancing_policies.round_robin", "typed_config": {
              "@type": "type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin"}}}]},
            "typed_extension_protocol_options": {
              "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": {"http2_protocol_options": {}}}}
            """));
  }

  /** Endpoints in two localities, of two priorities. */
  static ClusterLoadAssignment endpoints(String cluster) {
    return Pushed.parse(
        ClusterLoadAssignment.getDefaultInstance(),
        """
        {"cluster_name": "%s", "endpoints": [
          {"locality": {"region": "north", "zone": "n1"}, "load_balancing_weight": 1, "lb_endpoints": [
            {"endpoint": {"address": {"socket_address": {"address": "10.1.0.1", "port_value": 8080}}},
             "load_balancing_weight": 3},
            {"endpoint": {"address": {"socket_address": {"address": "10.1.0.2", "port_value": 8080}}},
             "health_status": "DRAINING"}]},
          {"locality": {"region": "south"}, "priority": 1, "load_balancing_weight": 1, "lb_endpoints": [
            {"endpoint": {"address": {"socket_address": {"address": "10.2.0.1", "port_value": 8080}}}}]}]}
        """
            .formatted(cluster));
  }

  private static Cluster cluster(String name, String more) {
    return Pushed.parse(
        Cluster.getDefaultInstance(), "{\"name\": \"%s\", %s}".formatted(name, more));
  }

  private static String tls(String fields, String common) {
    return """
        "transport_socket": {"name": "envoy.transport_sockets.tls", "typed_config": {
          "@type": "%sUpstreamTlsContext", %s "common_tls_context": {%s}}}
        """
        .formatted(TLS_PACKAGE, fields, common);
  }

  private static String certificate(String secret) {
    return "\"tls_certificate_sds_secret_configs\": [{\"name\": \"%s\", \"sds_config\": %s}]"
        .formatted(secret, FROM_SDS_FILE.formatted(secret));
  }
}
