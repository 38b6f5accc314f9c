package dev.pilothouse.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the line that was probably meant. */
final class SimilarLine {
  /** Below this share of equal characters a line is no help. */
  private static final double ALIKE = 0.5;

  private SimilarLine() {}

  /** A line, counted from 1. */
  record Match(int number, String line, boolean onlyBlanksDiffer) {}

  /** The line most like the first line of the text that says something, or null if none is. */
  static @Nullable Match find(List<String> lines, String text) {
    String wanted =
        text.lines().map(String::strip).filter(l -> l.length() > 1).findFirst().orElse("");
    if (wanted.isEmpty()) {
      return null;
    }
    Match best = null;
    double bestAlike = ALIKE;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      double alike = alike(wanted, line.strip(), bestAlike);
      if (alike > bestAlike) {
        bestAlike = alike;
        best = new Match(i + 1, line, withoutBlanks(line).equals(withoutBlanks(wanted)));
      }
    }
    return best;
  }

  private static String withoutBlanks(String line) {
    return line.replaceAll("\\s+", "");
  }

  private static double alike(String a, String b, double atLeast) {
    int longest = Math.max(a.length(), b.length());
    int shortest = Math.min(a.length(), b.length());
    if (longest == 0 || (double) shortest / longest <= atLeast) {
      return 0;
    }
    return 1 - (double) distance(a, b) / longest;
  }

  /** Levenshtein's distance, with one row of memory. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
