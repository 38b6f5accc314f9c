package dev.pilothouse.delve;

import java.time.Duration;

/** How much of a deadline is left. */
final class Clock {
  private Clock() {}

  /** The time until a moment of {@link System#nanoTime}; never negative. */
  static Duration left(long end) {
    long nanos = end - System.nanoTime();
    return nanos > 0 ? Duration.ofNanos(nanos) : Duration.ZERO;
  }
}
