package dev.pilothouse.envoy.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which route takes all requests of a later one. The semantics are those of Envoy's matchers. */
class ShadowedRoutesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        // earlier; later; whether the later gets no request
        "'prefix': '/'; 'path': '/a'; true",
        "'prefix': '/'; 'prefix': '/a', 'headers': [{'name': 'x', 'present_match': true}]; true",
        "'prefix': '/'; 'safe_regex': {'regex': '/a/[0-9]+'}; true",
        "'prefix': '/'; 'safe_regex': {'regex': '.*'}; false",
        "'prefix': '/'; 'safe_regex': {'regex': '/a|b'}; false",
        "'prefix': '/ab'; 'safe_regex': {'regex': '/ab*c'}; false",
        "'prefix': '/ab'; 'safe_regex': {'regex': '/ab+c'}; true",
        "'prefix': '/'; 'connect_matcher': {}; false",
        "'prefix': '/a'; 'prefix': '/'; false",
        "'prefix': '/a'; 'prefix': '/ab'; true",
        "'prefix': '/a/'; 'path_separated_prefix': '/a'; false",
        "'prefix': '/a'; 'path_separated_prefix': '/a'; true",
        "'path_separated_prefix': '/a'; 'prefix': '/a'; false",
        "'path_separated_prefix': '/a'; 'prefix': '/a/'; true",
        "'path_separated_prefix': '/a'; 'path': '/ab'; false",
        "'path_separated_prefix': '/a'; 'path': '/a'; true",
        "'path_separated_prefix': '/a'; 'path_separated_prefix': '/a/b'; true",
        "'path': '/a'; 'path': '/a'; true",
        "'path': '/a'; 'prefix': '/a'; false",
        "'path': '/a', 'case_sensitive': false; 'path': '/A'; true",
        "'path': '/a'; 'path': '/a', 'case_sensitive': false; false",
        "'prefix': '/a'; 'prefix': '/ab', 'case_sensitive': false; false",
        "'prefix': '/'; 'prefix': '/ab', 'case_sensitive': false; true",
        "'prefix': '/A', 'case_sensitive': false; 'prefix': '/ab'; true",
        "'safe_regex': {'regex': '.*'}; 'path': '/a'; true",
        "'safe_regex': {'regex': '/a.*'}; 'path': '/a'; false",
        "'safe_regex': {'regex': '/a.*'}; 'safe_regex': {'regex': '/a.*'}; true",
        "'prefix': '/', 'headers': [{'name': 'x', 'present_match': true}]; 'prefix': '/a'; false",
        "'prefix': '/', 'headers': [{'name': 'x', 'present_match': true}];"
            + " 'prefix': '/a', 'headers': [{'name': 'X', 'string_match': {'exact': '1'}}]; true",
        "'prefix': '/', 'headers': [{'name': 'x', 'present_match': true}];"
            + " 'prefix': '/a', 'headers': [{'name': 'x', 'string_match': {'exact': '1'},"
            + " 'invert_match': true}]; false",
        "'prefix': '/', 'headers': [{'name': 'x', 'string_match': {'exact': '1'}}];"
            + " 'prefix': '/a', 'headers': [{'name': 'x', 'string_match': {'exact': '1'}},"
            + " {'name': 'y', 'present_match': true}]; true",
        "'prefix': '/', 'query_parameters': [{'name': 'q', 'present_match': true}];"
            + " 'prefix': '/a'; false",
        "'prefix': '/', 'runtime_fraction': {'default_value': {'numerator': 99}};"
            + " 'prefix': '/a'; false",
        "'prefix': '/', 'runtime_fraction': {'default_value': {'numerator': 100}};"
            + " 'prefix': '/a'; true",
        "'prefix': '/', 'runtime_fraction': {'default_value': {'numerator': 100},"
            + " 'runtime_key': 'k'}; 'prefix': '/a'; false",
        "'prefix': '/', 'grpc': {}; 'prefix': '/a'; false",
        "'prefix': '/'; 'prefix': '/a', 'grpc': {}; true",
        "'prefix': '/', 'newer_field': 1; 'prefix': '/a'; false",
      })
  void onlyWhatIsCertain(String earlier, String later, boolean shadowed) {
    String dump =
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
          "dynamic_route_configs": [{"route_config": {"name": "80", "virtual_hosts": [
            {"name": "v", "domains": ["*"], "routes": [
              {"match": {%s}, "redirect": {}}, {"match": {%s}, "redirect": {}}]}]}}]}]}
        """
            .formatted(earlier.replace('\'', '"'), later.replace('\'', '"'));
    LintReport report =
        EnvoyLint.create().check(EnvoyConfigInspector.create().read(ConfigSource.text(dump)));

    assertThat(report.findings(LintRule.SHADOWED_ROUTE)).hasSize(shadowed ? 1 : 0);
  }
}
