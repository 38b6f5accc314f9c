package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Waiting, on a source that gives one answer after another and then the last for ever. */
class ConfigWaitTest {
  private static final Duration SHORT = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();

  /** A JVM that reads its first configurations is slow: a short wait would see one of them. */
  @BeforeAll
  static void warmUp() {
    EnvoyConfigInspector.create()
        .await(answers(routes("one"), routes("two")), c -> header(c).equals("two"), LONG);
  }

  @Test
  void returnsTheFirstConfigurationThatIsAsWanted() {
    EnvoyConfig config =
        inspector.await(
            answers(routes("one"), routes("two"), routes("three")),
            c -> header(c).equals("two"),
            LONG);

    assertThat(header(config)).isEqualTo("two");
  }

  @Test
  void readsOnceEvenWithoutTime() {
    assertThat(inspector.await(answers(routes("one")), c -> true, Duration.ZERO).route("80"))
        .isPresent();
  }

  @Test
  void tellsWhatItSawLast() {
    EnvoyConfigException inVain =
        catchThrowableOfType(
            EnvoyConfigException.class,
            () -> inspector.await(answers(routes("one"), routes("two")), c -> false, SHORT));

    assertThat(inVain)
        .hasMessageContaining("waiting for the configuration of answers: not as wanted within")
        .hasMessageContaining("1 change, the last")
        .hasMessageContaining("changed RouteResource[80, dynamic, active, version r1]")
        .hasMessageContaining("Last seen: EnvoyConfig[answers: 0 listeners, 1 route");
    assertThat(inVain.lastSeen()).map(ConfigWaitTest::header).contains("two");
  }

  @Test
  void tellsWhatCameAndWent() {
    String empty = "{\"configs\": []}";

    assertThatThrownBy(() -> inspector.await(answers(routes("one"), empty), c -> false, SHORT))
        .hasMessageContaining("gone RouteResource[80");
    assertThatThrownBy(() -> inspector.await(answers(empty, routes("one")), c -> false, SHORT))
        .hasMessageContaining("changed RouteResource[80");
  }

  @Test
  void asksTheConditionOncePerConfiguration() {
    AtomicInteger asked = new AtomicInteger();

    assertThatThrownBy(
            () ->
                inspector.await(
                    answers(routes("one"), routes("one"), routes("two")),
                    c -> asked.incrementAndGet() < 0,
                    SHORT))
        .hasMessageContaining("1 change");
    assertThat(asked).hasValue(2);
  }

  @Test
  void anotherOrderOfKeysIsNoChange() {
    String one = meta("{\n\"a\": 1,\n\"bc\": 22\n}");
    String other = meta("{\n\"bc\": 22,\n\"a\": 1\n}");
    String changed = meta("{\n\"a\": 2,\n\"bc\": 22\n}");

    assertThatThrownBy(() -> inspector.await(answers(one, other), c -> false, SHORT))
        .hasMessageContaining(" 0 changes");
    assertThatThrownBy(() -> inspector.await(answers(one, changed), c -> false, SHORT))
        .hasMessageContaining("1 change");
  }

  @Test
  void anotherOrderOfRoutesIsAChange() {
    String one = "{\"match\": {\"prefix\": \"/a\"}}";
    String other = "{\"match\": {\"prefix\": \"/b\"}}";
    String shape =
        "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3.RoutesConfigDump\","
            + " \"static_route_configs\": [{\"route_config\": {\"virtual_hosts\": [{\"routes\": ["
            + "\n%s,\n%s\n]}]}}]}]}";

    assertThatThrownBy(
            () ->
                inspector.await(
                    answers(shape.formatted(one, other), shape.formatted(other, one)),
                    c -> false,
                    SHORT))
        .hasMessageContaining("1 change");
  }

  @Test
  void anotherVersionIsAChange() {
    assertThatThrownBy(
            () ->
                inspector.await(
                    answers(routes("x"), routes("x").replace("r1", "r2")), c -> false, SHORT))
        .hasMessageContaining("1 change");
  }

  @Test
  void keepsWhatWasMadeOfUnchangedResources() {
    String before = Dumps.text("accepted.json");
    List<Message> bootstraps = new ArrayList<>();

    inspector.await(
        answers(before, before.replace("\"one\"", "\"two\"")),
        c -> {
          bootstraps.add(c.bootstrap().orElseThrow().message());
          return header(c).equals("two");
        },
        LONG);

    assertThat(bootstraps).hasSize(2);
    assertThat(bootstraps.get(1)).isSameAs(bootstraps.get(0));
  }

  @Test
  void aSourceThatFailsIsAskedAgain() {
    EnvoyConfig config =
        inspector.await(answers("", "Failed to convert", routes("one")), c -> true, LONG);

    assertThat(header(config)).isEqualTo("one");
    assertThatThrownBy(() -> inspector.await(answers("not yet"), c -> true, SHORT))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("Last seen: nothing")
        .hasMessageContaining("The last read failed: ")
        .hasMessageContaining("it is no JSON: not yet");
  }

  @Test
  void whatTheConditionThrowsIsToldOnFailure() {
    assertThatThrownBy(
            () ->
                inspector.await(
                    answers(routes("one")),
                    c -> c.route("81").orElseThrow().name().isEmpty(),
                    SHORT))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("The condition threw: java.util.NoSuchElementException")
        .hasCauseInstanceOf(java.util.NoSuchElementException.class);
    assertThatThrownBy(
            () ->
                inspector.await(
                    answers(routes("one")),
                    c -> {
                      assertThat(header(c)).isEqualTo("two");
                      return true;
                    },
                    SHORT))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("The condition threw:");
  }

  @Test
  void anInterruptEndsTheWaitAndStays() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> stays = new AtomicReference<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                inspector.await(
                    answers(routes("one")),
                    c -> {
                      reading.countDown();
                      return false;
                    },
                    LONG);
              } catch (EnvoyConfigException e) {
                thrown.set(e);
              }
              stays.set(Thread.currentThread().isInterrupted());
            });
    waiting.start();
    reading.await();
    waiting.interrupt();
    waiting.join(LONG.toMillis());

    assertThat(thrown.get()).hasMessageContaining("interrupted after");
    assertThat(stays.get()).isTrue();
  }

  @Test
  void aDeadlineThatNeverEndsIsNoOverflow() {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);

    assertThat(
            inspector.await(answers("{}", routes("one")), c -> !c.resources().isEmpty(), forever))
        .isNotNull();
  }

  private static String header(EnvoyConfig config) {
    VirtualHost host = config.route("80").orElseThrow().virtualHosts().get(0);
    return host.routes().get(0).responseHeader("x-dev").orElseThrow();
  }

  private static String routes(String header) {
    return Dumps.text("routes.json").replace("\"one\"", "\"" + header + "\"");
  }

  private static String meta(String struct) {
    return "{\"configs\": [{\"@type\": \"type.googleapis.com/envoy.admin.v3.BootstrapConfigDump\","
        + " \"bootstrap\": {\"node\": {\"metadata\": "
        + struct
        + "}}}]}";
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
