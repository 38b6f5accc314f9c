package dev.pilothouse.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Durations of one kind, in the order in which they were measured. */
final class Samples {
  private final List<Duration> durations = new ArrayList<>();

  void add(Duration duration) {
    durations.add(duration);
  }

  int count() {
    return durations.size();
  }

  Duration median() {
    return percentile(50);
  }

  Duration min() {
    return percentile(0);
  }

  Duration max() {
    return percentile(100);
  }

  /** The nearest-rank percentile. */
  Duration percentile(int percent) {
    if (durations.isEmpty()) {
      throw new IllegalStateException("nothing was measured");
    }
    List<Duration> sorted = durations.stream().sorted().toList();
    int rank = (int) Math.ceil(percent / 100.0 * sorted.size());
    return sorted.get(Math.max(rank, 1) - 1);
  }
}
