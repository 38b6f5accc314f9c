package dev.pilothouse.envoy.trace;

/** What is known about a condition. */
enum Verdict {
  /** It holds. */
  YES,
  /** It does not hold. */
  NO,
  /** Nobody can tell from the configuration and the request. */
  UNKNOWN;

  static Verdict of(boolean holds) {
    return holds ? YES : NO;
  }

  Verdict not() {
    return this == UNKNOWN ? UNKNOWN : of(this == NO);
  }

  /** Both: one that fails decides, whatever is unknown. */
  Verdict and(Verdict other) {
    if (this == NO || other == NO) {
      return NO;
    }
    return this == UNKNOWN ? UNKNOWN : other;
  }

  /** Either: one that holds decides, whatever is unknown. */
  Verdict or(Verdict other) {
    return not().and(other.not()).not();
  }
}
