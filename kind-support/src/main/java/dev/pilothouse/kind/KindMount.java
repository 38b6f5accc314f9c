package dev.pilothouse.kind;

import java.nio.file.Path;

/**
 * A file or folder of the machine that is mounted into every node.
 *
 * @param hostPath the file or folder; made absolute
 * @param containerPath where it is mounted in the nodes, absolute
 * @param readOnly whether the nodes must not write to it
 */
public record KindMount(Path hostPath, String containerPath, boolean readOnly) {
  /**
   * Makes the path absolute.
   *
   * @throws IllegalArgumentException if the path in the nodes is not absolute
   */
  public KindMount {
    hostPath = hostPath.toAbsolutePath().normalize();
    if (!containerPath.startsWith("/")) {
      throw new IllegalArgumentException("a path in the node begins with /: " + containerPath);
    }
  }

  /**
   * A read-only mount.
   *
   * @param hostPath the file or folder
   * @param containerPath where it is mounted in the nodes
   * @return the mount
   */
  public static KindMount readOnly(Path hostPath, String containerPath) {
    return new KindMount(hostPath, containerPath, true);
  }
}
