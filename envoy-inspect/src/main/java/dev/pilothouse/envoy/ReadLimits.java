package dev.pilothouse.envoy;

import java.time.Duration;

/**
 * How much a read may take, so that a broken source costs neither the heap nor for ever.
 *
 * @param maxBytes the largest document that is read, in bytes
 * @param timeout how long one read may take, at most a day
 */
public record ReadLimits(int maxBytes, Duration timeout) {
  // Above DEFAULT, because making that one uses it.
  private static final Duration LONGEST = Duration.ofDays(1);

  /** 256 MiB and 30 seconds. */
  public static final ReadLimits DEFAULT = new ReadLimits(256 << 20, Duration.ofSeconds(30));

  /**
   * Checks both.
   *
   * @throws IllegalArgumentException if one is not positive, or the timeout is longer than a day
   */
  public ReadLimits {
    if (maxBytes <= 0 || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "maxBytes and timeout must be positive: " + maxBytes + ", " + timeout);
    }
    if (timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("the timeout is longer than a day: " + timeout);
    }
  }

  /**
   * The same with another size.
   *
   * @param bytes the largest document that is read, in bytes
   * @return new limits
   */
  public ReadLimits withMaxBytes(int bytes) {
    return new ReadLimits(bytes, timeout);
  }

  /**
   * The same with another timeout.
   *
   * @param duration how long one read may take
   * @return new limits
   */
  public ReadLimits withTimeout(Duration duration) {
    return new ReadLimits(maxBytes, duration);
  }

  EnvoyConfigException tooLarge(String what, String size) {
    return new EnvoyConfigException(
        "reading " + what,
        size + " is more than the limit of " + maxBytes + " bytes",
        "raise the limit: EnvoyConfigInspector.create(ReadLimits.DEFAULT.withMaxBytes(…))",
        null);
  }
}
