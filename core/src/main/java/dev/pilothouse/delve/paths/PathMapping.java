package dev.pilothouse.delve.paths;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * How one's own source tree lies to the paths in a binary: those of the machine that built it, of a
 * container, or none at all ({@code istio.io/istio/pilot/…}) in a trimmed build. Immutable.
 *
 * <pre>{@code
 * PathMapping.ofTree(Path.of("/home/me/istio"))                  // found out from the binary
 * PathMapping.of(Path.of("/home/me/istio"), "/src/istio")       // said
 * }</pre>
 *
 * <p>Without any, files are found by the end of their paths, and shown as the binary names them.
 *
 * @param rules what is known, the first that fits counts
 * @param trees one's own trees whose place in the binary is still to be found out
 */
public record PathMapping(List<Rule> rules, List<Path> trees) {
  /**
   * A folder of one's own and the same folder in the binary.
   *
   * @param local one's own, absolute
   * @param binary the binary's; empty when its paths are relative to this folder
   */
  public record Rule(Path local, String binary) {}

  /** Copies the lists. */
  public PathMapping {
    rules = List.copyOf(rules);
    trees = List.copyOf(trees);
  }

  /**
   * No mapping.
   *
   * @return a mapping without rules
   */
  public static PathMapping none() {
    return new PathMapping(List.of(), List.of());
  }

  /**
   * A folder of one's own and the same folder in the binary.
   *
   * @param local one's own
   * @param binary the binary's, as {@code /src/istio} or {@code istio.io/istio}
   * @return a mapping with one rule
   */
  public static PathMapping of(Path local, String binary) {
    return none().and(local, binary);
  }

  /**
   * A tree of one's own, whose place in the binary is found out from the files that both have.
   *
   * @param tree its root
   * @return a mapping to be {@linkplain #resolved resolved}; a session does so by itself
   */
  public static PathMapping ofTree(Path tree) {
    return new PathMapping(List.of(), List.of(tree.toAbsolutePath().normalize()));
  }

  /**
   * One rule more, behind those there are.
   *
   * @param local one's own folder
   * @param binary the binary's
   * @return a copy
   */
  public PathMapping and(Path local, String binary) {
    List<Rule> all = new ArrayList<>(rules);
    all.add(new Rule(local.toAbsolutePath().normalize(), withoutSlash(binary)));
    return new PathMapping(all, trees);
  }

  /**
   * Finds out where the trees lie in a binary.
   *
   * @param sources the source files that the binary names
   * @return a mapping with a rule for each tree that has files of the binary, and no trees
   */
  public PathMapping resolved(Collection<String> sources) {
    PathMapping found = new PathMapping(rules, List.of());
    for (Path tree : trees) {
      for (String place : TreePlaces.of(tree, sources)) {
        found = found.and(tree, place);
      }
    }
    return found;
  }

  /**
   * The binary's name of a file of one's own.
   *
   * @param file a path; a relative one is below each of the folders
   * @return the binary's name by the first rule that fits, or empty
   */
  public Optional<String> toBinary(Path file) {
    for (Rule rule : rules) {
      Path absolute = file.isAbsolute() ? file.normalize() : rule.local.resolve(file).normalize();
      if (absolute.startsWith(rule.local)) {
        String rest = rule.local.relativize(absolute).toString();
        return Optional.of(rule.binary.isEmpty() ? rest : rule.binary + "/" + rest);
      }
    }
    return Optional.empty();
  }

  /**
   * One's own file for a file of the binary.
   *
   * @param file the binary's name
   * @return the path by the first rule that fits; the binary's name when none does
   */
  public String toLocal(String file) {
    for (Rule rule : rules) {
      if (rule.binary.isEmpty() ? !file.startsWith("/") : file.startsWith(rule.binary + "/")) {
        String rest = rule.binary.isEmpty() ? file : file.substring(rule.binary.length() + 1);
        return rule.local.resolve(rest).toString();
      }
    }
    return file;
  }

  private static String withoutSlash(String folder) {
    return folder.length() > 1 && folder.endsWith("/")
        ? folder.substring(0, folder.length() - 1)
        : folder;
  }
}
