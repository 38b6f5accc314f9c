package dev.pilothouse.benchmarks;

import java.time.Duration;

/** Time since it was made. */
final class Stopwatch {
  private final long start = System.nanoTime();

  private long end;

  void stop() {
    end = System.nanoTime();
  }

  /** The time until it was stopped. */
  Duration stopped() {
    return Duration.ofNanos(end - start);
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
