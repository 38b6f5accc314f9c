package dev.pilothouse.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One entry of istiod's log, in either of its forms: text, or JSON ({@code --log_as_json}).
 *
 * @param time when
 * @param level {@code debug}, {@code info}, {@code warn}, {@code error} or {@code fatal}
 * @param scope the log scope, as {@code ads}; empty for the default one
 * @param message the message, without its fields; may have several lines
 * @param fields what istiod appends as {@code key=value}, in its order; in the text form a value
 *     that has spaces and an equals sign cannot be told apart from two fields
 * @param raw the entry as istiod wrote it, its further lines included
 */
public record LogLine(
    Instant time,
    String level,
    String scope,
    String message,
    Map<String, String> fields,
    String raw) {
  /** Copies the fields. */
  public LogLine {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /**
   * Reads a log, or a part of one.
   *
   * @param lines its lines, in order; lines that begin no entry belong to the one before, and those
   *     before the first entry are left out
   * @return the entries
   */
  public static List<LogLine> parse(List<String> lines) {
    LogReader reader = new LogReader();
    List<LogLine> entries = new ArrayList<>();
    lines.forEach(line -> reader.read(line).ifPresent(entries::add));
    reader.end().ifPresent(entries::add);
    return entries;
  }

  /**
   * What it tells of xDS, typed.
   *
   * @return the event, or empty when the entry tells of something else
   */
  public Optional<XdsEvent> event() {
    return XdsEvents.read(this);
  }

  /**
   * Whether a regular expression is found in it, as {@code grep -E} does.
   *
   * @param pattern as {@code Push|xds}; upper and lower case differ
   * @return true if it is found in {@link #raw}
   */
  public boolean matches(String pattern) {
    return Pattern.compile(pattern).matcher(raw).find();
  }

  /** The entry as istiod wrote it. */
  @Override
  public String toString() {
    return raw;
  }
}
