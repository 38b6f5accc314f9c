package dev.pilothouse.envoy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.admin.Stats.Histogram;
import dev.pilothouse.envoy.admin.Stats.Kind;
import dev.pilothouse.envoy.admin.Stats.Quantile;
import dev.pilothouse.envoy.live.RealEnvoy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The statistics of a real Envoy that answered one request. */
class StatsTest {
  private static final String REQUESTS = "http.fixed.downstream_rq_total";
  private static final String TIMES = "http.fixed.downstream_rq_time";

  /** Kept: when it is collected its connection ends, and that is counted. */
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static RealEnvoy envoy;
  private static EnvoyAdmin admin;

  @BeforeAll
  static void start() throws Exception {
    envoy = RealEnvoy.start("--config-yaml", "{stats_flush_on_admin: true}");
    admin = EnvoyAdmin.at(envoy.admin());
    get(admin.listeners().get(0));
    envoy.process().await("the request is counted", () -> times().count() == 1, RealEnvoy.LONG);
  }

  @AfterAll
  static void stop() {
    envoy.close();
  }

  @Test
  void kindsAreToldApart() {
    Stats stats = admin.stats(StatsQuery.all());

    assertThat(stats.counters()).containsEntry(REQUESTS, 1L);
    assertThat(stats.gauges()).containsEntry("server.live", 1L).doesNotContainKey(REQUESTS);
    assertThat(stats.textReadouts()).containsEntry("cluster_manager.cds.version_text", "1");
    assertThat(stats.histograms()).containsKey(TIMES);
    assertThat(stats.counters()).doesNotContainKeys("server.live", TIMES);
    assertThat(stats.toString()).startsWith("Stats[").doesNotContain("\n");
  }

  @Test
  void histogramsHaveQuantilesAndBuckets() {
    Histogram times = times();

    assertThat(times.count()).isEqualTo(1);
    assertThat(times.quantiles()).extracting(Quantile::percent).contains(0.0, 50.0, 99.9, 100.0);
    assertThat(times.quantiles()).extracting(Quantile::total).doesNotContainNull();
    assertThat(times.total()).hasSize(1);
    assertThat(unused().count()).isZero();
    assertThat(unused().quantiles()).extracting(Quantile::total).containsOnlyNulls();
  }

  @Test
  void onlySomeAreAskedFor() {
    Stats some = admin.stats(StatsQuery.all().matching("^http\\.fixed\\.").only(Kind.COUNTER));
    Stats used = admin.stats(StatsQuery.all().matching("^http\\.fixed\\.").onlyUsed());

    assertThat(some.counters().keySet()).allMatch(name -> name.startsWith("http.fixed."));
    assertThat(some.gauges()).isEmpty();
    assertThat(some.histograms()).isEmpty();
    assertThat(used.counters())
        .containsKey(REQUESTS)
        .hasSizeLessThan(some.counters().size())
        .doesNotContainValue(0L);
    assertThatThrownBy(() -> admin.stats(StatsQuery.all().matching("(")))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("HTTP 400")
        .hasMessageMatching("(?s).*(missing \\)|Invalid re2 regex).*");
  }

  @Test
  void hiddenOnesAreAskedFor() {
    StatsQuery all = StatsQuery.all().only(Kind.COUNTER, Kind.GAUGE);

    assertThat(admin.stats(all.withHidden(StatsQuery.Hidden.ONLY)).counters()).isEmpty();
    assertThat(admin.stats(all.withHidden(StatsQuery.Hidden.INCLUDE)).counters())
        .containsKey(REQUESTS);
  }

  @Test
  void prometheusTextIsEnvoysOwn() {
    String text = admin.prometheus(StatsQuery.all().matching("http\\.fixed\\.").onlyUsed());
    String numbers = admin.prometheus(StatsQuery.all().only(Kind.COUNTER, Kind.GAUGE));

    assertThat(text)
        .contains("# TYPE envoy_http_downstream_rq_total counter")
        .contains("envoy_http_downstream_rq_total{envoy_http_conn_manager_prefix=\"fixed\"} 1");
    assertThat(text).doesNotContain("envoy_server_live");
    assertThat(admin.prometheus(StatsQuery.all())).contains("text_value=");
    assertThat(numbers).contains("envoy_server_live").doesNotContain("text_value=");
  }

  private static Histogram times() {
    return histogram(TIMES);
  }

  private static Histogram unused() {
    return histogram("http.fixed.downstream_cx_length_ms");
  }

  private static Histogram histogram(String name) {
    Stats stats = admin.stats(StatsQuery.all().only(Kind.HISTOGRAM));
    return Objects.requireNonNull(stats.histograms().get(name), name);
  }

  private static void get(ListenerStatus listener) throws Exception {
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create("http://" + listener.address())).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(204);
  }
}
