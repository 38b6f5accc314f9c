package dev.pilothouse.console;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The metrics of an istiod at one moment, as Prometheus' text format tells them.
 *
 * <pre>{@code
 * Metrics before = console.metrics();
 * cluster.apply(routes);
 * Metrics pushed = console.metrics().since(before);
 * pushed.value("pilot_xds_pushes", Map.of("type", "rds"));
 * }</pre>
 *
 * @param takenAt when they were read
 * @param samples all of them, in the order of the text
 */
public record Metrics(Instant takenAt, List<Sample> samples) {
  /** What a metric is. */
  public enum Kind {
    /** It only grows, until istiod starts again. */
    COUNTER,
    /** It goes up and down. */
    GAUGE,
    /** Counts of observations by size: {@code …_bucket}, {@code …_sum}, {@code …_count}. */
    HISTOGRAM,
    /** Quantiles of observations, {@code …_sum} and {@code …_count}. */
    SUMMARY,
    /** The text does not say. */
    UNTYPED
  }

  /**
   * One number.
   *
   * @param metric the metric's name, as {@code pilot_xds_push_time}
   * @param kind what the metric is
   * @param name the sample's own name, as {@code pilot_xds_push_time_bucket}; the metric's name for
   *     counters and gauges
   * @param labels name to value
   * @param value the value; may be infinite or not a number
   */
  public record Sample(
      String metric, Kind kind, String name, Map<String, String> labels, double value) {
    /** Copies the labels. */
    public Sample {
      labels = Map.copyOf(labels);
    }

    /** Whether it can be subtracted: what only grows. */
    private boolean cumulative() {
      return switch (kind) {
        case COUNTER, HISTOGRAM -> true;
        case SUMMARY -> !labels.containsKey("quantile");
        case GAUGE, UNTYPED -> false;
      };
    }

    private Series series() {
      return new Series(name, labels);
    }

    /** As in Prometheus' text format: {@code name{label="value"} 3}. */
    @Override
    public String toString() {
      String inner =
          new TreeMap<>(labels)
              .entrySet().stream()
                  .map(label -> label.getKey() + "=\"" + label.getValue() + '"')
                  .collect(Collectors.joining(","));
      return name + (inner.isEmpty() ? "" : "{" + inner + "}") + ' ' + number(value);
    }
  }

  private record Series(String name, Map<String, String> labels) {}

  /** Copies the list. */
  public Metrics {
    samples = List.copyOf(samples);
  }

  /**
   * Reads Prometheus' text format.
   *
   * @param text what {@code /metrics} answers
   * @param takenAt when it was read
   * @return the metrics
   * @throws dev.pilothouse.failure.PilothouseException if a line is none of that format; it names
   *     the line
   */
  public static Metrics parse(String text, Instant takenAt) {
    return new Metrics(takenAt, new MetricsText(text).samples());
  }

  /**
   * The samples of a name.
   *
   * @param name the sample's name, as {@code pilot_xds_pushes}
   * @return those that are there; empty when there is none
   */
  public List<Sample> samples(String name) {
    return samples.stream().filter(sample -> sample.name().equals(name)).toList();
  }

  /**
   * The sum of a metric over all its labels.
   *
   * @param name the sample's name
   * @return empty when there is no such sample: istiod tells of most metrics only once they count
   */
  public OptionalDouble value(String name) {
    return value(name, Map.of());
  }

  /**
   * The sum over the samples that have some labels.
   *
   * @param name the sample's name
   * @param labels labels that a sample must have; it may have more
   * @return empty when there is no such sample
   */
  public OptionalDouble value(String name, Map<String, String> labels) {
    double[] values =
        samples(name).stream()
            .filter(sample -> sample.labels().entrySet().containsAll(labels.entrySet()))
            .mapToDouble(Sample::value)
            .toArray();
    return values.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Arrays.stream(values).sum());
  }

  /**
   * What has been counted since an earlier moment: counters, histograms and sums as differences,
   * gauges as they are now. What was not there then counts from zero; so does what has become
   * smaller, because istiod has started again since.
   *
   * @param earlier the earlier moment
   * @return the difference; samples that did not change are left out, gauges stay
   */
  public Metrics since(Metrics earlier) {
    Map<Series, Double> before = new HashMap<>();
    earlier.samples.forEach(sample -> before.put(sample.series(), sample.value()));
    return new Metrics(
        takenAt,
        samples.stream()
            .map(sample -> difference(sample, before))
            .filter(sample -> !sample.cumulative() || sample.value() != 0)
            .toList());
  }

  private static Sample difference(Sample now, Map<Series, Double> before) {
    if (!now.cumulative()) {
      return now;
    }
    double then = Objects.requireNonNullElse(before.get(now.series()), 0.0);
    double value = now.value() < then ? now.value() : now.value() - then;
    return new Sample(now.metric(), now.kind(), now.name(), now.labels(), value);
  }

  /**
   * The average of a histogram's observations over all its labels.
   *
   * @param metric as {@code pilot_proxy_convergence_time}, which counts seconds
   * @return empty when nothing was observed, or there is no such histogram
   */
  public Optional<Duration> averageSeconds(String metric) {
    OptionalDouble count = value(metric + "_count");
    OptionalDouble sum = value(metric + "_sum");
    if (count.isEmpty() || sum.isEmpty() || count.getAsDouble() == 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(Math.round(sum.getAsDouble() / count.getAsDouble() * 1e9)));
  }

  /**
   * The samples as text, one a line, without the buckets of histograms.
   *
   * @return Prometheus' text format
   */
  public String table() {
    return samples.stream()
        .filter(sample -> sample.kind() != Kind.HISTOGRAM || !sample.name().endsWith("_bucket"))
        .map(Sample::toString)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** One line, as {@code Metrics[612 samples at 2026-11-22T08:30:00Z]}. */
  @Override
  public String toString() {
    return "Metrics[%d samples at %s]".formatted(samples.size(), takenAt);
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
