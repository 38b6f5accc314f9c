package dev.pilothouse.envoy.assertj;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the names that a reader may have meant. */
final class NearestNames {
  private static final int SHOWN = 5;

  private NearestNames() {}

  /** As {@code ; nearest: a, b, and 12 more}, or {@code ; there are none}. */
  static String text(String wanted, Collection<String> names, String plural) {
    if (names.isEmpty()) {
      return "there are no " + plural + " at all";
    }
    List<String> nearest = of(wanted, names);
    if (nearest.isEmpty()) {
      return "none of the " + plural + " has a name";
    }
    int more = (int) names.stream().filter(n -> !n.isEmpty()).distinct().count() - nearest.size();
    return "nearest: " + String.join(", ", nearest) + (more == 0 ? "" : ", and " + more + " more");
  }

  static List<String> of(String wanted, Collection<String> names) {
    String low = wanted.toLowerCase(Locale.ROOT);
    return names.stream()
        .filter(name -> !name.isEmpty())
        .distinct()
        .sorted(
            Comparator.comparingInt((String name) -> distance(low, name.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(SHOWN)
        .toList();
  }

  /** How many characters to edit; less when one name contains the other, as a host in a cluster. */
  private static int distance(String a, String b) {
    if (!a.isEmpty() && !b.isEmpty() && (a.contains(b) || b.contains(a))) {
      return Math.abs(a.length() - b.length()) / 4;
    }
    int[] before = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = before[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(before[j], row[j - 1]) + 1);
      }
      int[] spare = before;
      before = row;
      row = spare;
    }
    return before[b.length()];
  }
}
