package dev.pilothouse.toolbox;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Processes that end together: all that carry a mark, and those that are named besides, because a
 * process may drop its environment.
 */
final class ProcessFamily {
  static final Duration SIGKILL_DEADLINE = Duration.ofSeconds(10);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final String variable;
  private final String value;
  private final Set<ProcessHandle> named = new HashSet<>();

  private ProcessFamily(String variable, String value) {
    this.variable = variable;
    this.value = value;
  }

  /** The processes whose environment says {@code variable=value}. */
  static ProcessFamily marked(String variable, String value) {
    return new ProcessFamily(variable, value);
  }

  ProcessFamily and(Stream<ProcessHandle> others) {
    others.forEach(named::add);
    return this;
  }

  /** Those that live now. */
  Set<ProcessHandle> living() {
    Set<ProcessHandle> living =
        MarkedProcesses.supported() ? MarkedProcesses.with(variable, value) : new HashSet<>();
    named.stream().filter(process -> !MarkedProcesses.gone(process)).forEach(living::add);
    return living;
  }

  /**
   * Ends them: SIGTERM, the grace, SIGKILL; looks again until there is none, because they may have
   * had children meanwhile. Returns when they are gone. An interrupt ends the grace at once; the
   * thread is interrupted again in the end.
   *
   * @param what names them in messages
   * @param grace how long to wait after SIGTERM; zero sends SIGKILL at once
   */
  void end(String what, Duration grace) {
    long start = System.nanoTime();
    long killDeadline = grace.plus(SIGKILL_DEADLINE).toNanos();
    boolean interrupted = false;
    Set<ProcessHandle> asked = new HashSet<>();
    try {
      for (Set<ProcessHandle> living = living(); !living.isEmpty(); living = living()) {
        long passed = System.nanoTime() - start;
        if (passed > killDeadline) {
          throw undying(what, living);
        }
        boolean kill = interrupted || passed >= grace.toNanos();
        for (ProcessHandle process : living) {
          if (kill) {
            process.destroyForcibly();
          } else if (asked.add(process)) {
            process.destroy();
          }
        }
        long patience = kill ? LOOK_AGAIN.toNanos() : grace.toNanos() - passed;
        interrupted |= !waitUntilGone(living, patience);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns false if it was interrupted. */
  private static boolean waitUntilGone(Set<ProcessHandle> processes, long nanos) {
    long start = System.nanoTime();
    try {
      while (System.nanoTime() - start < nanos
          && !processes.stream().allMatch(MarkedProcesses::gone)) {
        Thread.sleep(1);
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** What to throw when SIGKILL did not help. */
  static ToolboxException undying(String what, Set<ProcessHandle> living) {
    String pids =
        living.stream()
            .map(process -> process.pid() + process.info().command().map(c -> " " + c).orElse(""))
            .collect(Collectors.joining(", "));
    String text = "still there " + SIGKILL_DEADLINE.toSeconds() + " s after SIGKILL: " + pids;
    String toDo = "look at what they wait for in the kernel: cat /proc/PID/stack";
    return new ToolboxException("ending " + what, text, toDo, null, null);
  }
}
