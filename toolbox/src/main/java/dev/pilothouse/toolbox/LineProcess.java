package dev.pilothouse.toolbox;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A program that takes as long as it takes (a compiler, a download) and whose output is wanted as
 * it comes. It ends with the call, also when the call is interrupted, and with the JVM.
 */
final class LineProcess {
  private static final Duration STOP_GRACE = Duration.ofMillis(500);

  private LineProcess() {}

  /**
   * Runs it to its end.
   *
   * @param lines gets each line of its output, standard error included, on another thread
   * @return the exit code
   * @throws ToolboxException if it cannot be started, or the thread is interrupted
   */
  static int run(
      List<String> command,
      Map<String, String> environment,
      Path directory,
      Consumer<String> lines) {
    String tried = "running " + String.join(" ", command);
    String origin = "build-" + UUID.randomUUID();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put(MarkedProcesses.ORIGIN, origin);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new ToolboxException(tried, ToolboxException.reason(e), "", null, e);
    }
    Runnable end =
        () ->
            ProcessFamily.marked(MarkedProcesses.ORIGIN, origin)
                .and(process.descendants())
                .and(Stream.of(process.toHandle()))
                .end(command.get(0), STOP_GRACE);
    try {
      JvmExit.add(end);
      FutureTask<Void> reading = new FutureTask<>(() -> read(process, lines), null);
      Thread reader = new Thread(reading, "pilothouse-output-of-" + process.pid());
      reader.setDaemon(true);
      reader.start();
      reading.get();
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolboxException(tried, "this thread was interrupted", "", null, e);
    } catch (ExecutionException e) {
      throw new ToolboxException(
          tried, "reading its output failed: " + e.getCause(), "", null, e.getCause());
    } finally {
      JvmExit.remove(end);
      if (process.isAlive()) {
        end.run();
      }
    }
  }

  private static void read(Process process, Consumer<String> lines) {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.accept(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
