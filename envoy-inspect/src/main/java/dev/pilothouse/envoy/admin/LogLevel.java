package dev.pilothouse.envoy.admin;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The levels of Envoy's loggers, the most talkative first. */
public enum LogLevel {
  /** Everything. */
  TRACE(0),
  /** What helps to find a fault. */
  DEBUG(1),
  /** What happens. */
  INFO(2),
  /** What may be wrong. */
  WARNING(3),
  /** What is wrong. */
  ERROR(4),
  /** What ends Envoy. */
  CRITICAL(5),
  /** Nothing. */
  OFF(6);

  private final int number;

  LogLevel(int number) {
    this.number = number;
  }

  /**
   * The name that Envoy knows it by.
   *
   * @return for example {@code debug}
   */
  public String envoyName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The level of a name or, as older fine-grain loggers have it, a number; null if neither. */
  static @Nullable LogLevel parse(String text) {
    for (LogLevel level : values()) {
      if (level.envoyName().equals(text) || Integer.toString(level.number).equals(text)) {
        return level;
      }
    }
    return null;
  }
}
