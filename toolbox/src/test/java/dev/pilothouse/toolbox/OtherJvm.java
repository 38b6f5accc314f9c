package dev.pilothouse.toolbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A second JVM that runs {@link OtherJvmMain}. */
final class OtherJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;

  private OtherJvm(Process process) {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  static OtherJvm start(Path root, String... arguments) throws IOException {
    return start(Map.of(), root, arguments);
  }

  static OtherJvm start(Map<String, String> environment, Path root, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(OtherJvmMain.class.getName(), root.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    return new OtherJvm(builder.start());
  }

  /** The next line it prints. */
  String answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("the other JVM ended with " + process.waitFor());
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets it begin, where it waits for that. */
  void go() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  long pid() {
    return process.pid();
  }

  void sigkill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** SIGTERM; returns when it has exited. */
  void sigterm() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** Lets it return from its main method; returns its exit code. */
  int finish() throws IOException, InterruptedException {
    process.getOutputStream().close();
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    process
        .onExit()
        .completeOnTimeout(process, Processes.LONG.toSeconds(), TimeUnit.SECONDS)
        .join()
        .destroyForcibly();
  }
}
