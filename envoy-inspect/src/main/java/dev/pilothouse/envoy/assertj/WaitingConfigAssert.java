package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import java.time.Duration;
import java.util.function.Supplier;
import org.assertj.core.api.SoftAssertionsProvider;
import org.assertj.core.api.ThrowingConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Assertions that wait until a configuration satisfies them. Immutable; each method returns a
 * changed copy.
 *
 * <pre>{@code
 * assertThatConfig(client.proxy().config())
 *     .within(Duration.ofSeconds(10))
 *     .satisfies(
 *         c ->
 *             c.route("8000")
 *                 .virtualHost("httpbin")
 *                 .routeFor(get("/get"))
 *                 .hasResponseHeader("x-istiod-dev", "locally-modified"));
 * }</pre>
 *
 * <p>Between two polls nothing is done that a configuration without changes would not need: it is
 * compared as bytes, and the assertions run only on one that differs from the one before. A failure
 * has the message of the last assertion, and then the history: what changed when, and what the
 * assertions said of it.
 */
public final class WaitingConfigAssert {
  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

  private final Polled polled;
  private final Duration deadline;
  private final String description;
  private final @Nullable SoftAssertionsProvider soft;

  /** Polls until the judge is content, or the deadline has passed. */
  private interface Polled {
    void until(ConfigJudge judge, Duration deadline);
  }

  private WaitingConfigAssert(
      Polled polled, Duration deadline, String description, @Nullable SoftAssertionsProvider soft) {
    this.polled = polled;
    this.deadline = deadline;
    this.description = description;
    this.soft = soft;
  }

  static WaitingConfigAssert of(ConfigSource source) {
    return of(source, EnvoyConfigInspector.create());
  }

  static WaitingConfigAssert of(Supplier<EnvoyConfig> supplier) {
    return of((judge, deadline) -> new SupplierWait(supplier, judge, deadline).run());
  }

  private static WaitingConfigAssert of(ConfigSource source, EnvoyConfigInspector inspector) {
    return of((judge, deadline) -> inspector.await(source, judge::isContentWith, deadline));
  }

  private static WaitingConfigAssert of(Polled polled) {
    return new WaitingConfigAssert(polled, DEFAULT_DEADLINE, "", null);
  }

  WaitingConfigAssert collectedBy(SoftAssertionsProvider collector) {
    return new WaitingConfigAssert(polled, deadline, description, collector);
  }

  /**
   * Says how long to wait at most.
   *
   * @param longest the deadline, from the call of {@link #satisfies}; ten seconds if nothing is
   *     said. At least one configuration is judged, even without time
   * @return a copy with that deadline
   */
  public WaitingConfigAssert within(Duration longest) {
    return new WaitingConfigAssert(polled, longest, description, soft);
  }

  /**
   * Describes what is waited for; the message of a failure begins with it.
   *
   * @param text the description
   * @return a copy with that description
   */
  public WaitingConfigAssert as(String text) {
    return new WaitingConfigAssert(polled, deadline, text, soft);
  }

  /**
   * Waits until a configuration satisfies the assertions.
   *
   * <pre>{@code
   * assertThatConfig(source).satisfies(c -> c.hasNothingWarming());  // passes, perhaps later
   * assertThatConfig(source).within(Duration.ofSeconds(1)).satisfies(c -> c.route("8000"));
   * // fails after a second: no route configuration "8000" …, and the history
   * }</pre>
   *
   * @param assertions what to assert; run for each configuration that differs from the one before,
   *     so they must depend on nothing else. Whatever they throw means "not yet"
   * @return assertions on the configuration that satisfied them
   * @throws AssertionError if none did before the deadline
   * @throws EnvoyConfigException if the thread was interrupted; its flag stays set
   */
  public EnvoyConfigAssert satisfies(ThrowingConsumer<? super EnvoyConfigAssert> assertions) {
    ConfigJudge judge = new ConfigJudge(assertions);
    SoftAssertionsProvider collector = soft;
    try {
      poll(judge);
    } catch (AssertionError inVain) {
      if (collector == null) {
        throw inVain;
      }
      collector.collectAssertionError(inVain);
      return Softly.passingOver(EnvoyConfigAssert.class, EnvoyConfig.class);
    }
    EnvoyConfig satisfying = judge.satisfying();
    return collector == null
        ? new EnvoyConfigAssert(satisfying)
        : Softly.proxy(collector, EnvoyConfigAssert.class, EnvoyConfig.class, satisfying);
  }

  private void poll(ConfigJudge judge) {
    try {
      polled.until(judge, deadline);
    } catch (EnvoyConfigException inVain) {
      if (Thread.currentThread().isInterrupted()) {
        throw inVain;
      }
      throw judge.failure(description, deadline, inVain);
    }
  }
}
