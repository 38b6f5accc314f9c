package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same as the JDK's parser, whatever it is given. */
class TimeTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-22T05:28:38Z",
        "2026-11-22T05:28:38.8Z",
        "2026-11-22T05:28:38.877Z",
        "2026-11-22T05:28:38.123456789Z",
        "2024-02-29T23:59:59Z",
        "1969-12-31T23:59:59.5Z",
        "0000-01-01T00:00:00Z",
        "2016-12-31T23:59:60Z",
        "2026-11-22T24:00:00Z",
      })
  void readsTimes(String text) {
    assertThat(TimeText.parse(text)).isEqualTo(Instant.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "noon",
        "2026-99-99T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-11-22T05:28:61Z",
        "2026-11-22T05:28:38",
        "2026-11-22T05:28:38,5Z",
        "2026-11-22T05:28:38.1234567890Z",
        "2026-11-22t05:28:38.x7Z",
        "٢٠٢٦-11-22T05:28:38Z"
      })
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> TimeText.parse(text)).isInstanceOf(DateTimeParseException.class);
  }

  @Test
  void agreesWithTheJdkOnBrokenTimes() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder("2026-11-22T05:28:38.877Z");
      for (int j = random.nextInt(3); j >= 0; j--) {
        text.setCharAt(
            random.nextInt(text.length()), "0123456789-:.TZ ".charAt(random.nextInt(16)));
      }
      assertThat(outcome(text.toString(), true)).isEqualTo(outcome(text.toString(), false));
    }
  }

  private static String outcome(String text, boolean ours) {
    try {
      return String.valueOf(ours ? TimeText.parse(text) : Instant.parse(text));
    } catch (DateTimeException e) {
      return "refused";
    }
  }
}
