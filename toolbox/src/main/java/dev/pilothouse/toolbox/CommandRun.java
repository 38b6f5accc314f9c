package dev.pilothouse.toolbox;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a {@link Command}. The output goes to two files that are deleted as soon as the
 * command holds them open: nothing can block on a full pipe, a child that stays behind in the
 * background cannot hold us up, and nothing is left when the JVM is killed.
 */
final class CommandRun {
  private static final Logger LOG = LoggerFactory.getLogger(CommandRun.class);
  private static final File NOTHING = new File("/dev/null");

  /** A killed git leaves its lock files, a terminated one does not. */
  private static final Duration STOP_GRACE = Duration.ofMillis(500);

  private static final int COPY_BYTES = 64 * 1024;

  /** A message shows no more of each output. */
  private static final int MESSAGE_LINES = 100;

  private final Command command;
  private final String origin = "command-" + UUID.randomUUID();
  private @Nullable Process process;
  private volatile @Nullable Exception unread;
  private boolean ended;

  CommandRun(Command command) {
    this.command = command;
  }

  Command.Result run() {
    return run(Redirect.from(NOTHING), null);
  }

  Command.Result run(Path input) {
    if (!Files.isReadable(input)) {
      throw failure(command, "its input " + input + " cannot be read", null);
    }
    return run(Redirect.from(input.toFile()), null);
  }

  Command.Result run(InputStream input) {
    return run(Redirect.PIPE, input);
  }

  private Command.Result run(Redirect stdin, @Nullable InputStream input) {
    Runnable atJvmExit = this::kill;
    JvmExit.add(atJvmExit);
    try {
      Path stdout = Files.createTempFile("pilothouse-", ".out");
      try {
        Path stderr = Files.createTempFile("pilothouse-", ".err");
        try {
          return run(stdin, input, stdout, stderr);
        } finally {
          Files.deleteIfExists(stderr);
        }
      } finally {
        Files.deleteIfExists(stdout);
      }
    } catch (IOException e) {
      throw failure(command, ToolboxException.reason(e), e);
    } finally {
      JvmExit.remove(atJvmExit);
    }
  }

  private Command.Result run(Redirect stdin, @Nullable InputStream input, Path stdout, Path stderr)
      throws IOException {
    // Streams of Files: an interrupt does not close them.
    try (InputStream out = Files.newInputStream(stdout);
        InputStream err = Files.newInputStream(stderr)) {
      Process started = start(stdin, stdout, stderr);
      boolean exited = false;
      try {
        if (input != null) {
          feed(input, started);
        }
        Files.delete(stdout);
        Files.delete(stderr);
        exited = started.waitFor(command.deadline().toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure(command, "this thread was interrupted; it was ended", e);
      } finally {
        if (!exited) {
          kill();
        }
      }
      if (!exited) {
        String text = "it took longer than " + command.deadline().toMillis() / 1000.0 + " s";
        throw failure(command, text + "; it was ended" + outputs(text(out), text(err)), null);
      }
      Exception failed = unread;
      if (failed != null) {
        throw failure(command, "its input could not be read: " + failed + "; it was ended", failed);
      }
      return new Command.Result(started.exitValue(), text(out), text(err));
    }
  }

  private void feed(InputStream input, Process started) {
    Thread thread = new Thread(() -> copy(input, started), "pilothouse-input-" + started.pid());
    thread.setDaemon(true);
    thread.start();
  }

  private void copy(InputStream input, Process started) {
    byte[] buffer = new byte[COPY_BYTES];
    try (OutputStream into = started.getOutputStream()) {
      for (int count = read(input, buffer); count >= 0; count = read(input, buffer)) {
        into.write(buffer, 0, count);
      }
    } catch (IOException e) {
      LOG.debug("{} wants no more input: {}", command.command(), e.toString());
    }
  }

  /**
   * A command that got a part must not take it for the whole: it is ended before it sees an end.
   */
  private int read(InputStream input, byte[] buffer) {
    try {
      return input.read(buffer);
    } catch (IOException | RuntimeException e) {
      unread = e;
      kill();
      return -1;
    }
  }

  private synchronized Process start(Redirect stdin, Path stdout, Path stderr) throws IOException {
    if (ended) {
      throw failure(command, "the JVM is shutting down", null);
    }
    ProcessBuilder builder = new ProcessBuilder(command.command());
    builder.environment().putAll(command.environment());
    builder.environment().put(MarkedProcesses.ORIGIN, origin);
    process =
        builder
            .directory(command.directory().toFile())
            .redirectInput(stdin)
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile())
            .start();
    return process;
  }

  /** Waits for a start that is under way, so that the JVM's exit misses nothing. */
  private synchronized void kill() {
    ended = true;
    if (process != null) {
      ProcessFamily.marked(MarkedProcesses.ORIGIN, origin)
          .and(process.descendants())
          .and(Stream.of(process.toHandle()))
          .end(command.command().get(0), STOP_GRACE);
    }
  }

  static ToolboxException failed(Command command, Command.Result result) {
    String text = "it exited with code " + result.exitCode();
    return failure(command, text + outputs(result.stdout(), result.stderr()), null);
  }

  private static ToolboxException failure(
      Command command, String cameBack, @Nullable Exception cause) {
    String tried = "running " + command.command() + " in " + command.directory();
    return new ToolboxException(tried, cameBack, "", null, cause);
  }

  private static String outputs(String stdout, String stderr) {
    return output("Standard output", stdout) + output("Standard error", stderr);
  }

  private static String output(String title, String text) {
    if (text.isBlank()) {
      return "";
    }
    List<String> lines = text.strip().lines().toList();
    int left = Math.max(0, lines.size() - MESSAGE_LINES);
    String newLine = System.lineSeparator() + "  ";
    return System.lineSeparator()
        + title
        + (left == 0 ? ":" : " (without its first " + left + " lines):")
        + newLine
        + String.join(newLine, lines.subList(left, lines.size()));
  }

  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }
}
