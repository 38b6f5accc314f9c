package dev.pilothouse.delve.paths;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The source files that a binary names, found by what people call them: the binary's own path, a
 * path of one's own tree, or an end of either. A module's version ({@code x@v1.2/y.go} of the
 * module cache) is no hindrance to a file of a vendor folder.
 */
public final class SourceFiles {
  private final PathMapping mapping;
  private final Map<String, List<String>> byName = new LinkedHashMap<>();

  /**
   * Indexes the files.
   *
   * @param mapping a resolved mapping
   * @param sources the files
   */
  public SourceFiles(PathMapping mapping, Collection<String> sources) {
    this.mapping = mapping;
    for (String source : sources) {
      byName.computeIfAbsent(last(source), name -> new ArrayList<>()).add(source);
    }
  }

  /**
   * What a file may mean.
   *
   * @param file a path, in whole or its end
   * @return the one file that is meant; several when it is not clear; none when there is none
   */
  public List<String> meant(String file) {
    List<String> sameName = byName.getOrDefault(last(file), List.of());
    if (sameName.contains(file)) {
      return List.of(file);
    }
    Optional<String> mapped = mapped(file).filter(sameName::contains);
    if (mapped.isPresent()) {
      return List.of(mapped.get());
    }
    String[] wanted = segments(file);
    int most = 1;
    List<String> best = new ArrayList<>();
    for (String source : sameName) {
      int common = commonEnd(wanted, segments(source));
      if (common > most) {
        best.clear();
        most = common;
      }
      if (common == most) {
        best.add(source);
      }
    }
    return best;
  }

  /**
   * Files that were perhaps meant, by their name alone.
   *
   * @return all names of files, without folders
   */
  public Collection<String> names() {
    return byName.keySet();
  }

  private Optional<String> mapped(String file) {
    try {
      return mapping.toBinary(Path.of(file));
    } catch (InvalidPathException e) {
      return Optional.empty(); // No path of this machine; it may be the binary's.
    }
  }

  private static int commonEnd(String[] a, String[] b) {
    int common = 0;
    while (common < a.length
        && common < b.length
        && a[a.length - 1 - common].equals(b[b.length - 1 - common])) {
      common++;
    }
    return common;
  }

  private static String[] segments(String path) {
    return path.replace('\\', '/')
        .replaceAll("@[^/]*", "")
        .replaceFirst("^\\./", "")
        .split("/", -1);
  }

  private static String last(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }
}
