package dev.pilothouse.envoy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;

/**
 * Reads times in the one form that protobuf's JSON has: {@code 2026-01-31T23:59:59.123Z}. The JDK's
 * parser reads more forms, and is a large part of the time that a dump of small resources takes.
 */
final class TimeText {
  private static final String FORM = "0000-00-00T00:00:00";
  private static final int NANO_DIGITS = 9;

  private TimeText() {}

  /** The same as {@link Instant#parse}. */
  static Instant parse(String text) {
    if (!hasForm(text)) {
      return Instant.parse(text);
    }
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    if (hour > 23 || minute > 59 || second > 59) {
      return Instant.parse(text);
    }
    try {
      LocalDate day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
      long seconds = ((day.toEpochDay() * 24 + hour) * 60 + minute) * 60 + second;
      return Instant.ofEpochSecond(seconds, nanos(text));
    } catch (DateTimeException e) {
      throw new DateTimeParseException(String.valueOf(e.getMessage()), text, 0, e);
    }
  }

  private static boolean hasForm(String text) {
    int end = text.length() - 1;
    if (end < FORM.length() || text.charAt(end) != 'Z') {
      return false;
    }
    for (int i = 0; i < FORM.length(); i++) {
      char c = text.charAt(i);
      if (FORM.charAt(i) == '0' ? !isDigit(c) : c != FORM.charAt(i)) {
        return false;
      }
    }
    if (end == FORM.length()) {
      return true;
    }
    int digits = end - FORM.length() - 1;
    for (int i = FORM.length() + 1; i < end; i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return text.charAt(FORM.length()) == '.' && digits > 0 && digits <= NANO_DIGITS;
  }

  private static int nanos(String text) {
    int from = FORM.length() + 1;
    int end = text.length() - 1;
    int nanos = from < end ? number(text, from, end) : 0;
    for (int digits = Math.max(0, end - from); digits < NANO_DIGITS; digits++) {
      nanos *= 10;
    }
    return nanos;
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
