package dev.pilothouse.envoy.trace;

import org.jspecify.annotations.Nullable;

/** Letters as Envoy compares them: only those of ASCII have another case. */
final class Ascii {
  private Ascii() {}

  static String lower(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (lower(text.charAt(i)) != text.charAt(i)) {
        char[] chars = text.toCharArray();
        for (int j = i; j < chars.length; j++) {
          chars[j] = lower(chars[j]);
        }
        return new String(chars);
      }
    }
    return text;
  }

  static boolean equal(String a, String b) {
    return a.length() == b.length() && startsWith(a, b);
  }

  static boolean startsWith(String text, String prefix) {
    return regionEqual(text, 0, prefix);
  }

  static boolean endsWith(String text, String suffix) {
    return regionEqual(text, text.length() - suffix.length(), suffix);
  }

  private static boolean regionEqual(String text, int from, String part) {
    if (from < 0 || text.length() - from < part.length()) {
      return false;
    }
    for (int i = 0; i < part.length(); i++) {
      if (lower(text.charAt(from + i)) != lower(part.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
  }

  /** A whole number as Envoy reads one: blanks at the ends and a sign are allowed; else null. */
  static @Nullable Long number(String text) {
    String digits = text.strip();
    int start = digits.startsWith("-") || digits.startsWith("+") ? 1 : 0;
    if (digits.length() == start) {
      return null;
    }
    for (int i = start; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return null;
      }
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return null; // more than 64 bits
    }
  }
}
