package dev.pilothouse.source;

import java.util.List;

/**
 * A text as lines. A carriage return stays part of its line, so that a text with mixed line breaks
 * is put together again as it was.
 */
record Lines(List<String> lines, boolean endsWithLineBreak) {
  static Lines of(String text) {
    if (text.isEmpty()) {
      return new Lines(List.of(), true);
    }
    boolean ends = text.endsWith("\n");
    String body = ends ? text.substring(0, text.length() - 1) : text;
    return new Lines(List.of(body.split("\n", -1)), ends);
  }

  String text() {
    return lines.isEmpty() ? "" : String.join("\n", lines) + (endsWithLineBreak ? "\n" : "");
  }
}
