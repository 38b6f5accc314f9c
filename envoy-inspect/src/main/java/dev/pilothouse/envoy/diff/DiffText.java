package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.EnvoyConfig;
import java.util.ArrayList;
import java.util.List;

/** Writes differences for people. */
final class DiffText {
  private static final int LONGEST_VALUE = 100;

  private DiffText() {}

  /** The path and both values, on one line. */
  static String of(Difference difference) {
    String path = difference.path();
    return path.isEmpty() ? values(difference) : path + " " + values(difference);
  }

  /** A block for each resource. */
  static String table(
      EnvoyConfig before, EnvoyConfig after, List<Difference> all, List<LeftOut> leftOut) {
    List<String> lines = new ArrayList<>();
    lines.add(count(all.size()) + " (" + before.source() + " → " + after.source() + ")");
    String resource = "";
    int width = 0;
    for (int i = 0; i < all.size(); i++) {
      Difference difference = all.get(i);
      String own = difference.resourceText();
      if (difference.isWholeResource()) {
        lines.add(difference.change().sign() + " " + own);
        resource = "";
        continue;
      }
      if (!own.equals(resource)) {
        lines.add("~ " + own);
        resource = own;
        width = width(all, i);
      }
      String path = pad(difference.path(), width);
      lines.add("    " + difference.change().sign() + " " + path + "  " + values(difference));
    }
    leftOut.forEach(part -> lines.add("not compared: " + part));
    return String.join("\n", lines) + "\n";
  }

  static String count(int number) {
    return number == 0 ? "no differences" : number == 1 ? "1 difference" : number + " differences";
  }

  private static String values(Difference difference) {
    if (difference.isWholeResource()) {
      return difference.change().name().toLowerCase(java.util.Locale.ROOT);
    }
    String before = difference.before().map(DiffText::shortened).orElse("");
    String after = difference.after().map(DiffText::shortened).orElse("");
    return switch (difference.change()) {
      case ADDED -> after;
      case REMOVED -> before;
      case CHANGED -> before + " → " + after;
      case MOVED -> "from place " + before + " to " + after;
    };
  }

  private static String shortened(JsonNode value) {
    String text = value.toString();
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE - 1) + "…";
  }

  /** The width of the paths of the resource whose differences begin here. */
  private static int width(List<Difference> all, int start) {
    String own = all.get(start).resourceText();
    int width = 0;
    for (int i = start; i < all.size() && all.get(i).resourceText().equals(own); i++) {
      width = Math.max(width, all.get(i).path().length());
    }
    return Math.min(width, LONGEST_VALUE);
  }

  private static String pad(String text, int width) {
    return text.length() >= width ? text : text + " ".repeat(width - text.length());
  }
}
