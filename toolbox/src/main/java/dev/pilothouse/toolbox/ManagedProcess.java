package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * A process that Pilothouse started and ends. Its standard input is empty; its output goes straight
 * to {@link #log()}. Safe for use by several threads.
 */
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
   * @return the code (128 + signal if a signal ended it), or empty while it runs
   */
  OptionalInt exitCode();

  /**
   * Completes with the exit code when the process ends.
   *
   * @return a future of its own for each call
   */
  CompletableFuture<Integer> exited();

  /**
   * The file that holds its output, standard error included. It begins with a line of ours that
   * shows when it was started, and the command. When a process of this name ran before in the same
   * run directory, the file holds its output too, in front.
   *
   * @return an absolute path
   */
  Path log();

  /**
   * The end of its own output, without our line.
   *
   * @param lines how many lines at most; what lies more than 64 KiB before the end is never
   *     returned
   * @return the last lines, oldest first
   * @throws ToolboxException if the log cannot be read: it is deleted with its run directory
   */
  List<String> logTail(int lines);

  /**
   * Waits for a fact. Asks every 5 ms; an answer counts only while the process lives, because
   * another one may have given it.
   *
   * @param what names the fact in messages, as "/readyz answers 200"
   * @param ready the fact; an exception or a failed assertion counts as "not yet", and the last one
   *     is told on failure
   * @param deadline how long to wait at most; an answer that is on its way is waited for
   * @throws ToolboxException if the process exits first (with exit code or signal, and from its
   *     log), the deadline passes (with what was seen last, and part of its log), or this thread is
   *     interrupted (it is interrupted again). The process is not ended.
   */
  void await(String what, BooleanSupplier ready, Duration deadline);

  /**
   * Ends it: SIGTERM, after {@link ProcessSpec#stopGrace()} SIGKILL; then in the same way the
   * processes that it started, whoever their parent is now. Returns when all are gone. When it has
   * ended by itself, only the processes that it left behind are ended. An interrupt ends the grace
   * at once. Does nothing the second time.
   *
   * @throws ToolboxException if a process is still there 10 s after SIGKILL
   */
  @Override
  void close();
}
