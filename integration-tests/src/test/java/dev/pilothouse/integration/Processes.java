package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes of a run, seen from outside. */
final class Processes {
  private Processes() {}

  /** The processes whose working directory is a folder. */
  static List<ProcessHandle> below(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> folder.equals(workingDirectory(process)))
        .toList();
  }

  /** The processes of a program whose working directory is a folder. */
  static List<ProcessHandle> below(Path folder, String program) {
    return below(folder).stream()
        .filter(process -> process.info().command().orElse("").endsWith("/" + program))
        .toList();
  }

  /** Kills with SIGKILL, and returns when they are gone. */
  static void kill(List<ProcessHandle> processes) {
    if (processes.isEmpty()) {
      throw new AssertionError("there is nothing to kill");
    }
    for (ProcessHandle process : processes) {
      process.destroyForcibly();
      process.onExit().orTimeout(1, TimeUnit.MINUTES).join();
    }
  }

  /**
   * Sends a signal.
   *
   * @param name as {@code -STOP}
   */
  static void signal(String name, ProcessHandle process) {
    try {
      int code = new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor();
      assertThat(code).as("kill " + name).isZero();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Path workingDirectory(ProcessHandle process) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", String.valueOf(process.pid()), "cwd"));
    } catch (IOException e) {
      return Path.of("/nowhere"); // It has ended, or is another user's.
    }
  }
}
