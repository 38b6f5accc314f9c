package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What to run. No shell is involved.
 *
 * @param name names the log file and appears in messages; in one run directory no two processes of
 *     one name run at a time
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

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if the name is not made of letters, digits, {@code . _ -}
   *     (beginning with a letter or digit), or the command is empty
   */
  public ProcessSpec {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a process's name is letters, digits, '.', '_' and '-': " + name);
    }
    if (command.isEmpty()) {
      throw new IllegalArgumentException("the command of " + name + " is empty");
    }
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
