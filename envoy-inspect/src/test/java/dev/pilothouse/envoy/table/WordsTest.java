package dev.pilothouse.envoy.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words of single cells: every form has some, and what has none is shown as it is. */
class WordsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "{'prefix': '/a'};                                          /a*",
        "{'path_separated_prefix': '/a'};                           PathPrefix:/a",
        "{'pathSeparatedPrefix': '/a'};                             PathPrefix:/a",
        "{'path': '/a'};                                            /a",
        "{'safe_regex': {'regex': '/a.*'}};                         regex /a.*",
        "{'connect_matcher': {}};                                   CONNECT",
        "{'path_match_policy': {'typed_config': {'path_template': '/a/{b}'}}}; template /a/{b}",
      })
  void paths(String json, String words) {
    assertThat(PathText.path(fields(json))).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "{'name': 'a', 'string_match': {'exact': 'b'}};             a exact 'b'",
        "{'name': 'a', 'string_match': {'prefix': 'b', 'ignore_case': true}}; a prefix 'b' in any case",
        "{'name': 'a', 'string_match': {'safe_regex': {'regex': 'b'}}}; a regex 'b'",
        "{'name': 'a', 'string_match': {'custom': {'name': 'x'}}};  a custom {'name':'x'}",
        "{'name': 'a', 'exact_match': 'b'};                         a exact 'b'",
        "{'name': 'a', 'suffix_match': 'b', 'invert_match': true};  a not suffix 'b'",
        "{'name': 'a', 'safe_regex_match': {'regex': 'b'}};         a regex 'b'",
        "{'name': 'a', 'range_match': {'start': '1', 'end': '5'}};  a in [1, 5)",
        "{'name': 'a', 'present_match': true};                      a present",
        "{'name': 'a', 'present_match': false};                     a absent",
        "{'name': 'a'};                                             a present",
        "{'name': 'a', 'new_match': 7};                             a present new_match 7",
      })
  void headers(String json, String words) {
    assertThat(PathText.conditions(fields("{'headers': [" + json + "]}")))
        .isEqualTo(words.replace('\'', '"'));
  }

  @Test
  void otherConditions() {
    assertThat(
            PathText.conditions(
                fields(
                    """
                    {'query_parameters': [{'name': 'q'}, {'name': 'r', 'present_match': true},
                      {'name': 's', 'string_match': {'contains': 'x'}}],
                     'case_sensitive': false, 'grpc': {},
                     'runtime_fraction': {'default_value': {'numerator': 5}, 'runtime_key': 'k'},
                     'tls_context': {'presented': true}}
                    """)))
        .isEqualTo(
            "?q present, ?r present, ?s contains \"x\", path in any case, gRPC only,"
                + " for 5% (runtime k), tls_context {\"presented\":true}");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "{'route': {'cluster': 'a'}};                               a",
        "{'route': {'cluster_header': 'x'}};                        the cluster that header x names",
        "{'route': {'cluster_specifier_plugin': 'p'}};              the cluster that plugin p names",
        "{'route': {'weighted_clusters': {'clusters': [{'name': 'a', 'weight': 1}, {'name': 'b', 'weight': 2}]}}}; 1/3 a, 2/3 b",
        "{'redirect': {}};                                          redirect 301 to (same path)",
        "{'redirect': {'https_redirect': true, 'response_code': 'PERMANENT_REDIRECT'}}; redirect 308 to https://(same host)(same path)",
        "{'redirect': {'host_redirect': 'h', 'port_redirect': 8, 'prefix_rewrite': '/b'}}; redirect 301 to //h:8/b*",
        "{'direct_response': {'status': 404}};                      respond 404",
        "{'direct_response': {'status': 200, 'body': {'filename': 'f'}}}; respond 200 {'filename':'f'}",
        "{'non_forwarding_action': {}};                             not forwarded",
      })
  void destinations(String json, String words) {
    assertThat(ActionText.of(fields(json))).isEqualTo(words.replace('\'', '"'));
  }

  @Test
  void policies() {
    assertThat(
            PolicyText.of(
                fields(
                    """
                    {'route': {'cluster': 'a', 'idle_timeout': '3s', 'prefix_rewrite': '/b',
                       'host_rewrite_literal': 'h', 'priority': 'HIGH',
                       'retry_policy': {'retry_on': 'reset', 'retriable_status_codes': [503]},
                       'request_mirror_policies': [{'cluster': 'm', 'runtime_fraction':
                          {'default_value': {'numerator': 125, 'denominator': 'TEN_THOUSAND'}}}]},
                     'request_headers_to_add': [
                       {'header': {'key': 'x', 'value': '1'}, 'append_action': 'ADD_IF_ABSENT'}],
                     'typed_per_filter_config': {'envoy.filters.http.fault': {}}}
                    """)))
        .isEqualTo(
            "timeout 15s (Envoy's default), idle timeout 3s, retries 1 on reset, status 503,"
                + " mirror 1.25% to m, rewrite path to /b*, rewrite host to h, priority \"HIGH\","
                + " request headers x?=\"1\", own config of fault");
    assertThat(PolicyText.ofVirtualHost(fields("{'name': 'v', 'require_tls': 'ALL'}")))
        .isEqualTo("of the virtual host: require_tls \"ALL\"");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{}|                                                        ALL",
        "{'server_names': ['a', 'b']}|                              SNI: a,b",
        "{'application_protocols': ['istio-peer-exchange', 'istio']}| App: TCP TLS",
        "{'destination_port': 80}|                                  Addr: *:80",
        "{'prefix_ranges': [{'address_prefix': '10.0.0.0', 'prefix_len': 8}], 'destination_port': 80}| Addr: 10.0.0.0/8:80",
        "{'source_prefix_ranges': [{'address_prefix': '0.0.0.0'}], 'source_ports': [1, 2]}| Source: 0.0.0.0/0:1,2",
        "{'source_type': 'EXTERNAL', 'suffix_len': 3}|              Source type: EXTERNAL; suffix_len 3",
      })
  void chainMatches(String json, String words) {
    assertThat(ChainMatchText.of(fields(json))).isEqualTo(words);
  }

  @Test
  void matcherTrees() {
    Fields matcher =
        fields(
            """
            {'matcher_tree': {'input': {'name': 'port'}, 'exact_match_map': {'map': {
               '80': {'matcher': {'matcher_tree': {'input': {'name': 'ip'}, 'custom_match':
                  {'typed_config': {'range_matchers': [{'ranges':
                    [{'address_prefix': '10.0.0.1', 'prefix_len': 32}],
                     'on_match': {'action': {'name': 'a'}}}]}}}}},
               '81': {'action': {'name': 'x', 'typed_config': {'value': 'b'}}}}}},
             'on_no_match': {'action': {'name': 'a'}}}
            """);

    assertThat(MatcherText.of(matcher, "a")).isEqualTo("port=80 → ip=10.0.0.1/32; otherwise");
    assertThat(MatcherText.of(matcher, "b")).isEqualTo("port=81");
    assertThat(MatcherText.of(matcher, "c")).isEqualTo("NONE");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "{};                                                        Envoy's defaults",
        "{'circuit_breakers': {'thresholds': [{'max_retries': 4294967295}]}}; connections 1024, pending 1024, requests 1024",
        "{'circuit_breakers': {'thresholds': [{'priority': 'HIGH', 'max_connections': 1, 'max_pending_requests': 4294967295, 'max_requests': 4294967295, 'max_retries': 4294967295}]}}; high priority: connections 1, Envoy's defaults",
      })
  void circuitBreakers(String json, String words) {
    assertThat(ClusterText.circuitBreakers(fields(json))).isEqualTo(words);
  }

  @Test
  void whatIsNotEnforcedIsNotTold() {
    assertThat(
            ClusterText.outlierDetection(
                fields(
                    """
                    {'outlier_detection': {'consecutive_5xx': 5, 'enforcing_consecutive_5xx': 0,
                      'consecutive_gateway_failure': 7, 'enforcing_consecutive_gateway_failure': 100,
                      'split_external_local_origin_errors': true}}
                    """)))
        .isEqualTo("gateway failures 7, split_external_local_origin_errors true");
    assertThat(ClusterText.outlierDetection(fields("{'outlier_detection': {}}")))
        .isEqualTo("Envoy's defaults");
  }

  @Test
  void tls() {
    assertThat(
            TlsText.ofCluster(
                fields(
                    "{'transport_socket': {'name': 'envoy.transport_sockets.tls',"
                        + " 'typed_config': {'sni': 's', 'common_tls_context': {}}}}")))
        .isEqualTo("TLS sni s (server not verified)");
    assertThat(
            TlsText.ofCluster(
                fields("{'transport_socket': {'name': 'envoy.transport_sockets.tls'}}")))
        .isEqualTo("TLS (server not verified)");
    assertThat(
            TlsText.ofChain(
                fields("{'transport_socket': {'name': 'envoy.transport_sockets.alts'}}")))
        .isEqualTo("alts");
  }

  @Test
  void domains() {
    assertThat(Domains.shortened(List.of())).isEmpty();
    assertThat(Domains.shortened(List.of("a:80"))).isEqualTo("a:80");
    assertThat(Domains.shortened(List.of("a.b", "a.b:80", "a.b.svc", "a.b.svc.cluster.local")))
        .isEqualTo("a.b");
    assertThat(Domains.shortened(List.of("a", "b", "c", "[fd00::1:2]")))
        .isEqualTo("a, b + 2 more...");
  }

  private static Fields fields(String json) {
    try {
      return new Fields(new ObjectMapper().readTree(json.replace('\'', '"')));
    } catch (java.io.IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
