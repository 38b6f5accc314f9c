package dev.pilothouse.delve.ide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * JSON with comments and trailing commas, as VS Code keeps it, read for the places of its values
 * only: who changes one leaves the rest of the text as it is.
 */
final class Jsonc {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A value's place in the text.
   *
   * @param kind its first character: <code>{</code>, {@code [}, {@code "}, or of a literal
   * @param start where it begins
   * @param end behind its last character
   * @param keys of an object
   * @param children of an object or a list
   * @param trailingComma whether a comma follows the last child
   */
  record Value(
      char kind,
      int start,
      int end,
      List<String> keys,
      List<Value> children,
      boolean trailingComma) {
    Optional<Value> member(String key) {
      int at = keys.lastIndexOf(key);
      return at < 0 ? Optional.empty() : Optional.of(children.get(at));
    }

    String string(String text) {
      return kind == '"' ? unquoted(text.substring(start, end)) : "";
    }
  }

  private final String text;
  private final Value root;
  private int at;

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if it is none, with the line
   */
  Jsonc(String text) {
    this.text = text;
    if (text.startsWith("\uFEFF")) {
      at = 1;
    }
    this.root = value();
    skip();
    if (at < text.length()) {
      throw wrong("the end");
    }
  }

  String text() {
    return text;
  }

  Value root() {
    return root;
  }

  /**
   * The text with one element more at the end of an object or a list.
   *
   * @param before the bracket's own line feed, when it has no child yet
   */
  static String inserted(String text, Value parent, String element, String before) {
    if (parent.children().isEmpty()) {
      int open = parent.start() + 1;
      String inside = text.substring(open, parent.end() - 1).stripTrailing();
      return text.substring(0, open) + inside + element + before + text.substring(parent.end() - 1);
    }
    int last = parent.children().get(parent.children().size() - 1).end();
    boolean comma = parent.trailingComma();
    int from = comma ? commaAfter(text, last) + 1 : last;
    int line = endOfComment(text, from); // What stands behind the last child is about it.
    return text.substring(0, from)
        + (comma ? "" : ",")
        + text.substring(from, line)
        + element
        + (comma ? "," : "")
        + text.substring(line);
  }

  private static int endOfComment(String text, int from) {
    int end = from;
    while (end < text.length() && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) {
      end++;
    }
    if (!text.startsWith("//", end)) {
      return from;
    }
    int line = text.indexOf('\n', end);
    return line < 0 ? text.length() : line;
  }

  /** The blanks at the beginning of the line. */
  static String indent(String text, int position) {
    int start = text.lastIndexOf('\n', Math.max(0, position - 1)) + 1;
    int end = start;
    while (end < text.length() && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) {
      end++;
    }
    return text.substring(start, end);
  }

  private static int commaAfter(String text, int position) {
    Jsonc rest = new Jsonc(text, position);
    rest.skip();
    return rest.at;
  }

  private Jsonc(String text, int from) {
    this.text = text;
    this.at = from;
    this.root = new Value('?', from, from, List.of(), List.of(), false);
  }

  private Value value() {
    skip();
    int start = at;
    char first = peek("a value");
    switch (first) {
      case '{', '[' -> {
        return collection(start, first);
      }
      case '"' -> {
        string();
        return new Value('"', start, at, List.of(), List.of(), false);
      }
      default -> {
        while (at < text.length() && ",]}/ \t\r\n".indexOf(text.charAt(at)) < 0) {
          at++;
        }
        if (!text.substring(start, at).matches("true|false|null|-?[0-9][0-9.eE+-]*")) {
          at = start;
          throw wrong("a value");
        }
        return new Value(first, start, at, List.of(), List.of(), false);
      }
    }
  }

  private Value collection(int start, char open) {
    char close = open == '{' ? '}' : ']';
    List<String> keys = new ArrayList<>();
    List<Value> children = new ArrayList<>();
    boolean comma = false;
    at++;
    while (true) {
      skip();
      if (peek("'" + close + "'") == close) {
        at++;
        return new Value(open, start, at, List.copyOf(keys), List.copyOf(children), comma);
      }
      if (!children.isEmpty() && !comma) {
        throw wrong("a comma");
      }
      if (open == '{') {
        int key = at;
        if (peek("a key") != '"') {
          throw wrong("a key");
        }
        string();
        keys.add(unquoted(text.substring(key, at)));
        skip();
        if (peek("':'") != ':') {
          throw wrong("':'");
        }
        at++;
      }
      children.add(value());
      skip();
      comma = peek("',' or '" + close + "'") == ',';
      if (comma) {
        at++;
      }
    }
  }

  private void string() {
    int start = at++;
    while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    if (at >= text.length() || text.charAt(at) != '"') {
      at = start;
      throw wrong("the end of a string");
    }
    at++;
  }

  /** Over blanks and comments. */
  private void skip() {
    while (at < text.length()) {
      if (Character.isWhitespace(text.charAt(at))) {
        at++;
      } else if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw wrong("the end of a comment");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  private char peek(String expected) {
    if (at >= text.length()) {
      throw wrong(expected);
    }
    return text.charAt(at);
  }

  private IllegalArgumentException wrong(String expected) {
    long line =
        text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count() + 1;
    return new IllegalArgumentException(
        "no JSON with comments: expected " + expected + " in line " + line);
  }

  private static String unquoted(String quoted) {
    try {
      return JSON.readValue(quoted, String.class);
    } catch (JsonProcessingException e) {
      return quoted;
    }
  }
}
