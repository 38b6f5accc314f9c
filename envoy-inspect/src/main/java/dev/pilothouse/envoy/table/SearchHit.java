package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Resource;

/**
 * A place where a search found something.
 *
 * @param resource the resource that it is in
 * @param kind what was found there
 * @param pointer the JSON pointer to it in {@link EnvoyConfig#raw()}
 * @param text what is there, whole
 * @param start where in the text it begins
 * @param end where in the text it ends
 */
public record SearchHit(
    Resource resource, Kind kind, String pointer, String text, int start, int end) {
  private static final int AROUND = 40;

  /** What a search finds. */
  public enum Kind {
    /** A resource's name. */
    NAME,
    /** Why Envoy refused a resource. */
    REASON,
    /** The name of a field, or a key of a map. */
    FIELD,
    /** A text, a number or a truth value. */
    VALUE
  }

  /**
   * The text around what was found.
   *
   * @return one line, with what was found between » and «; cut ends have an ellipsis
   */
  public String excerpt() {
    int from = Math.max(0, start - AROUND);
    int to = Math.min(text.length(), end + AROUND);
    String marked =
        (from > 0 ? "…" : "")
            + text.substring(from, start)
            + "»"
            + text.substring(start, end)
            + "«"
            + text.substring(end, to)
            + (to < text.length() ? "…" : "");
    return marked.replace('\n', ' ').replace('\r', ' ');
  }

  /** One line: the resource, the place and the text around what was found. */
  @Override
  public String toString() {
    return resource.name() + " " + pointer + " " + excerpt();
  }
}
