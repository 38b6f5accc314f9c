package dev.pilothouse.delve;

import java.util.Optional;

/**
 * What the program does now.
 *
 * @param status whether it runs
 * @param pid its process id; 0 while it runs
 * @param reason why it is stopped, in Delve's words, as {@code breakpoint}, {@code manual} or
 *     {@code next finished}; empty while it runs
 * @param goroutine the goroutine that was chosen; 0 for none
 * @param location where that goroutine is; empty while it runs
 * @param exitStatus the exit status, once it has exited
 */
public record DebugState(
    Status status,
    long pid,
    String reason,
    long goroutine,
    Optional<SourceLocation> location,
    int exitStatus) {
  /** Whether a program runs. */
  public enum Status {
    /** It runs. */
    RUNNING,
    /** It is stopped, at a breakpoint of ours or because we halted it. */
    STOPPED,
    /** It is stopped by another client, which is to let it go on. */
    STOPPED_BY_OTHERS,
    /** It has ended. */
    EXITED
  }

  /**
   * Whether it runs.
   *
   * @return true for {@link Status#RUNNING}
   */
  public boolean running() {
    return status == Status.RUNNING;
  }
}
