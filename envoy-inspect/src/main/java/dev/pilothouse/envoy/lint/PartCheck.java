package dev.pilothouse.envoy.lint;

/** A rule that looks at messages, wherever they stand. */
interface PartCheck {
  /** Looks at one message. */
  void check(Part part);

  /** Tells what could not be told before everything was seen. */
  default void finish() {}

  /** Whether it also looks at what is not in use, because it may be the reason why. */
  default boolean looksAtRejected() {
    return false;
  }
}
