package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process of a {@link LocalRunDirectory}. */
final class RunningProcess implements ManagedProcess {
  private static final long POLL_MILLIS = 5;

  /** Less than this is reported as a full disk: a process writes at least a page at a time. */
  private static final long FULL_BYTES = 4096;

  private final ProcessSpec spec;
  private final String origin;
  private final Process process;
  private final ProcessLog log;
  private final Consumer<RunningProcess> ended;
  private final Object closing = new Object();
  private boolean closed;

  RunningProcess(
      ProcessSpec spec,
      String origin,
      Process process,
      ProcessLog log,
      Consumer<RunningProcess> ended) {
    this.spec = spec;
    this.origin = origin;
    this.process = process;
    this.log = log;
    this.ended = ended;
  }

  @Override
  public ProcessSpec spec() {
    return spec;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public boolean alive() {
    return process.isAlive();
  }

  @Override
  public OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  @Override
  public CompletableFuture<Integer> exited() {
    return process.onExit().thenApply(Process::exitValue);
  }

  @Override
  public Path log() {
    return log.file();
  }

  @Override
  public List<String> logTail(int lines) {
    try {
      return log.tail(lines);
    } catch (IOException e) {
      String reason = ToolboxException.reason(e);
      throw new ToolboxException("reading the log of " + spec.name(), reason, "", log(), e);
    }
  }

  @Override
  public void await(String what, BooleanSupplier ready, Duration deadline) {
    String tried = "waiting until " + spec.name() + " is up (" + what + ")";
    long start = System.nanoTime();
    while (true) {
      Throwable seen = null;
      boolean fact = false;
      try {
        fact = ready.getAsBoolean();
      } catch (RuntimeException | AssertionError e) {
        seen = e;
      }
      // Asked after the fact: an answer may have come from another process, after ours had died.
      if (!process.isAlive()) {
        throw failure(tried, exitText(), seen);
      }
      if (fact) {
        return;
      }
      if (System.nanoTime() - start >= deadline.toNanos()) {
        String text =
            "it did not happen within " + seconds(deadline) + "; it runs (pid " + pid() + ")";
        throw failure(tried, text, seen);
      }
      try {
        process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure(tried, "this thread was interrupted", e);
      }
    }
  }

  @Override
  public void close() {
    synchronized (closing) {
      if (closed) {
        return;
      }
      long start = System.nanoTime();
      ProcessFamily family =
          ProcessFamily.marked(MarkedProcesses.ORIGIN, origin).and(process.descendants());
      endMain();
      Duration left = spec.stopGrace().minusNanos(System.nanoTime() - start);
      family.end(spec.name() + "'s descendants", left.isNegative() ? Duration.ZERO : left);
      closed = true;
    }
    ended.accept(this);
  }

  /** Ends the process, not its descendants. An interrupt ends the grace at once. */
  void endMain() {
    boolean interrupted = false;
    if (!spec.stopGrace().isZero()) {
      process.destroy();
      interrupted = !waitFor(spec.stopGrace());
    }
    if (process.isAlive()) {
      process.destroyForcibly();
    }
    // Waited for even in an interrupted thread: what was killed is gone in a moment.
    long killed = System.nanoTime();
    Duration left = ProcessFamily.SIGKILL_DEADLINE;
    while (process.isAlive() && !left.isNegative()) {
      interrupted |= !waitFor(left);
      left = ProcessFamily.SIGKILL_DEADLINE.minusNanos(System.nanoTime() - killed);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (process.isAlive()) {
      throw ProcessFamily.undying(spec.name(), Set.of(process.toHandle()));
    }
  }

  /** Returns false if it was interrupted; then this thread is so no more. */
  private boolean waitFor(Duration duration) {
    try {
      process.waitFor(duration.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  Stream<ProcessHandle> descendants() {
    return process.descendants();
  }

  private ToolboxException failure(String tried, String cameBack, @Nullable Throwable seen) {
    StringBuilder text = new StringBuilder(cameBack);
    if (seen != null) {
      text.append(System.lineSeparator()).append("Seen last: ").append(seen);
    }
    long free = usableBytes();
    if (free < FULL_BYTES) {
      text.append(System.lineSeparator())
          .append("No space left on device: ")
          .append(log().getParent())
          .append(" has ")
          .append(free)
          .append(" bytes");
    }
    text.append(System.lineSeparator()).append(ofItsLog());
    return new ToolboxException(tried, text.toString(), "", log(), seen);
  }

  private String ofItsLog() {
    try {
      List<String> excerpt = log.excerpt();
      String newLine = System.lineSeparator() + "  ";
      return excerpt.isEmpty()
          ? "It has logged nothing."
          : "From its log:" + newLine + String.join(newLine, excerpt);
    } catch (IOException e) {
      return "Its log cannot be read: " + ToolboxException.reason(e);
    }
  }

  private long usableBytes() {
    try {
      return Files.getFileStore(log()).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE; // Not what failed, and what failed is being told.
    }
  }

  private String exitText() {
    int code = process.exitValue();
    return "it exited with "
        + (code > 128 ? "code " + code + " (" + signal(code - 128) + ")" : "code " + code);
  }

  private static String signal(int number) {
    return switch (number) {
      case 1 -> "SIGHUP";
      case 2 -> "SIGINT";
      case 3 -> "SIGQUIT";
      case 4 -> "SIGILL";
      case 6 -> "SIGABRT";
      case 7 -> "SIGBUS";
      case 8 -> "SIGFPE";
      case 9 -> "SIGKILL";
      case 11 -> "SIGSEGV";
      case 13 -> "SIGPIPE";
      case 15 -> "SIGTERM";
      default -> "signal " + number;
    };
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }
}
