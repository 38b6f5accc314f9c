package dev.pilothouse.delve;

import dev.pilothouse.delve.paths.PathMapping;
import java.time.Duration;

/**
 * How a session behaves. Immutable: each {@code with…} method gives a changed copy.
 *
 * <pre>{@code
 * DelveOptions.usual().withPaths(PathMapping.ofTree(source.root()))
 * }</pre>
 *
 * @param connectPatience how long to wait until Delve listens
 * @param callPatience how long one call to Delve may take; waiting for a breakpoint has a deadline
 *     of its own
 * @param longestMessage the longest answer that is taken from Delve, in bytes
 * @param hitLimits how much is read at each hit, while the program waits
 * @param paths how one's own source tree lies to the paths in the binary
 */
public record DelveOptions(
    Duration connectPatience,
    Duration callPatience,
    int longestMessage,
    LoadLimits hitLimits,
    PathMapping paths) {

  /**
   * The usual: 20 s to connect, 30 s for a call, messages of 64 MiB, {@link LoadLimits#brief()},
   * and files are found by the end of their paths.
   *
   * @return the options
   */
  public static DelveOptions usual() {
    return new DelveOptions(
        Duration.ofSeconds(20),
        Duration.ofSeconds(30),
        64 << 20,
        LoadLimits.brief(),
        PathMapping.none());
  }

  /**
   * With another time to connect.
   *
   * @param patience how long to wait until Delve listens
   * @return a copy
   */
  public DelveOptions withConnectPatience(Duration patience) {
    return new DelveOptions(patience, callPatience, longestMessage, hitLimits, paths);
  }

  /**
   * With another time for a call.
   *
   * @param patience how long one call to Delve may take
   * @return a copy
   */
  public DelveOptions withCallPatience(Duration patience) {
    return new DelveOptions(connectPatience, patience, longestMessage, hitLimits, paths);
  }

  /**
   * With another longest message.
   *
   * @param bytes the longest answer that is taken
   * @return a copy
   */
  public DelveOptions withLongestMessage(int bytes) {
    return new DelveOptions(connectPatience, callPatience, bytes, hitLimits, paths);
  }

  /**
   * With other limits at hits.
   *
   * @param limits how much is read at each hit
   * @return a copy
   */
  public DelveOptions withHitLimits(LoadLimits limits) {
    return new DelveOptions(connectPatience, callPatience, longestMessage, limits, paths);
  }

  /**
   * With another path mapping.
   *
   * @param mapping how one's own source tree lies to the paths in the binary
   * @return a copy
   */
  public DelveOptions withPaths(PathMapping mapping) {
    return new DelveOptions(connectPatience, callPatience, longestMessage, hitLimits, mapping);
  }
}
