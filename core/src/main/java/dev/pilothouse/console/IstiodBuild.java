package dev.pilothouse.console;

import java.util.List;

/**
 * What one replica runs.
 *
 * @param replica which replica
 * @param version as {@code 1.31.0}, or {@code unknown} where the build was not given one
 * @param gitRevision the commit that it was built of
 * @param tag the tag that it was built with
 * @param status whether the tree was changed: {@code Clean}, {@code Modified}
 * @param goVersion as {@code go1.26.1}
 * @param flags its command line, the program first
 */
public record IstiodBuild(
    String replica,
    String version,
    String gitRevision,
    String tag,
    String status,
    String goVersion,
    List<String> flags) {
  /** Copies the flags. */
  public IstiodBuild {
    flags = List.copyOf(flags);
  }
}
