package dev.pilothouse.envoy.admin;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's statistics, told apart by kind, each by its name. Envoy's numbers are unsigned: one that
 * is above {@link Long#MAX_VALUE} is negative here.
 *
 * @param counters what only grows, until Envoy ends or {@link EnvoyAdmin#resetCounters()}
 * @param gauges what goes up and down
 * @param textReadouts texts, as {@code cluster_manager.cds.version_text}
 * @param histograms distributions, as of a request's time
 */
public record Stats(
    SortedMap<String, Long> counters,
    SortedMap<String, Long> gauges,
    SortedMap<String, String> textReadouts,
    SortedMap<String, Histogram> histograms) {

  /** Copies the maps. */
  public Stats {
    counters = copy(counters);
    gauges = copy(gauges);
    textReadouts = copy(textReadouts);
    histograms = copy(histograms);
  }

  /** The kinds of statistics. */
  public enum Kind {
    /** What only grows. */
    COUNTER("Counters"),
    /** What goes up and down. */
    GAUGE("Gauges"),
    /** Texts. */
    TEXT_READOUT("TextReadouts"),
    /** Distributions. */
    HISTOGRAM("Histograms");

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    /** The name that Envoy knows it by. */
    String type() {
      return type;
    }
  }

  /**
   * A distribution. Envoy counts a value when its threads' counts are merged, by default every five
   * seconds.
   *
   * @param quantiles its quantiles, in Envoy's order
   * @param total its buckets since Envoy's start; empty when no value was recorded
   * @param interval its buckets in the last interval
   */
  public record Histogram(List<Quantile> quantiles, List<Bucket> total, List<Bucket> interval) {
    /** Copies the lists. */
    public Histogram {
      quantiles = List.copyOf(quantiles);
      total = List.copyOf(total);
      interval = List.copyOf(interval);
    }

    /**
     * How many values were recorded since Envoy's start.
     *
     * @return the count
     */
    public long count() {
      return total.stream().mapToLong(Bucket::count).sum();
    }
  }

  /**
   * A quantile.
   *
   * @param percent for example 99.9
   * @param total the value since Envoy's start, or null when none was recorded
   * @param interval the value in the last interval, or null when none was recorded
   */
  public record Quantile(double percent, @Nullable Double total, @Nullable Double interval) {}

  /**
   * A bucket of a distribution.
   *
   * @param lowerBound the least value that it holds
   * @param width how far it reaches
   * @param count how many values it holds
   */
  public record Bucket(double lowerBound, double width, long count) {}

  /** One line: how many there are of each kind. */
  @Override
  public String toString() {
    return "Stats["
        + counters.size()
        + " counters, "
        + gauges.size()
        + " gauges, "
        + textReadouts.size()
        + " text readouts, "
        + histograms.size()
        + " histograms]";
  }

  private static <V> SortedMap<String, V> copy(Map<String, V> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }
}
