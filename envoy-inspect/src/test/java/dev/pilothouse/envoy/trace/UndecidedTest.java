package dev.pilothouse.envoy.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.trace.Connection.ClientCertificate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a configuration does not tell, and what is left to chance. */
class UndecidedTest {
  private static final Connection CONNECTION = Connection.to("10.0.0.1", 80);

  private static final HttpRequest GET = HttpRequest.get("http://foo/");

  private static RequestTracer tracer(String filters, String routes) {
    return tracer("", filters, routes);
  }

  private static RequestTracer tracer(String before, String filters, String routes) {
    String dump =
        """
        {"configs": [%s{"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump", "static_listeners": [{"listener": {
          "@type": "type.googleapis.com/envoy.config.listener.v3.Listener", "name": "l",
          "address": {"socket_address": {"address": "0.0.0.0", "port_value": 80}},
          "filter_chains": [{"filters": [{"name": "hcm", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "t", "http_filters": [%s],
            "route_config": {"name": "r", "virtual_hosts": [{"name": "h", "domains": ["*"], "routes": [%s]}]}}}]}]}}]}]}
        """
            .formatted(before, filters, routes);
    return RequestTracer.of(EnvoyConfigInspector.create().read(ConfigSource.text(dump)));
  }

  private static String route(String name, String match) {
    return """
        {"name": "%s", "match": {"prefix": "/"%s}, "direct_response": {"status": 200}}"""
        .formatted(name, match);
  }

  private static Trace trace(String filters, String routes) {
    return tracer(filters, routes).trace(CONNECTION, HttpRequest.get("http://foo/"));
  }

  @Test
  void aFieldThatIsNewerThanThisLibrary() {
    Trace trace = trace("", route("newer", ", \"moon_phase\": \"full\"") + "," + route("rest", ""));
    assertThat(trace.decided()).isFalse();
    assertThat(trace.outcome())
        .hasToString(
            "undecided: envoy.config.route.v3.RouteMatch.moon_phase is newer than this library");
    assertThat(trace.choices()).hasSize(2);
    assertThat(trace.route()).isEmpty();
  }

  @Test
  void aHeaderThatEnvoyMaySetItself() {
    Trace trace = trace("", route("r", ", \"headers\": [{\"name\": \"x-request-id\"}]"));
    assertThat(trace.decided()).isFalse();
    assertThat(trace.explain()).contains("x-request-id");
  }

  @Test
  void aFilterThatMayMakeEnvoyLookAgain() {
    String lua =
        """
        {"name": "lua", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"}}""";
    assertThat(trace(lua, route("r", "")).outcome())
        .hasToString("undecided: the HTTP filter lua may make Envoy look for a route again");
  }

  @Test
  void aFilterThatMayAnswerLeavesTheRouteDecided() {
    String rbac =
        """
        {"name": "rbac", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC"}}""";
    Trace trace = trace(rbac, route("r", ""));
    assertThat(trace.decided()).isTrue();
    assertThat(trace.mayAnswer()).containsExactly("rbac");
  }

  @Test
  void severalValuesOfAHeaderWithoutKnowingTheRelease() {
    String match = ", \"headers\": [{\"name\": \"x-a\", \"string_match\": {\"exact\": \"1\"}}]";
    RequestTracer tracer = tracer("", route("r", match));
    HttpRequest twice = HttpRequest.get("http://foo/").header("x-a", "1").header("x-a", "2");
    assertThat(tracer.trace(CONNECTION, twice).decided()).isFalse();
    HttpRequest neither = HttpRequest.get("http://foo/").header("x-a", "3").header("x-a", "2");
    assertThat(tracer.trace(CONNECTION, neither).decided()).isTrue();
  }

  @Test
  void oneRandomNumberServesAllFractions() {
    String half = ", \"runtime_fraction\": {\"default_value\": {\"numerator\": 50}}";
    String less = ", \"runtime_fraction\": {\"default_value\": {\"numerator\": 40}}";
    Trace trace =
        trace("", route("half", half) + "," + route("never", less) + "," + route("rest", ""));
    assertThat(trace.decided()).isTrue();
    assertThat(trace.choices())
        .extracting(choice -> choice.route().orElseThrow().name())
        .containsExactly("half", "rest");
    assertThat(trace.choices()).extracting(Choice::share).isEqualTo(List.of(0.5, 0.5));
  }

  /** As istiod writes them. */
  @Test
  void istiosOwnFiltersLeaveTheRouteDecided() {
    String metadata =
        """
        {"name": "istio.metadata_exchange", "typed_config": {
          "@type": "type.googleapis.com/udpa.type.v1.TypedStruct",
          "type_url": "type.googleapis.com/io.istio.http.peer_metadata.Config", "value": {}}}""";
    assertThat(trace(metadata, route("r", "")).decided()).isTrue();
    assertThat(trace(metadata.replace("peer_metadata", "unknown"), route("r", "")).decided())
        .isFalse();
  }

  @Test
  void endpointsThatAreWrittenInACluster() {
    String clusters =
        """
        {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
         "dynamic_active_clusters": [{"cluster": {
           "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "here",
           "load_assignment": {"cluster_name": "here", "endpoints": [{"lb_endpoints": [{"endpoint": {
             "address": {"socket_address": {"address": "10.0.0.7", "port_value": 81}}}}]}]}}}]},""";
    String forward = "{\"match\": {\"prefix\": \"/\"}, \"route\": {\"cluster\": \"here\"}}";
    assertThat(tracer(clusters, "", forward).trace(CONNECTION, GET).destinations().get(0))
        .hasToString("here [10.0.0.7:81]");
  }

  @Test
  void aDumpWithoutClustersThatIsWholeHasNone() {
    String bootstrap =
        """
        {"@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump", "bootstrap": {}},""";
    String forward = "{\"match\": {\"prefix\": \"/\"}, \"route\": {\"cluster\": \"gone\"}}";
    assertThat(trace("", forward).outcome()).isInstanceOf(Outcome.Forward.class);
    assertThat(tracer(bootstrap, "", forward).trace(CONNECTION, GET).outcome())
        .isEqualTo(new Outcome.LocalReply(503, "there is no cluster 'gone'"));
  }

  @Test
  void aSizeOfHeadersAtTheLimit() {
    RequestTracer tracer = tracer("", route("r", ""));
    HttpRequest about = GET.header("x-big", "a".repeat(60 * 1024 - 100));
    assertThat(tracer.trace(CONNECTION, about).decided()).isFalse();
    HttpRequest more = GET.header("x-big", "a".repeat(60 * 1024));
    assertThat(tracer.trace(CONNECTION, more).outcome())
        .isEqualTo(new Outcome.LocalReply(431, "the headers are larger than 61440 bytes"));
  }

  @Test
  void starsInPathsOfTemplatesWhereTheRuntimeSaysOtherwise() {
    String runtime =
        """
        {"@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump", "bootstrap": {
          "layered_runtime": {"layers": [{"name": "a", "static_layer":
            {"envoy.reloadable_features.uri_template_match_on_asterisk": false}}]}}},""";
    String route =
        """
        {"match": {"path_match_policy": {"name": "t", "typed_config": {
           "@type": "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
           "path_template": "/a/*"}}}, "direct_response": {"status": 200}}""";
    HttpRequest star = HttpRequest.get("http://foo/a/*");
    assertThat(tracer(runtime, "", route).trace(CONNECTION, star).decided()).isFalse();
    assertThat(
            tracer(runtime, "", route)
                .trace(CONNECTION, HttpRequest.get("http://foo/a/b"))
                .outcome())
        .isEqualTo(new Outcome.DirectResponse(200, ""));
    assertThat(tracer("", route).trace(CONNECTION, star).outcome())
        .isEqualTo(new Outcome.DirectResponse(200, ""));
  }

  @Test
  void aClientsCertificateOfWhichNobodySaysWhoTrustsIt() {
    String tls =
        """
        {"filters": [], "transport_socket": {"name": "tls", "typed_config": {
          "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
          "require_client_certificate": true, "common_tls_context": {%s}}}}""";
    String listener =
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump", "static_listeners": [{"listener": {
          "@type": "type.googleapis.com/envoy.config.listener.v3.Listener", "name": "l",
          "address": {"socket_address": {"address": "0.0.0.0", "port_value": 80}},
          "filter_chains": [%s]}}]}]}""";
    String trusting = "\"validation_context\": {\"trusted_ca\": {\"inline_string\": \"x\"}}";
    RequestTracer tracer = of(listener.formatted(tls.formatted(trusting)));
    Connection client = CONNECTION.tls("foo");
    assertThat(tracer.trace(client).outcome())
        .isEqualTo(new Outcome.Closed("the filter chain wants a client's certificate"));
    assertThat(tracer.trace(client.certificate(ClientCertificate.PRESENTED)).outcome())
        .hasToString("undecided: whether Envoy trusts the client's certificate is not given");
    assertThat(tracer.trace(client.certificate(ClientCertificate.INVALID)).outcome())
        .isEqualTo(new Outcome.Closed("the filter chain does not trust the client's certificate"));
    // Envoy does not even ask for one, though the field says that it is required.
    assertThat(of(listener.formatted(tls.formatted(""))).trace(client).outcome().toString())
        .doesNotContain("certificate");
  }

  private static RequestTracer of(String dump) {
    return RequestTracer.of(EnvoyConfigInspector.create().read(ConfigSource.text(dump)));
  }

  @Test
  void answersToGrpcAndHead() {
    String direct =
        """
        {"match": {"prefix": "/"}, "direct_response": {"status": 503, "body": {"inline_string": "x"}}}""";
    HttpRequest grpc = GET.header("content-type", "application/grpc+proto");
    assertThat(tracer("", direct).trace(CONNECTION, grpc).outcome())
        .isEqualTo(new Outcome.DirectResponse(200, ""));
    assertThat(
            tracer("", direct).trace(CONNECTION, HttpRequest.of("HEAD", "http://foo/")).outcome())
        .isEqualTo(new Outcome.DirectResponse(503, ""));
  }

  @Test
  void cookiesOverHttp2AreOneHeader() {
    String match =
        ", \"headers\": [{\"name\": \"cookie\", \"string_match\": {\"exact\": \"a=1; b=2\"}}]";
    HttpRequest two = GET.header("cookie", "a=1").header("cookie", "b=2");
    RequestTracer tracer = tracer("", route("r", match));
    assertThat(tracer.trace(CONNECTION, two.over(HttpRequest.Protocol.HTTP_2)).route()).isPresent();
    assertThat(tracer.trace(CONNECTION, two).route()).isEmpty();
  }
}
