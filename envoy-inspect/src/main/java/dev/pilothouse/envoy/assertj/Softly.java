package dev.pilothouse.envoy.assertj;

import org.assertj.core.api.SoftAssertionsProvider;
import org.jspecify.annotations.Nullable;

/** Makes assertions whose failures are collected. */
final class Softly {
  private Softly() {}

  static <C extends AbstractEnvoyAssert<C, T>, T> C proxy(
      SoftAssertionsProvider collector, Class<C> type, Class<T> actualType, @Nullable T actual) {
    return collector.proxy(type, actualType, actual).collectedBy(collector);
  }

  /** An assertion on what is not there. Its failures go where nobody reads them. */
  static <C extends AbstractEnvoyAssert<C, T>, T> C passingOver(
      Class<C> type, Class<T> actualType) {
    return proxy(new EnvoySoftAssertions(), type, actualType, null);
  }
}
