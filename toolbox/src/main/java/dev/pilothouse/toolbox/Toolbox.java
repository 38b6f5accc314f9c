package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds or provides the real binaries. The order is: explicit path, environment variable, PATH if
 * the version fits, cache, and only for {@link #provision} building or downloading.
 *
 * <p>Instances are immutable and safe for use by several threads; the cache is safe for use by
 * several JVMs.
 */
public interface Toolbox {
  /**
   * Finds one binary; nothing is built or downloaded.
   *
   * @param tool the binary
   * @return where it is, or empty when it is nowhere
   * @throws ToolboxException if an explicit path or an environment variable names something that is
   *     no working binary of this tool, or of a version that does not fit
   */
  Optional<ToolBinary> find(Tool tool);

  /**
   * Finds binaries; nothing is built or downloaded.
   *
   * @param tools the binaries
   * @return all of them
   * @throws MissingToolsException if any is missing: one exception that names them all, with what
   *     to do for each
   */
  Map<Tool, ToolBinary> require(Set<Tool> tools);

  /**
   * Finds binaries, and builds or downloads those that are nowhere.
   *
   * @param tools the binaries
   * @return all of them
   * @throws MissingToolsException if what provisioning needs (Go, Python with pip) is missing, or
   *     offline forbids it: one exception that names everything at once
   * @throws ToolboxException if a build or a download fails
   */
  Map<Tool, ToolBinary> provision(Set<Tool> tools);

  /**
   * The folder in which provided binaries, sources and build results are kept.
   *
   * @return an absolute path
   */
  Path cacheDirectory();

  /**
   * Whether downloads are forbidden.
   *
   * @return true if this toolbox never downloads
   */
  boolean offline();
}
