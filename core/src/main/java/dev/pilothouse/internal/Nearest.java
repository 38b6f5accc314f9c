package dev.pilothouse.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that were perhaps meant. */
public final class Nearest {
  private static final int MOST = 3;

  private Nearest() {}

  /**
   * The known names that differ by few letters.
   *
   * @param name what was written
   * @param known what there is
   * @return at most three, the nearest first
   */
  public static List<String> to(String name, Collection<String> known) {
    int near = Math.max(2, name.length() / 5);
    return known.stream()
        .filter(other -> Math.abs(other.length() - name.length()) <= near)
        .filter(other -> distance(name, other) <= near)
        .sorted(Comparator.comparingInt((String other) -> distance(name, other)))
        .limit(MOST)
        .toList();
  }

  /**
   * The names that were perhaps meant, as the end of a message.
   *
   * @param name what was written
   * @param known what there is
   * @return {@code (did you mean a, b?)} behind a blank, or nothing when no name is near
   */
  public static String suggestion(String name, Collection<String> known) {
    List<String> near = to(name, known);
    return near.isEmpty() ? "" : " (did you mean " + String.join(", ", near) + "?)";
  }

  /** Levenshtein's distance, whatever the case of the letters. */
  private static int distance(String a, String b) {
    String one = a.toLowerCase(Locale.ROOT);
    String other = b.toLowerCase(Locale.ROOT);
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
