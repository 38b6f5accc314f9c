package dev.pilothouse.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The {@link Poller} in its own JVM. */
final class PollerProcess implements AutoCloseable {
  private final Process process;
  private final BufferedWriter toPoller;
  private final BufferedReader fromPoller;

  private PollerProcess(Process process) {
    this.process = process;
    this.toPoller = process.outputWriter(StandardCharsets.UTF_8);
    this.fromPoller = process.inputReader(StandardCharsets.UTF_8);
  }

  static PollerProcess start(URI admin) throws IOException {
    return new PollerProcess(
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                Poller.class.getName(),
                admin.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Tells it what to look for next. */
  void expect(String text) throws IOException {
    toPoller.write(text);
    toPoller.newLine();
    toPoller.flush();
  }

  /** When it saw that, in microseconds since the epoch; waits until it has. */
  long seen() throws IOException {
    String line = fromPoller.readLine();
    if (line == null) {
      throw new IOException("the poller ended");
    }
    return Long.parseLong(line);
  }

  static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
