package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThatConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.envoy.ConfigDump;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/** Waits, on a source that gives one answer after another and then the last for ever. */
class WaitingConfigAssertTest {
  private static final Duration SHORT = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String EMPTY = "{\"configs\": []}";

  /** A JVM that reads its first configurations is slow: a short wait would see one of them. */
  @BeforeAll
  static void warmUp() {
    assertThatConfig(answers(EMPTY, routes("one"), routes("two")))
        .within(LONG)
        .satisfies(config -> route(config).hasResponseHeader("x-dev", "two"));
  }

  @Test
  void satisfiesReturnsTheFirstThatDoes() {
    assertThatConfig(answers(EMPTY, routes("one"), routes("two"), routes("three")))
        .within(LONG)
        .satisfies(config -> route(config).hasResponseHeader("x-dev", "two"))
        .route("80")
        .virtualHost("httpbin")
        .route("canary")
        .hasResponseHeader("x-dev", "two");
  }

  @Test
  void satisfiesTellsTheHistory() {
    AssertionFailedError inVain =
        catchThrowableOfType(
            AssertionFailedError.class,
            () ->
                assertThatConfig(answers(EMPTY, routes("one"), routes("two"), routes("two")))
                    .within(SHORT)
                    .as("the header of httpbin")
                    .satisfies(config -> route(config).hasResponseHeader("x-dev", "three")));

    assertThat(inVain.getMessage())
        .startsWith("[the header of httpbin] Not satisfied within 3s: \nExpected route 0")
        .containsSubsequence(
            "to set the response header x-dev: three",
            "the route sets it to two",
            "history:",
            " ms  first seen: EnvoyConfig[answers: 0 listeners, 0 route configurations",
            "to have the route configuration \"80\"",
            "there are no route configurations at all",
            " ms  changed: route configuration 80: + added",
            "the route sets it to one",
            " ms  changed: route configuration 80: ~ virtual_hosts[httpbin.default.svc.cluster.local:80].routes[canary].response_headers_to_add",
            "the route sets it to two",
            " ms  given up");
    assertThat(inVain.getExpected().getValue().toString()).contains("value: three");
    assertThat(inVain.getActual().getValue().toString()).contains("value: two");
    assertThat(inVain).hasCauseInstanceOf(AssertionFailedError.class);
  }

  @Test
  void satisfiesJudgesOncePerConfiguration() {
    AtomicInteger judged = new AtomicInteger();

    assertThatThrownBy(
            () ->
                assertThatConfig(answers(routes("one"), routes("one"), routes("two")))
                    .within(SHORT)
                    .satisfies(
                        config -> {
                          judged.incrementAndGet();
                          config.route("81");
                        }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the same");
    assertThat(judged).hasValue(2);
  }

  @Test
  void satisfiesJudgesOnceEvenWithoutTime() {
    assertThatConfig(answers(routes("one")))
        .within(Duration.ZERO)
        .satisfies(config -> config.route("80"));
  }

  @Test
  void whatElseIsThrownMeansNotYet() {
    assertThatConfig(answers(EMPTY, routes("one")))
        .within(LONG)
        .satisfies(config -> named80(config));
    assertThatThrownBy(
            () ->
                assertThatConfig(answers(EMPTY)).within(SHORT).satisfies(config -> named80(config)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("No value present")
        .hasMessageContaining("(the assertions threw java.util.NoSuchElementException)")
        .hasCauseInstanceOf(java.util.NoSuchElementException.class);
  }

  @Test
  void aSourceThatNeverAnswersIsTold() {
    assertThatThrownBy(
            () ->
                assertThatConfig(answers("not yet"))
                    .within(SHORT)
                    .satisfies(config -> config.route("80")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("there was no configuration")
        .hasMessageContaining("it is no JSON: not yet")
        .hasCauseInstanceOf(EnvoyConfigException.class);
  }

  @Test
  void aLongHistoryKeepsItsBeginningAndItsEnd() {
    ConfigJudge judge =
        new ConfigJudge(config -> route(config).hasResponseHeader("x-dev", "never"));
    for (int i = 0; i < 50; i++) {
      assertThat(judge.isContentWith(read(routes("value-" + i + "-")))).isFalse();
    }

    assertThat(judge.failure("", SHORT, new IllegalStateException("in vain")))
        .hasMessageContaining("sets it to value-0-")
        .hasMessageContaining("  (30 more)\n")
        .hasMessageContaining("sets it to value-49-");
  }

  @Test
  void aSupplierIsAskedAgainAndAgain() {
    Iterator<EnvoyConfig> configs =
        List.of(read(EMPTY), read(routes("one")), read(routes("two"))).iterator();

    assertThatConfig(configs::next)
        .within(LONG)
        .satisfies(config -> route(config).hasResponseHeader("x-dev", "two"));
  }

  @Test
  void aSuppliersConfigurationIsJudgedOnce() {
    EnvoyConfig config = read(routes("one"));
    AtomicInteger judged = new AtomicInteger();

    assertThatThrownBy(
            () ->
                assertThatConfig(() -> config)
                    .within(SHORT)
                    .satisfies(
                        c -> {
                          judged.incrementAndGet();
                          c.route("81");
                        }))
        .hasMessageContaining("to have the route configuration \"81\"")
        .hasMessageContaining("history:");
    assertThat(judged).hasValue(1);
  }

  @Test
  void aSupplierThatFailsIsTold() {
    assertThatThrownBy(
            () ->
                assertThatConfig(
                        () -> {
                          throw new IllegalStateException("not connected");
                        })
                    .within(SHORT)
                    .satisfies(config -> config.route("80")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the supplier threw java.lang.IllegalStateException: not connected");
  }

  @Test
  void anInterruptEndsTheWaitAndStays() throws InterruptedException {
    EnvoyConfig config = read(routes("one"));
    assertThat(interrupted(assertThatConfig(answers(routes("one"))))).isTrue();
    assertThat(interrupted(assertThatConfig(() -> config))).isTrue();
  }

  private static boolean interrupted(WaitingConfigAssert waiting) throws InterruptedException {
    CountDownLatch judging = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              try {
                waiting
                    .within(LONG)
                    .satisfies(
                        config -> {
                          judging.countDown();
                          config.route("81");
                        });
              } catch (EnvoyConfigException | AssertionError e) {
                thrown.set(e);
              }
              flag.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    judging.await();
    thread.interrupt();
    thread.join(LONG.toMillis());
    assertThat(thrown.get()).isInstanceOf(EnvoyConfigException.class);
    return flag.get();
  }

  private static RouteAssert route(EnvoyConfigAssert config) {
    return config.route("80").virtualHost("httpbin").route("canary");
  }

  private static void named80(EnvoyConfigAssert config) {
    assertThat(config.actual().route("80").orElseThrow().name()).isEqualTo("80");
  }

  private static EnvoyConfig read(String text) {
    return EnvoyConfigInspector.create().read(ConfigSource.text(text));
  }

  private static String routes(String header) {
    return Samples.text("routes.json").replace("\"one\"", "\"" + header + "\"");
  }

  private static ConfigSource answers(String... texts) {
    AtomicInteger next = new AtomicInteger();
    return new ConfigSource() {
      @Override
      public String describe() {
        return "answers";
      }

      @Override
      public ConfigDump fetch(ReadLimits limits) {
        String text = texts[Math.min(next.getAndIncrement(), texts.length - 1)];
        return ConfigDump.of("answers", text.getBytes(StandardCharsets.UTF_8));
      }
    };
  }
}
