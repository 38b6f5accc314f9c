package dev.pilothouse.envoy.xds;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a client waits before it opens the next stream. As Envoy's: any time up to {@code base},
 * twice that after each failure, at most {@code max}; from the start again after a response.
 *
 * @param base the longest first wait
 * @param max the longest wait of all
 */
public record XdsBackoff(Duration base, Duration max) {
  /** Envoy's own: half a second, up to 30 seconds. */
  public static final XdsBackoff ENVOY =
      new XdsBackoff(Duration.ofMillis(500), Duration.ofSeconds(30));

  /** For tests, in which a server comes back soon: 50 ms, up to 200 ms. */
  public static final XdsBackoff QUICK =
      new XdsBackoff(Duration.ofMillis(50), Duration.ofMillis(200));

  /**
   * Checks both.
   *
   * @throws IllegalArgumentException if one is not positive, or {@code base} is longer than {@code
   *     max}
   */
  public XdsBackoff {
    if (base.isNegative() || base.isZero() || base.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "base must be positive and at most max: " + base + ", " + max);
    }
  }

  /** The wait after so many failures in a row, in nanoseconds. */
  long nanosAfter(int failures) {
    long bound = base.toNanos();
    for (int i = 1; i < failures && bound < max.toNanos(); i++) {
      bound = Math.min(2 * bound, max.toNanos());
    }
    return ThreadLocalRandom.current().nextLong(bound) + 1;
  }
}
