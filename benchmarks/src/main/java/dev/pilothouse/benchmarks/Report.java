package dev.pilothouse.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table that {@code make bench} prints. */
final class Report {
  private record Row(String what, String samples, String median, String p95, String goal) {}

  private final List<Row> rows = new ArrayList<>();
  private final List<String> tables = new ArrayList<>();

  Report() {
    rows.add(new Row("what", "n", "median", "p95", "goal"));
  }

  /** A row of measurements; the goal is text, because no figure decides anything here. */
  void add(String what, Samples samples, String goal) {
    rows.add(
        new Row(
            what,
            String.valueOf(samples.count()),
            millis(samples.median()),
            millis(samples.percentile(95)),
            goal));
  }

  /** A row that sets one measurement against a peer's, both from the same run. */
  void ratio(String what, Samples ours, Samples peer) {
    ratio(what, ours, peer, "");
  }

  /** The same with a goal. */
  void ratio(String what, Samples ours, Samples peer, String goal) {
    double ratio = (double) ours.median().toNanos() / Math.max(1, peer.median().toNanos());
    note(what, String.format(Locale.ROOT, "× %.2f", ratio), goal);
  }

  /** A row with one figure that is no time. */
  void note(String what, String figure, String goal) {
    rows.add(new Row(what, "", figure, "", goal));
  }

  /** A table of its own, below the others. */
  void table(String text) {
    tables.add(text);
  }

  @Override
  public String toString() {
    int what = rows.stream().mapToInt(row -> row.what().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-" + what + "s %4s %12s %12s  %s%n",
              row.what(),
              row.samples(),
              row.median(),
              row.p95(),
              row.goal()));
    }
    tables.forEach(table -> text.append(System.lineSeparator()).append(table));
    return text.toString();
  }

  private static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
  }
}
