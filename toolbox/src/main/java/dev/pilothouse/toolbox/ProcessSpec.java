package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What to run. No shell is involved.
 *
 * @param name names the log file and appears in messages; unique in its run directory
 * @param command the program's absolute path and its arguments
 * @param environment added to (and overriding) the JVM's own environment
 * @param workingDirectory the process's working directory
 * @param stopGrace how long {@link ManagedProcess#close()} waits after SIGTERM before SIGKILL; zero
 *     means SIGKILL at once
 */
public record ProcessSpec(
    String name,
    List<String> command,
    Map<String, String> environment,
    Path workingDirectory,
    Duration stopGrace) {

  /** Copies the collections. */
  public ProcessSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
