package dev.pilothouse.envoy.live;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;

/** What the tests push that listeners and clusters discover one by one: SDS, SRDS, ECDS. */
final class Discovered {
  private static final String FROM_FILE =
      "{\"path_config_source\": {\"path\": \"./%s.pb\"}, \"resource_api_version\": \"V3\"}";
  private static final String FROM_NOBODY =
      "{\"api_config_source\": {\"api_type\": \"GRPC\", \"transport_api_version\": \"V3\","
          + " \"grpc_services\": [{\"envoy_grpc\": {\"cluster_name\": \"nobody\"}}]},"
          + " \"initial_fetch_timeout\": \"0s\", \"resource_api_version\": \"V3\"}";
  private static final String SCOPE_KEY =
      "\"scope_key_builder\": {\"fragments\": [{\"header_value_extractor\":"
          + " {\"name\": \"x-tenant\", \"index\": 0}}]}";

  private Discovered() {}

  static Secret secret(String name, TestCertificate certificate) {
    return Secret.newBuilder()
        .setName(name)
        .setTlsCertificate(
            TlsCertificate.newBuilder()
                .setCertificateChain(bytes(certificate.certificate()))
                .setPrivateKey(bytes(certificate.privateKey())))
        .build();
  }

  static Secret trust(String name, TestCertificate certificate) {
    return Secret.newBuilder()
        .setName(name)
        .setValidationContext(
            CertificateValidationContext.newBuilder()
                .setTrustedCa(DataSource.newBuilder().setInlineString(certificate.certificate())))
        .build();
  }

  static ScopedRouteConfiguration scope(String name, String routes, String key) {
    return Pushed.parse(
        ScopedRouteConfiguration.getDefaultInstance(),
        """
        {"name": "%s", "route_configuration_name": "%s",
         "key": {"fragments": [{"string_key": "%s"}]}}
        """
            .formatted(name, routes, key));
  }

  static TypedExtensionConfig faultFilter(String name) {
    return Pushed.parse(
        TypedExtensionConfig.getDefaultInstance(),
        """
        {"name": "%s", "typed_config": {
          "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
          "abort": {"http_status": 503, "percentage": {"numerator": 1}}}}
        """
            .formatted(name));
  }

  /** A listener with TLS, whose secrets, scopes and one filter come from files. */
  static Listener listener(String name) {
    String scopes =
        "\"scoped_rds\": {\"scoped_rds_config_source\": " + FROM_FILE.formatted("srds") + "}";
    String filter =
        """
        {"name": "fault", "config_discovery": {"config_source": %s,
          "type_urls": ["type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"]}},
        """
            .formatted(FROM_FILE.formatted("ecds"));
    return listener(name, scopes, filter, downstreamTls());
  }

  static Listener listenerWithInlineScopes(String name) {
    String scopes =
        """
        "scoped_route_configurations_list": {"scoped_route_configurations": [
          {"name": "written-here", "route_configuration": {"name": "inline-scope"},
           "key": {"fragments": [{"string_key": "c"}]}}]}
        """;
    return listener(name, scopes, "", "");
  }

  /** A cluster that waits for its secret for ever. */
  static Cluster clusterWithoutItsSecret(String name) {
    return Pushed.parse(
        Cluster.getDefaultInstance(),
        """
        {"name": "%s", "connect_timeout": "1s", "load_assignment": {"cluster_name": "%s"},
         "transport_socket": {"name": "envoy.transport_sockets.tls", "typed_config": {
           "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
           "common_tls_context": {"tls_certificate_sds_secret_configs": [
             {"name": "never-comes", "sds_config": %s}]}}}}
        """
            .formatted(name, name, FROM_NOBODY));
  }

  private static Listener listener(String name, String scopes, String filter, String socket) {
    return Pushed.parse(
        Listener.getDefaultInstance(),
        """
        {"name": "%s",
         "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
         "filter_chains": [{"name": "chain", %s "filters": [{
           "name": "envoy.filters.network.http_connection_manager",
           "typed_config": {
             "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
             "stat_prefix": "%s",
             "scoped_routes": {"name": "scopes-of-%s", %s, "rds_config_source": %s, %s},
             "http_filters": [%s {"name": "envoy.filters.http.router", "typed_config": {
               "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
        """
            .formatted(
                name, socket, name, name, SCOPE_KEY, FROM_FILE.formatted("rds"), scopes, filter));
  }

  private static String downstreamTls() {
    return """
        "transport_socket": {"name": "envoy.transport_sockets.tls", "typed_config": {
          "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
          "common_tls_context": {
            "tls_certificate_sds_secret_configs": [{"name": "server", "sds_config": %s}],
            "validation_context_sds_secret_config": {"name": "ca", "sds_config": %s}}}},
        """
        .formatted(FROM_FILE.formatted("sds-server"), FROM_FILE.formatted("sds-ca"));
  }

  private static DataSource bytes(String pem) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(pem)).build();
  }
}
