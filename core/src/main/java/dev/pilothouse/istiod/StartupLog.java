package dev.pilothouse.istiod;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What istiod's log says of its start. */
final class StartupLog {
  private static final Pattern TIMESTAMP = Pattern.compile("\\d{4}[-/]\\d\\d[-/]\\d\\d[T ].*");

  /** Time, level and perhaps a scope, separated by tabs. */
  private static final Pattern LINE =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\S+\t(\\w+)\t(?:([\\w-]+)\t)?(.*)");

  /** One line a flag, whatever it is set to, and one a question for /ready. */
  private static final Pattern NOISE =
      Pattern.compile(".*\t(info\tFLAG: .*|warn\t.* is not ready)");

  private static final Pattern IGNORED =
      Pattern.compile("Invalid environment variable value .*|Unable to start ControlZ: .*");

  private StartupLog() {}

  /**
   * Why istiod has exited, in its own words: what it printed as {@code Error: …}, else its last
   * fatal line, a panic, or its last error.
   *
   * @param lines the end of its log
   * @return the reason; empty when the log holds none
   */
  static String exitReason(List<String> lines) {
    String reason = "";
    int weight = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher parts = LINE.matcher(line);
      int found = 0;
      String words = "";
      if (line.startsWith("Error: ")) {
        found = 4;
        words = line.substring("Error: ".length());
      } else if (line.startsWith("panic: ")) {
        found = 3;
        words = line;
      } else if (parts.matches()) {
        found = parts.group(1).equals("fatal") ? 4 : parts.group(1).equals("error") ? 1 : 0;
        words = parts.group(3);
      }
      if (found > 0 && found >= weight) {
        weight = found;
        reason = words + (found == 3 ? "" : continuation(lines, i + 1));
      }
    }
    return reason;
  }

  /** What istiod warns of at its start and goes on without. */
  static List<String> ignoredSettings(List<String> lines) {
    List<String> ignored = new ArrayList<>();
    for (String line : lines) {
      Matcher parts = LINE.matcher(line);
      if (parts.matches() && IGNORED.matcher(parts.group(3)).matches()) {
        ignored.add(parts.group(3));
      }
    }
    return ignored.stream().distinct().toList();
  }

  /** The last lines that say something. */
  static List<String> tail(List<String> lines, int count) {
    List<String> telling =
        lines.stream().filter(line -> !line.isBlank() && !NOISE.matcher(line).matches()).toList();
    return telling.subList(Math.max(0, telling.size() - count), telling.size());
  }

  /** A list of errors goes on over indented lines. */
  private static String continuation(List<String> lines, int from) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < lines.size(); i++) {
      String line = lines.get(i);
      if (TIMESTAMP.matcher(line).matches() || line.startsWith("Error: ")) {
        break;
      }
      if (!line.isBlank()) {
        text.append(' ').append(line.strip());
      }
    }
    return text.toString();
  }
}
