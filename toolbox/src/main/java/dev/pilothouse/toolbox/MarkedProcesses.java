package dev.pilothouse.toolbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Finds processes by a variable in the environment they were started with. Children inherit it, so
 * it finds them even when their parent has died and they belong to nobody.
 */
final class MarkedProcesses {
  /** Names the run directory of a process, as an absolute path. */
  static final String RUN = "PILOTHOUSE_RUN";

  /** Names the {@link ManagedProcess} or {@link Command} that a process comes from. */
  static final String ORIGIN = "PILOTHOUSE_ORIGIN";

  private static final Path PROC = Path.of("/proc");

  private MarkedProcesses() {}

  static boolean supported() {
    return Files.isReadable(PROC.resolve("self/environ"));
  }

  /** The living processes of this user that carry exactly {@code variable=value}. */
  static Set<ProcessHandle> with(String variable, String value) {
    Set<ProcessHandle> found = new HashSet<>();
    scan(
        variable,
        (pid, seen) -> {
          if (seen.equals(value)) {
            // The handle knows when its process began. The variable is read once more after it was
            // made, so it cannot mean a stranger that was given the same pid meanwhile.
            ProcessHandle.of(pid)
                .filter(process -> value.equals(valueIn(pid, variable)))
                .filter(process -> !gone(process))
                .ifPresent(found::add);
          }
        });
    return found;
  }

  /** The values that {@code variable} has in the living processes of this user. */
  static Set<String> values(String variable) {
    Set<String> found = new HashSet<>();
    scan(variable, (pid, value) -> found.add(value));
    return found;
  }

  /** Whether a process has ended. A zombie has: its files and ports are closed. */
  static boolean gone(ProcessHandle process) {
    if (!process.isAlive()) {
      return true;
    }
    try {
      // "pid (name) S …", where the name may hold anything, brackets too.
      String stat =
          Files.readString(PROC.resolve(process.pid() + "/stat"), StandardCharsets.ISO_8859_1);
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state == 'Z' || state == 'X';
    } catch (IOException | StringIndexOutOfBoundsException e) {
      return !process.isAlive();
    }
  }

  private static void scan(String variable, BiConsumer<Long, String> found) {
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      Object uid = Files.getAttribute(PROC.resolve("self"), "unix:uid");
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (pid == self || !belongsTo(process, uid)) {
          continue;
        }
        String value = valueIn(pid, variable);
        if (!value.isEmpty()) {
          found.accept(pid, value);
        }
      }
    } catch (IOException e) {
      String reason = ToolboxException.reason(e);
      throw new ToolboxException("looking for processes in " + PROC, reason, "", PROC, e);
    }
  }

  private static boolean belongsTo(Path process, Object uid) {
    try {
      return uid.equals(Files.getAttribute(process, "unix:uid"));
    } catch (IOException e) {
      return false; // It has just ended.
    }
  }

  /** The variable's value, or empty when the process has none, has ended, or hides it. */
  private static String valueIn(long pid, String variable) {
    byte[] environment;
    try (InputStream in = Files.newInputStream(PROC.resolve(pid + "/environ"))) {
      environment = in.readAllBytes();
    } catch (IOException e) {
      return "";
    }
    byte[] wanted = (variable + "=").getBytes(StandardCharsets.UTF_8);
    int start = 0;
    while (start < environment.length) {
      int end = start;
      while (end < environment.length && environment[end] != 0) {
        end++;
      }
      if (end - start > wanted.length
          && Arrays.equals(environment, start, start + wanted.length, wanted, 0, wanted.length)) {
        return new String(
            environment,
            start + wanted.length,
            end - start - wanted.length,
            StandardCharsets.UTF_8);
      }
      start = end + 1;
    }
    return "";
  }
}
