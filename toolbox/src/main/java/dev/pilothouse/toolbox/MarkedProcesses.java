package dev.pilothouse.toolbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
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

  /** A process that takes longer to begin with its next program is stuck in the kernel. */
  private static final Duration EXEC_DEADLINE = Duration.ofSeconds(1);

  /** PF_KTHREAD: a thread of the kernel, which has no environment. */
  private static final long KERNEL_THREAD = 0x0020_0000;

  /** Where these lie in what {@link #stat} returns. */
  private static final int FLAGS = 9 - 3;

  private static final int START_CODE = 26 - 3;
  private static final int ENV_START = 50 - 3;
  private static final int ENV_END = 51 - 3;

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
    String[] stat = stat(process.pid());
    return stat.length == 0 ? !process.isAlive() : zombie(stat);
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
    String prefix = variable + "=";
    int start = 0;
    String environment = environment(pid);
    while (start < environment.length()) {
      int end = environment.indexOf('\0', start);
      end = end < 0 ? environment.length() : end;
      if (environment.startsWith(prefix, start)) {
        byte[] value = environment.substring(start + prefix.length(), end).getBytes(ISO_8859_1);
        return new String(value, StandardCharsets.UTF_8);
      }
      start = end + 1;
    }
    return "";
  }

  /**
   * What a process was started with. On its way from one program to the next (in {@code execve}) a
   * process shows nothing for a moment; it must not slip through, so its next program is waited
   * for.
   */
  private static String environment(long pid) {
    long start = System.nanoTime();
    while (true) {
      String environment;
      try {
        environment = read(pid, "environ");
      } catch (AccessDeniedException e) {
        return ""; // It hides even from its own user.
      } catch (IOException e) {
        environment = "";
      }
      String[] stat = stat(pid);
      boolean whole = environment.isEmpty() ? !betweenPrograms(stat) : !cutShort(environment, stat);
      if (whole || System.nanoTime() - start > EXEC_DEADLINE.toNanos()) {
        return environment;
      }
      LockSupport.parkNanos(100_000);
    }
  }

  /**
   * For a process that shows no environment: whether it will. The kernel sets the place of a new
   * program's code last: until then its environment is nowhere, then at a place with no length,
   * which is what a process without any environment has for good.
   */
  private static boolean betweenPrograms(String[] stat) {
    if (stat.length <= ENV_END
        || zombie(stat)
        || (Long.parseLong(stat[FLAGS]) & KERNEL_THREAD) != 0) {
      return false;
    }
    boolean notYetLoaded = stat[START_CODE].equals("0");
    boolean setMeanwhile = !stat[ENV_START].equals(stat[ENV_END]);
    return notYetLoaded || setMeanwhile;
  }

  /**
   * The kernel reads page by page, and stops in between when the process changes its program
   * meanwhile: the rest is missing then, and nothing but the length says so.
   */
  private static boolean cutShort(String environment, String[] stat) {
    return stat.length > ENV_END
        && !zombie(stat)
        && Long.parseUnsignedLong(stat[ENV_END]) - Long.parseUnsignedLong(stat[ENV_START])
            != environment.length();
  }

  private static boolean zombie(String[] stat) {
    return stat[0].equals("Z") || stat[0].equals("X");
  }

  /** The fields of proc(5) from the third on, which is the state; none when it has gone. */
  private static String[] stat(long pid) {
    try {
      // "pid (name) S …", where the name may hold anything, brackets too.
      String stat = read(pid, "stat");
      return stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
    } catch (IOException | StringIndexOutOfBoundsException e) {
      return new String[0];
    }
  }

  /** In one call to the kernel: between two, the process may begin with another program. */
  private static String read(long pid, String file) throws IOException {
    for (int size = 32 * 1024; ; size *= 8) {
      try (InputStream in = Files.newInputStream(PROC.resolve(pid + "/" + file))) {
        byte[] bytes = new byte[size];
        int length = Math.max(0, in.read(bytes));
        if (length < size) {
          return new String(bytes, 0, length, ISO_8859_1); // A character a byte.
        }
      }
    }
  }
}
