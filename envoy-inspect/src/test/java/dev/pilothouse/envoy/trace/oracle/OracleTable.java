package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.oracle.Oracle.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The scores by match kind, as a table. */
final class OracleTable {
  private OracleTable() {}

  static String of(String title, Map<String, Score> scores) {
    StringBuilder table = new StringBuilder(title).append('\n');
    table.append(line("match kind", "pairs", "near misses", "undecided", "disagreements"));
    int[] sums = new int[4];
    scores.forEach(
        (kind, score) -> {
          int[] numbers = {
            score.pairs, score.nearMisses, score.undecided, score.disagreements.size()
          };
          table.append(line(kind, numbers));
          for (int i = 0; i < sums.length; i++) {
            sums[i] += numbers[i];
          }
        });
    return table.append(line("all", sums)).toString();
  }

  private static String line(String kind, int[] n) {
    String misses = n[1] + " (" + (n[0] == 0 ? 0 : 100 * n[1] / n[0]) + " %)";
    return line(kind, "" + n[0], misses, "" + n[2], "" + n[3]);
  }

  private static String line(
      String kind, String pairs, String misses, String undecided, String no) {
    return String.format(
        Locale.ROOT, "%-34s %7s %14s %10s %14s%n", kind, pairs, misses, undecided, no);
  }

  /**
   * Kept beside the other reports of the tests, with why something is undecided, and all
   * disagreements.
   */
  static void store(int minor, String table, Map<String, Score> scores) throws IOException {
    StringBuilder text = new StringBuilder(table);
    scores.forEach(
        (kind, score) ->
            score.open.forEach(
                (why, times) -> text.append(kind + ": " + times + " × " + why).append('\n')));
    scores.forEach(
        (kind, score) ->
            score.disagreements.forEach(
                each -> text.append('\n').append(kind).append(": ").append(each).append('\n')));
    Path folder = Files.createDirectories(Path.of("target/oracle"));
    Files.writeString(folder.resolve("envoy-1." + minor + ".txt"), text);
  }
}
