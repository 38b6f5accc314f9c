package dev.pilothouse.toolbox;

import java.nio.file.Path;

/**
 * A binary that was found or provided.
 *
 * @param tool which one it is
 * @param path its absolute path
 * @param version its version as it says itself, without a leading {@code v}
 * @param origin where it came from
 */
public record ToolBinary(Tool tool, Path path, String version, Origin origin) {
  /** Where a binary came from, in the order in which they are tried. */
  public enum Origin {
    /** The caller named the path. */
    EXPLICIT,
    /** {@link Tool#environmentVariable()} named the path. */
    ENVIRONMENT,
    /** It was on the PATH and its version fits. */
    PATH,
    /** It was in the cache. */
    CACHE,
    /** It was built or downloaded by this call. */
    PROVISIONED
  }
}
