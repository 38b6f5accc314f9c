package dev.pilothouse.internal;

import java.time.Duration;

/** How much of a deadline is left. */
public final class TimeLeft {
  private TimeLeft() {}

  /**
   * The time until a moment.
   *
   * @param nanoTime the moment, of {@link System#nanoTime}
   * @return never negative
   */
  public static Duration until(long nanoTime) {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }
}
