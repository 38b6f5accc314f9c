package dev.pilothouse.envoy.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.table.SearchHit.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SearchTest {
  private static final Path DUMPS = Path.of("src/test/resources/dumps");
  private final EnvoyConfig sidecar = read("istio-sidecar.json");
  private final EnvoyConfig states = read("warming-and-rejected.json");

  @Test
  void findsValuesAndSaysWhere() {
    SearchResult result = EnvoyTables.of(sidecar).search("JANE");

    assertThat(result.hits()).hasSize(1);
    SearchHit hit = result.hits().get(0);
    assertThat(hit.resource().name()).isEqualTo("8000");
    assertThat(hit.kind()).isEqualTo(Kind.VALUE);
    assertThat(sidecar.raw().at(hit.pointer()).textValue()).isEqualTo("jane");
    assertThat(hit.excerpt()).isEqualTo("»jane«");
    assertThat(result.table(300)).contains("dynamic_route_configs", "»jane«", hit.pointer());
    assertThat(result).hasToString("SearchResult[JANE: 1 hits]");
  }

  @Test
  void findsNamesReasonsAndFields() {
    EnvoyTables tables = EnvoyTables.of(states);

    assertThat(tables.search("refused").hits())
        .extracting(SearchHit::kind)
        .contains(Kind.NAME, Kind.VALUE);
    assertThat(tables.search("registered implementation").hits())
        .extracting(SearchHit::kind)
        .containsExactly(Kind.REASON);
    assertThat(tables.search("transport_api_version").hits())
        .isNotEmpty()
        .allSatisfy(
            hit -> {
              assertThat(hit.kind()).isEqualTo(Kind.FIELD);
              assertThat(states.raw().at(hit.pointer()).asText()).isEqualTo("V3");
            });
    assertThat(tables.search("no such thing").hits()).isEmpty();
  }

  @Test
  void everyPlaceCanBeFollowed() {
    for (SearchHit hit : EnvoyTables.of(sidecar).search("istio").hits()) {
      assertThat(sidecar.raw().at(hit.pointer()).isMissingNode()).as(hit.toString()).isFalse();
    }
  }

  @Test
  void takesExpressions() {
    EnvoyTables tables = EnvoyTables.of(sidecar);

    assertThat(tables.searchRegex("^/status/\\[0-9]\\+$").hits()).hasSize(1);
    assertThatThrownBy(() -> tables.search("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tables.searchRegex("("))
        .isInstanceOf(java.util.regex.PatternSyntaxException.class);
  }

  @Test
  void findsNoSecret() {
    assertThat(EnvoyTables.of(states).search("never-to-be-seen").hits()).isEmpty();
  }

  @Test
  void longTextsAreCutAroundWhatWasFound() {
    String text = "a".repeat(100) + "\nneedle" + "b".repeat(100);
    SearchHit hit = new SearchHit(states.resources().get(0), Kind.VALUE, "/a", text, 101, 107);

    assertThat(hit.excerpt()).isEqualTo("…" + "a".repeat(39) + " »needle«" + "b".repeat(40) + "…");
  }

  private static EnvoyConfig read(String dump) {
    return EnvoyConfigInspector.create().read(ConfigSource.file(DUMPS.resolve(dump)));
  }
}
