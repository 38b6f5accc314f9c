package dev.pilothouse.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.console.XdsEvent.Debounced;
import dev.pilothouse.console.XdsEvent.Push;
import dev.pilothouse.console.XdsEvent.Rejection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private static final List<LogLine> RECORDED =
      LogLine.parse(Recorded.text("istiod.log").lines().toList());

  private static <T extends XdsEvent> List<T> events(Class<T> type) {
    return RECORDED.stream()
        .map(LogLine::event)
        .flatMap(Optional::stream)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  @Test
  void readsARealIstiodsLogAndLosesNothing() {
    assertThat(String.join("\n", RECORDED.stream().map(LogLine::raw).toList()).stripTrailing())
        .isEqualTo(Recorded.text("istiod.log").stripTrailing());
    assertThat(RECORDED).extracting(LogLine::scope).contains("", "ads", "delta", "model");
    assertThat(RECORDED.get(0).message()).startsWith("flags: CniNamespace").contains("\n");
  }

  @Test
  void readsPushes() {
    List<Push> pushes = events(Push.class);

    assertThat(pushes)
        .anySatisfy(
            push -> {
              assertThat(push.type()).isEqualTo("RDS");
              assertThat(push.kind()).isEqualTo(Push.Kind.PUSH);
              assertThat(push.proxyId()).isEqualTo("client.default");
              assertThat(push.resources()).isEqualTo(1);
              assertThat(push.removed()).hasValue(0);
              assertThat(push.size()).isEqualTo("704B");
            });
    assertThat(pushes).extracting(Push::kind).contains(Push.Kind.REQUEST);
    long lines = RECORDED.stream().filter(line -> line.message().contains(": PUSH")).count();
    assertThat(pushes).hasSize((int) lines);
  }

  @Test
  void readsRejections() {
    assertThat(events(Rejection.class))
        .extracting(Rejection::proxyId)
        .containsExactly("httpbin.default", "client.default");
    assertThat(events(Rejection.class).get(0).reason()).endsWith("with type URL: 'no.such.Filter'");
    assertThat(events(Rejection.class).get(0).code()).isEqualTo("Internal");
  }

  @Test
  void readsWhatWasGathered() {
    assertThat(events(Debounced.class))
        .last()
        .satisfies(
            event -> {
              assertThat(event.number()).isEqualTo(6);
              assertThat(event.events()).isEqualTo(2);
              assertThat(event.what())
                  .isEqualTo("config VirtualService/default/httpbin and 1 more configs");
            });
  }

  @Test
  void readsFields() {
    LogLine line =
        LogLine.parse(
                List.of(
                    "2026-11-22T08:30:39.512730Z\tinfo\tkrt\tsync complete\tname=discovery filter attempt=5"))
            .get(0);

    assertThat(line.scope()).isEqualTo("krt");
    assertThat(line.message()).isEqualTo("sync complete");
    assertThat(line.fields()).isEqualTo(Map.of("name", "discovery filter", "attempt", "5"));
  }

  @Test
  void readsJson() {
    LogLine line =
        LogLine.parse(
                List.of(
                    "{\"level\":\"warn\",\"time\":\"2026-11-22T08:30:39.5Z\",\"scope\":\"delta\","
                        + "\"msg\":\"ADS:LDS: ACK ERROR a.b-1 Internal:no\",\"n\":3}"))
            .get(0);

    assertThat(line.time()).isEqualTo(Instant.parse("2026-11-22T08:30:39.500Z"));
    assertThat(line.level()).isEqualTo("warn");
    assertThat(line.fields()).isEqualTo(Map.of("n", "3"));
    assertThat(line.event().orElseThrow())
        .isEqualTo(new Rejection("LDS", "a.b-1", "Internal", "no", line));
  }

  @Test
  void keepsWhatBelongsToAnEntryWithIt() {
    List<LogLine> lines =
        LogLine.parse(
            List.of(
                "no entry has begun",
                "2026-11-22T08:30:39.512730Z\terror\tpanic:",
                "goroutine 1 [running]:",
                "{not json",
                "2026-11-22T08:30:40Z\tinfo\tends"));

    assertThat(lines)
        .extracting(LogLine::message)
        .containsExactly("panic:\ngoroutine 1 [running]:\n{not json", "ends");
  }
}
