package dev.pilothouse.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code dlv trace} at a process, which prints a line for each call and each return. */
final class DlvTrace implements AutoCloseable {
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final Process process;
  private final List<Long> lines = new ArrayList<>();

  private DlvTrace(Process process) {
    this.process = process;
  }

  static DlvTrace attach(Path dlv, long pid, String functions) throws IOException {
    Process process =
        new ProcessBuilder(dlv.toString(), "trace", "-p", String.valueOf(pid), functions)
            .redirectErrorStream(true)
            .start();
    DlvTrace trace = new DlvTrace(process);
    Thread reader = new Thread(trace::read, "dlv-trace");
    reader.setDaemon(true);
    reader.start();
    return trace;
  }

  private void read() {
    try (BufferedReader from = process.inputReader(StandardCharsets.UTF_8)) {
      String line = from.readLine();
      while (line != null) {
        if (line.startsWith(">")) {
          synchronized (lines) {
            lines.add(System.nanoTime());
            lines.notifyAll();
          }
        } else {
          System.out.println("dlv trace: " + line);
        }
        line = from.readLine();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It does not say when it traces: does something until it has, and until it is quiet again. */
  void awaitReady(Runnable something) throws InterruptedException {
    int seen = 0;
    while (seen == 0) {
      something.run();
      seen = awaitMore(0);
    }
    int last = 0;
    while (seen != last) {
      last = seen;
      seen = awaitMore(seen);
    }
    synchronized (lines) {
      lines.clear();
    }
  }

  private int awaitMore(int than) throws InterruptedException {
    long end = System.nanoTime() + QUIET.toNanos();
    synchronized (lines) {
      while (lines.size() <= than && System.nanoTime() < end) {
        TimeUnit.NANOSECONDS.timedWait(lines, end - System.nanoTime());
      }
      return lines.size();
    }
  }

  /** The time from line to line. */
  Duration awaitLines(int count, Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    synchronized (lines) {
      while (lines.size() < count) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw new IllegalStateException("dlv trace printed " + lines.size() + " lines");
        }
        TimeUnit.NANOSECONDS.timedWait(lines, left);
      }
      return Duration.ofNanos((lines.get(count - 1) - lines.get(0)) / (count - 1));
    }
  }

  /** It detaches when it is interrupted; the traced program goes on. */
  @Override
  public void close() throws IOException {
    try {
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IOException("dlv trace does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
