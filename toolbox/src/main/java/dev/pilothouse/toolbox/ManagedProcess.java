package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** A process that Pilothouse started and ends. Safe for use by several threads. */
public interface ManagedProcess extends AutoCloseable {
  /**
   * What was started.
   *
   * @return the specification
   */
  ProcessSpec spec();

  /**
   * The process id.
   *
   * @return the pid
   */
  long pid();

  /**
   * Whether it runs.
   *
   * @return true until it has exited
   */
  boolean alive();

  /**
   * Its exit code.
   *
   * @return the code (128 + signal for a signal), or empty while it runs
   */
  OptionalInt exitCode();

  /**
   * Completes with the exit code when the process ends.
   *
   * @return a future of its own for each call
   */
  CompletableFuture<Integer> exited();

  /**
   * The file that holds its output, standard error included.
   *
   * @return an absolute path
   */
  Path log();

  /**
   * The end of its output.
   *
   * @param lines how many lines at most
   * @return the last lines, oldest first
   */
  List<String> logTail(int lines);

  /**
   * Waits for a fact. Polls every few milliseconds.
   *
   * @param what names the fact in messages, as "/readyz answers 200"
   * @param ready the fact; an exception it throws counts as "not yet" and is told on failure
   * @param deadline how long to wait at most
   * @throws ToolboxException if the process exits first (with exit code and log tail) or the
   *     deadline passes (with what was seen last and the log tail)
   */
  void await(String what, BooleanSupplier ready, Duration deadline);

  /**
   * Ends it: SIGTERM, after {@link ProcessSpec#stopGrace()} SIGKILL, its descendants too. Returns
   * when it is gone. Does nothing when it has already ended.
   */
  @Override
  void close();
}
