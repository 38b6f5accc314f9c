package dev.pilothouse.delve.paths;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a tree lies in a binary: the folder in the binary below which most of the files lie
 * that the tree has too.
 */
final class TreePlaces {
  /** One common file may be chance: a go.mod's worth of "doc.go" lies everywhere. */
  private static final int FEWEST_SEGMENTS = 2;

  private static final int ENOUGH = 400;

  private TreePlaces() {}

  /** The places, most files first; those that hold far fewer than the first do not count. */
  static List<String> of(Path tree, Collection<String> sources) {
    Map<String, Integer> votes = new LinkedHashMap<>();
    int found = 0;
    for (String source : sources) {
      String place = place(tree, source);
      if (place != null) {
        votes.merge(place, 1, Integer::sum);
        if (++found >= ENOUGH) {
          break;
        }
      }
    }
    int most = votes.values().stream().max(Integer::compare).orElse(0);
    List<String> places = new ArrayList<>();
    votes.entrySet().stream()
        .filter(vote -> vote.getValue() * 10 >= most)
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .forEach(vote -> places.add(vote.getKey()));
    return places;
  }

  /** The folder of the binary that is the tree's root, if the tree has this file; else null. */
  private static @Nullable String place(Path tree, String source) {
    if (!source.endsWith(".go")) {
      return null;
    }
    String[] segments = source.split("/", -1);
    for (int i = 0; i <= segments.length - FEWEST_SEGMENTS; i++) {
      if (i == 0 && source.startsWith("/")) {
        continue;
      }
      String end = String.join("/", Arrays.copyOfRange(segments, i, segments.length));
      if (Files.isRegularFile(tree.resolve(end))) {
        return i == 0 ? "" : String.join("/", Arrays.copyOfRange(segments, 0, i));
      }
    }
    return null;
  }
}
