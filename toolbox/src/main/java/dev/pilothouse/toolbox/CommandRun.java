package dev.pilothouse.toolbox;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link Command}. The output goes to two files that are deleted as soon as the
 * command holds them open: nothing can block on a full pipe, a child that stays behind in the
 * background cannot hold us up, and nothing is left when the JVM is killed.
 */
final class CommandRun {
  private static final File NOTHING = new File("/dev/null");

  /** A killed git leaves its lock files, a terminated one does not. */
  private static final Duration STOP_GRACE = Duration.ofMillis(500);

  private final Command command;
  private final String origin = "command-" + UUID.randomUUID();

  CommandRun(Command command) {
    this.command = command;
  }

  Command.Result run() {
    try {
      Path stdout = Files.createTempFile("pilothouse-", ".out");
      try {
        Path stderr = Files.createTempFile("pilothouse-", ".err");
        try {
          return run(stdout, stderr);
        } finally {
          Files.deleteIfExists(stderr);
        }
      } finally {
        Files.deleteIfExists(stdout);
      }
    } catch (IOException e) {
      throw failure(RunRoot.reason(e), e);
    }
  }

  private Command.Result run(Path stdout, Path stderr) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command.command());
    builder.environment().putAll(command.environment());
    builder.environment().put(MarkedProcesses.ORIGIN, origin);
    try (FileChannel out = FileChannel.open(stdout, StandardOpenOption.READ);
        FileChannel err = FileChannel.open(stderr, StandardOpenOption.READ)) {
      Process process =
          builder
              .directory(command.directory().toFile())
              .redirectInput(NOTHING)
              .redirectOutput(stdout.toFile())
              .redirectError(stderr.toFile())
              .start();
      Runnable kill = () -> kill(process);
      try {
        JvmExit.add(kill);
        Files.delete(stdout);
        Files.delete(stderr);
        if (!process.waitFor(command.deadline().toNanos(), TimeUnit.NANOSECONDS)) {
          kill.run();
          String text = "it took longer than " + command.deadline().toMillis() / 1000.0 + " s";
          throw failure(text + outputs(PrivateFiles.text(out, 0), PrivateFiles.text(err, 0)), null);
        }
        return new Command.Result(
            process.exitValue(), PrivateFiles.text(out, 0), PrivateFiles.text(err, 0));
      } catch (InterruptedException e) {
        kill.run();
        Thread.currentThread().interrupt();
        throw failure("this thread was interrupted", e);
      } catch (IOException | RuntimeException e) {
        kill.run();
        throw e;
      } finally {
        JvmExit.remove(kill);
      }
    }
  }

  private void kill(Process process) {
    Set<ProcessHandle> family = process.descendants().collect(Collectors.toSet());
    family.add(process.toHandle());
    Ending.end(
        command.command().get(0),
        () -> {
          Set<ProcessHandle> living =
              MarkedProcesses.supported()
                  ? MarkedProcesses.with(MarkedProcesses.ORIGIN, origin)
                  : process.descendants().collect(Collectors.toSet());
          family.stream().filter(p -> !MarkedProcesses.gone(p)).forEach(living::add);
          return living;
        },
        STOP_GRACE);
  }

  static ToolboxException failed(Command command, Command.Result result) {
    String text = "it exited with code " + result.exitCode();
    return new CommandRun(command).failure(text + outputs(result.stdout(), result.stderr()), null);
  }

  private ToolboxException failure(String cameBack, @Nullable Exception cause) {
    String tried = "running " + command.command() + " in " + command.directory();
    return new ToolboxException(tried, cameBack, "", null, cause);
  }

  private static String outputs(String stdout, String stderr) {
    return indented("Standard output", stdout) + indented("Standard error", stderr);
  }

  private static String indented(String title, String text) {
    String line = System.lineSeparator() + "  ";
    return text.isBlank()
        ? ""
        : System.lineSeparator()
            + title
            + ":"
            + line
            + text.strip().lines().collect(Collectors.joining(line));
  }
}
