package dev.pilothouse.toolbox;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Ends processes: SIGTERM, a grace, SIGKILL, and waits until they are really gone. */
final class Ending {
  private static final Duration SIGKILL_DEADLINE = Duration.ofSeconds(10);

  private Ending() {}

  /**
   * Ends all processes that {@code find} finds, until it finds none. An interrupt ends the grace at
   * once and is restored in the end.
   *
   * @param what names them in messages
   * @param find finds those that live; asked again, because they may have children meanwhile
   * @param grace how long to wait after SIGTERM
   */
  static void end(String what, Supplier<Set<ProcessHandle>> find, Duration grace) {
    long graceEnds = System.nanoTime() + grace.toNanos();
    boolean interrupted = false;
    Set<ProcessHandle> asked = new HashSet<>();
    try {
      for (Set<ProcessHandle> living = find.get(); !living.isEmpty(); living = find.get()) {
        boolean kill = interrupted || System.nanoTime() >= graceEnds;
        for (ProcessHandle process : living) {
          if (kill) {
            process.destroyForcibly();
          } else if (asked.add(process)) {
            process.destroy();
          }
        }
        long overdue = System.nanoTime() - graceEnds - SIGKILL_DEADLINE.toNanos();
        if (overdue > 0) {
          throw undying(what, living);
        }
        long until = kill ? System.nanoTime() + Duration.ofMillis(100).toNanos() : graceEnds;
        interrupted |= !waitUntilGone(living, until);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns false if it was interrupted. */
  private static boolean waitUntilGone(Collection<ProcessHandle> processes, long until) {
    try {
      while (System.nanoTime() < until && !processes.stream().allMatch(MarkedProcesses::gone)) {
        Thread.sleep(1);
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static ToolboxException undying(String what, Set<ProcessHandle> living) {
    String pids =
        living.stream()
            .map(process -> process.pid() + process.info().command().map(c -> " " + c).orElse(""))
            .collect(Collectors.joining(", "));
    return new ToolboxException(
        "ending " + what,
        "still there 10 s after SIGKILL: " + pids,
        "look at what they wait for in the kernel: cat /proc/PID/stack",
        null,
        null);
  }
}
