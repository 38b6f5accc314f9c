package dev.pilothouse.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.console.Metrics.Kind;
import dev.pilothouse.console.Metrics.Sample;
import dev.pilothouse.failure.PilothouseException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T08:30:00Z");

  private static Metrics parse(String text) {
    return Metrics.parse(text, NOW);
  }

  @Test
  void readsARealIstiodsMetrics() {
    Metrics metrics = parse(Recorded.text("istiod.metrics"));

    assertThat(metrics.value("pilot_xds_pushes", Map.of("type", "rds"))).hasValue(5);
    assertThat(metrics.value("pilot_xds_pushes")).hasValue(20);
    assertThat(metrics.value("pilot_total_xds_rejects")).hasValue(2);
    assertThat(metrics.value("no_such_metric")).isEmpty();
    assertThat(metrics.averageSeconds("pilot_proxy_convergence_time").orElseThrow().toNanos())
        .isEqualTo(1_726_649);
    assertThat(metrics.samples("pilot_xds_pushes"))
        .allSatisfy(sample -> assertThat(sample.kind()).isEqualTo(Kind.COUNTER))
        .extracting(Sample::toString)
        .contains("pilot_xds_pushes{type=\"rds\"} 5");
    assertThat(metrics)
        .hasToString("Metrics[%d samples at %s]".formatted(metrics.samples().size(), NOW));
    assertThat(metrics.table()).doesNotContain("_bucket").contains("pilot_xds_pushes");
  }

  @Test
  void tellsHistogramsFromWhatOnlyEndsLikeThem() {
    Metrics metrics =
        parse(
            """
            # TYPE a histogram
            a_bucket{le="+Inf"} 3
            a_sum 1.5
            a_count 3
            # TYPE b_count gauge
            b_count 7
            """);

    assertThat(metrics.samples())
        .extracting(Sample::metric)
        .containsExactly("a", "a", "a", "b_count");
    assertThat(metrics.samples())
        .extracting(Sample::kind)
        .containsExactly(Kind.HISTOGRAM, Kind.HISTOGRAM, Kind.HISTOGRAM, Kind.GAUGE);
  }

  @Test
  void countsSinceAnEarlierMoment() {
    Metrics before =
        parse(
            """
            # TYPE pushes counter
            pushes{type="cds"} 3
            pushes{type="lds"} 4
            # TYPE size gauge
            size 9
            """);
    Metrics now =
        parse(
            """
            # TYPE pushes counter
            pushes{type="cds"} 5
            pushes{type="lds"} 4
            pushes{type="rds"} 1
            # TYPE size gauge
            size 8
            """);

    assertThat(now.since(before).samples())
        .extracting(Sample::toString)
        .containsExactly("pushes{type=\"cds\"} 2", "pushes{type=\"rds\"} 1", "size 8");
  }

  @Test
  void countsFromZeroWhenIstiodHasStartedAgain() {
    Metrics before = parse("# TYPE pushes counter\npushes 30\n");
    Metrics now = parse("# TYPE pushes counter\npushes 2\n");

    assertThat(now.since(before).value("pushes")).hasValue(2);
  }

  @Test
  void readsWhatTheFormatAllows() {
    Metrics metrics =
        parse(
            "# a comment\r\n\nx{ a = \"q\\\"u\\\\o\\nte\" , b=\"{}\",} +Inf 1395066363000\r\ny NaN\n");

    assertThat(metrics.samples("x"))
        .containsExactly(
            new Sample(
                "x",
                Kind.UNTYPED,
                "x",
                Map.of("a", "q\"u\\o\nte", "b", "{}"),
                Double.POSITIVE_INFINITY));
    assertThat(metrics.value("y").orElseThrow()).isNaN();
  }

  @Test
  void namesTheLineThatIsNone() {
    for (String bad : List.of("{}", "x{a=\"b\"", "x{a=b} 1", "x", "x one", "<html>")) {
      assertThatThrownBy(() -> parse("ok 1\n" + bad))
          .as(bad)
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("line 2")
          .hasMessageContaining(bad);
    }
  }
}
