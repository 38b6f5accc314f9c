package dev.pilothouse.envoy.assertj;

import java.util.Arrays;

/**
 * Takes this package's frames out of a failure, as AssertJ does with its own: a trace begins in the
 * test, and soft assertions name the line in it.
 */
final class Callers {
  private static final String PACKAGE = Callers.class.getPackageName() + ".";

  private Callers() {}

  static AssertionError only(AssertionError failure) {
    failure.setStackTrace(
        Arrays.stream(failure.getStackTrace())
            .filter(frame -> !isOurs(frame.getClassName()))
            .toArray(StackTraceElement[]::new));
    return failure;
  }

  /** The tests of this package are callers, too. */
  private static boolean isOurs(String name) {
    return name.startsWith(PACKAGE) && !name.contains("Test");
  }
}
