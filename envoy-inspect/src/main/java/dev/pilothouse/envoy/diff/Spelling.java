package dev.pilothouse.envoy.diff;

import java.util.Locale;

/** The two ways in which protobuf's JSON spells a field's name. */
final class Spelling {
  private Spelling() {}

  /**
   * The one form that both spellings have: {@code routeConfig} for itself and {@code route_config}.
   * The way back is not certain, as {@code consecutive5xx} shows.
   */
  static String common(String name) {
    if (name.indexOf('_') < 0) {
      return name;
    }
    StringBuilder camel = new StringBuilder(name.length());
    boolean upper = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '_') {
        camel.append(upper ? Character.toUpperCase(c) : c);
      }
      upper = c == '_';
    }
    return camel.toString();
  }

  /** As Envoy would spell it: {@code route_config}. */
  static String envoys(String name) {
    StringBuilder snake = new StringBuilder(name.length() + 4);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c) && i > 0 && name.charAt(i - 1) != '_') {
        snake.append('_');
      }
      snake.append(c);
    }
    return snake.toString().toLowerCase(Locale.ROOT);
  }
}
