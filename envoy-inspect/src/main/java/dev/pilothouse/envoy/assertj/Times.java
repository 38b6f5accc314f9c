package dev.pilothouse.envoy.assertj;

import com.google.protobuf.util.Durations;
import java.time.Duration;

/** Durations in protobuf's own form, as {@code 4s} and {@code 0.100s}. */
final class Times {
  private Times() {}

  static String text(Duration duration) {
    return Durations.toString(
        com.google.protobuf.Duration.newBuilder()
            .setSeconds(duration.getSeconds())
            .setNanos(duration.getNano())
            .build());
  }
}
