package dev.pilothouse.envoy.assertj;

import java.util.List;

/** Writes things one to a line, with their places. */
final class Listing {
  private static final int MOST = 20;

  private Listing() {}

  static String of(List<?> things) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(things.size(), MOST); i++) {
      text.append("\n  ").append(i).append(": ").append(things.get(i));
    }
    int more = things.size() - MOST;
    return (more > 0 ? text.append("\n  and ").append(more).append(" more") : text).toString();
  }
}
