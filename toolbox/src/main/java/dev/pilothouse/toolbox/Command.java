package dev.pilothouse.toolbox;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A command whose output is wanted: {@code git}, {@code go version}. No shell is involved, and its
 * standard input is empty unless it is given one.
 *
 * <pre>{@code
 * String head =
 *     new Command(List.of("git", "rev-parse", "HEAD"), Map.of(), tree, Duration.ofSeconds(10))
 *         .output();
 * }</pre>
 *
 * <p>A process that the command leaves in the background is not waited for. When the deadline
 * passes, the thread is interrupted or the JVM exits, the command and all that it started are
 * ended: SIGTERM, after half a second SIGKILL.
 *
 * @param command the program and its arguments
 * @param environment added to (and overriding) the JVM's own environment
 * @param directory the working directory
 * @param deadline how long it may take; then it is killed, its descendants too
 */
public record Command(
    List<String> command, Map<String, String> environment, Path directory, Duration deadline) {

  /** Copies the collections. */
  public Command {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /**
   * What came back.
   *
   * @param exitCode the exit code
   * @param stdout standard output, as UTF-8
   * @param stderr standard error, as UTF-8
   */
  public record Result(int exitCode, String stdout, String stderr) {}

  /**
   * Runs it and waits.
   *
   * @return what came back, whatever the exit code
   * @throws ToolboxException if it cannot be started, takes too long (with both outputs), or this
   *     thread is interrupted (it is interrupted again)
   */
  public Result run() {
    return new CommandRun(this).run();
  }

  /**
   * As {@link #run()}, with a file as its standard input.
   *
   * @param input the file
   * @return what came back, whatever the exit code
   * @throws ToolboxException as there, or if there is no such file
   */
  public Result run(Path input) {
    return new CommandRun(this).run(input);
  }

  /**
   * As {@link #run()}, with a stream as its standard input. A file is quicker.
   *
   * @param input read to its end, unless the command ends first, and not closed
   * @return what came back, whatever the exit code
   * @throws ToolboxException as there, or if the stream cannot be read: the command is ended then,
   *     so that it does not take a part for the whole
   */
  public Result run(InputStream input) {
    return new CommandRun(this).run(input);
  }

  /**
   * Runs it to its end, however long that takes: the deadline does not count here. For what is
   * wanted as it comes, as the output of {@code make}.
   *
   * @param lines gets each line of its output, standard error included, on another thread
   * @return the exit code
   * @throws ToolboxException if it cannot be started, or this thread is interrupted (it is
   *     interrupted again)
   */
  public int follow(Consumer<String> lines) {
    return LineProcess.run(command, environment, directory, lines);
  }

  /**
   * Runs it, waits, and insists on exit code 0.
   *
   * @return standard output
   * @throws ToolboxException as {@link #run()}, or if the exit code is another, with both outputs
   */
  public String output() {
    Result result = run();
    if (result.exitCode() != 0) {
      throw CommandRun.failed(this, result);
    }
    return result.stdout();
  }
}
