package dev.pilothouse.envoy;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.assertj.RouteRequest;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.envoy.lint.EnvoyLint;
import dev.pilothouse.envoy.lint.LintRule;
import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.RequestTracer;
import dev.pilothouse.envoy.trace.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has become of a secret decides nothing: who analyses the configuration says so. */
class RedactedConfigTest {
  private static final Connection CONNECTION = Connection.to("10.0.0.1", 80);
  private static final String KEY = "Hunter2Hunter3";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'headers': [{'name': 'x-api-key', 'string_match': {'exact': 'Hunter2Hunter3'}}]",
        "'headers': [{'name': 'x-api-key', 'string_match': {'contains': 'Hunter2'}}]",
        "'headers': [{'name': 'x-api-key', 'prefix_match': 'Hunter2'}]",
        "'headers': [{'name': 'x-api-key', 'string_match': {'suffix': 'Hunter3'},"
            + " 'invert_match': true}]",
        "'query_parameters': [{'name': 'token', 'string_match': {'exact': 'Hunter2Hunter3'}}]",
        "'headers': [{'name': 'x-note', 'string_match': {'exact': 'password:Hunter2Hunter3'}}]",
      })
  void tracesLeaveItOpen(String match) {
    EnvoyConfig config = config(match);
    HttpRequest asked =
        HttpRequest.get("http://a/?token=" + KEY)
            .header("x-api-key", KEY)
            .header("x-note", "password:" + KEY);

    Trace trace = RequestTracer.of(config).trace(CONNECTION, asked);

    assertThat(trace.decided()).isFalse();
    assertThat(trace.explain()).contains("redacted");
    assertThat(trace.choices()).hasSize(2);
    assertThatThrownBy(() -> assertThat(config).request(CONNECTION, asked).goesTo("first"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("undecided");
  }

  @Test
  void whatDoesNotDependOnItIsDecided() {
    EnvoyConfig config =
        config(
            "'headers': [{'name': 'x-api-key', 'string_match': {'exact': '%s'}}]".formatted(KEY));

    Trace trace = RequestTracer.of(config).trace(CONNECTION, HttpRequest.get("http://a/"));

    assertThat(trace.decided()).isTrue();
    assertThat(config).request(CONNECTION, HttpRequest.get("http://a/")).goesTo("second");
  }

  @Test
  void assertionsOnARouteLeaveItOpen() {
    EnvoyConfig config =
        config(
            "'headers': [{'name': 'x-api-key', 'string_match': {'exact': '%s'}}]".formatted(KEY));
    RouteRequest asked = RouteRequest.get("/").header("x-api-key", KEY);

    assertThatThrownBy(() -> assertThat(config).route("r").virtualHost("h").routeFor(asked))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll("undecided", "redacted");
    assertThat(config).route("r").virtualHost("h").routeFor(RouteRequest.get("/")).hasName("rest");
  }

  @Test
  void lintTakesTwoSecretsForDifferentOnes() {
    String match = "'headers': [{'name': '%s', 'string_match': {'exact': '%s'}}]";

    assertThat(shadowed(match.formatted("x-user", KEY))).isEqualTo(1);
    assertThat(shadowed(match.formatted("x-api-key", KEY))).isZero();
  }

  @Test
  void twoSecretsAreNoDifference() {
    String match = "'headers': [{'name': '%s', 'string_match': {'exact': '%s'}}]";

    assertThat(
            differences(
                match.formatted("x-api-key", KEY), match.formatted("x-api-key", "other-secret")))
        .isZero();
    assertThat(
            differences(match.formatted("x-user", KEY), match.formatted("x-user", "other-user1")))
        .isEqualTo(1);
  }

  private static int differences(String before, String after) {
    return EnvoyDiff.between(config(before), config(after)).differences().size();
  }

  private static int shadowed(String match) {
    EnvoyConfig config = config(match, match);
    return EnvoyLint.create().check(config).findings(LintRule.SHADOWED_ROUTE).size();
  }

  /** A route to the cluster first for each match, and one to second for the rest. */
  private static EnvoyConfig config(String... matches) {
    StringBuilder routes = new StringBuilder();
    for (String match : matches) {
      routes.append(
          "{'name': 'matched', 'match': {'prefix': '/', %s}, 'route': {'cluster': 'first'}},"
              .formatted(match));
    }
    String dump =
        """
        {'configs': [
          {'@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', 'static_clusters': [
            {'cluster': {'name': 'first'}}, {'cluster': {'name': 'second'}}]},
          {'@type': 'type.googleapis.com/envoy.admin.v3.RoutesConfigDump', 'dynamic_route_configs': [
            {'route_config': {'name': 'r', 'virtual_hosts': [{'name': 'h', 'domains': ['*'], 'routes': [
              %s{'name': 'rest', 'match': {'prefix': '/'}, 'route': {'cluster': 'second'}}]}]}}]},
          {'@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump', 'static_listeners': [
            {'listener': {'name': 'l', 'address': {'socket_address': {'address': '0.0.0.0', 'port_value': 80}},
              'filter_chains': [{'filters': [{'name': 'hcm', 'typed_config': {
                '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
                'rds': {'route_config_name': 'r'}}}]}]}}]}]}
        """
            .formatted(routes);
    return EnvoyConfigInspector.create().read(ConfigSource.text(dump.replace('\'', '"')));
  }
}
