package dev.pilothouse.internal.install;

import dev.pilothouse.toolbox.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whose something in a cluster is: a run directory of a machine. It is gone when its folder is,
 * because whoever opens a run directory sweeps those of dead JVMs first.
 *
 * @param host the machine, and which of its lives
 * @param run the run directory; empty for nobody's
 */
public record Owner(String host, String run) {
  static final Owner NOBODY = new Owner("", "");

  /**
   * The owner of a run directory.
   *
   * @param run the run directory
   * @return its owner
   */
  public static Owner of(RunDirectory run) {
    return new Owner(thisHost(), run.path().toString());
  }

  /**
   * Whether it is ownerless, or the owner is certainly gone. Of other machines that cannot be told.
   *
   * @return false if somebody may still come back to it
   */
  public boolean gone() {
    return run.isEmpty() || (host.equals(thisHost()) && !Files.isDirectory(Path.of(run)));
  }

  private static String thisHost() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip()
          + "/"
          + Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }

  /** As {@code /tmp/pilothouse-me/istiod-3fk2a9 on devbox}. */
  @Override
  public String toString() {
    return run.isEmpty() ? "nobody" : run + " on " + host.replaceFirst("/.*", "");
  }
}
