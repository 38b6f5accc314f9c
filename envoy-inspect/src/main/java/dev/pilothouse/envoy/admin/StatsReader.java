package dev.pilothouse.envoy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.AdminReply;
import dev.pilothouse.envoy.admin.Stats.Bucket;
import dev.pilothouse.envoy.admin.Stats.Histogram;
import dev.pilothouse.envoy.admin.Stats.Kind;
import dev.pilothouse.envoy.admin.Stats.Quantile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of {@code /stats}. */
final class StatsReader {
  private final JsonNode stats;

  StatsReader(AdminReply reply) {
    stats = AdminJson.tree(reply).path("stats");
  }

  static Stats read(StatsQuery query, Function<String, AdminReply> get) {
    SortedMap<String, Long> counters = new TreeMap<>();
    SortedMap<String, Long> gauges = new TreeMap<>();
    SortedMap<String, String> texts = new TreeMap<>();
    SortedMap<String, Histogram> histograms = new TreeMap<>();
    for (Kind kind : query.kinds()) {
      StatsReader reader = new StatsReader(get.apply(query.path(kind.type())));
      switch (kind) {
        case COUNTER -> reader.numbers(counters);
        case GAUGE -> reader.numbers(gauges);
        case TEXT_READOUT -> reader.texts(texts);
        case HISTOGRAM -> reader.histograms(histograms);
      }
    }
    return new Stats(counters, gauges, texts, histograms);
  }

  void numbers(Map<String, Long> into) {
    for (JsonNode stat : stats) {
      if (stat.path("name").isTextual() && stat.path("value").isIntegralNumber()) {
        into.put(stat.path("name").textValue(), stat.path("value").longValue());
      }
    }
  }

  private void texts(Map<String, String> into) {
    for (JsonNode stat : stats) {
      if (stat.path("name").isTextual() && stat.path("value").isTextual()) {
        into.put(stat.path("name").textValue(), stat.path("value").textValue());
      }
    }
  }

  private void histograms(Map<String, Histogram> into) {
    for (JsonNode stat : stats) {
      JsonNode histograms = stat.path("histograms");
      JsonNode percents = histograms.path("supported_percentiles");
      for (JsonNode details : histograms.path("details")) {
        into.put(
            details.path("name").asText(),
            new Histogram(
                quantiles(percents, details.path("percentiles")),
                buckets(details.path("totals")),
                buckets(details.path("intervals"))));
      }
    }
  }

  private static List<Quantile> quantiles(JsonNode percents, JsonNode values) {
    List<Quantile> quantiles = new ArrayList<>();
    for (int i = 0; i < Math.min(percents.size(), values.size()); i++) {
      JsonNode value = values.get(i);
      quantiles.add(
          new Quantile(
              percents.get(i).doubleValue(),
              number(value, "cumulative"),
              number(value, "interval")));
    }
    return quantiles;
  }

  private static @Nullable Double number(JsonNode value, String field) {
    return value.path(field).isNumber() ? (Double) value.path(field).doubleValue() : null;
  }

  private static List<Bucket> buckets(JsonNode array) {
    List<Bucket> buckets = new ArrayList<>();
    for (JsonNode bucket : array) {
      buckets.add(
          new Bucket(
              bucket.path("lower_bound").doubleValue(),
              bucket.path("width").doubleValue(),
              bucket.path("count").longValue()));
    }
    return buckets;
  }
}
