package dev.pilothouse.console;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.TimeLeft;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Follows the logs of all replicas. */
final class FollowedLogs implements LogStream {
  private static final int MOST_WAITING = 100_000;
  private static final int TOLD = 5;
  private static final long PAUSE_MILLIS = 20;

  /** Asking which replicas there are costs a question to the API server. */
  private static final long REPLICAS_NANOS = Duration.ofSeconds(1).toNanos();

  private final Supplier<List<Replica>> replicas;
  private final Predicate<LogLine> filter;
  private final Map<String, TailedLog> logs = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final Deque<LogEntry> waiting = new ArrayDeque<>();
  private final Thread reader = new Thread(this::read, "pilothouse-console-log");
  private long dropped;
  private boolean closed;
  private @Nullable Exception failure;

  private FollowedLogs(Supplier<List<Replica>> replicas, Predicate<LogLine> filter) {
    this.replicas = replicas;
    this.filter = filter;
  }

  static FollowedLogs begin(Supplier<List<Replica>> replicas, Predicate<LogLine> filter) {
    FollowedLogs stream = new FollowedLogs(replicas, filter);
    try {
      for (Replica replica : replicas.get()) {
        stream.logs.put(replica.name(), TailedLog.fromEnd(replica.name(), replica.log()));
      }
    } catch (IOException e) {
      stream.closeLogs();
      throw new PilothouseException("following istiod's log", e.toString(), "", null, e);
    }
    stream.reader.setDaemon(true);
    stream.reader.start();
    return stream;
  }

  private void read() {
    long looked = System.nanoTime();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        for (TailedLog log : logs.values()) {
          offer(log.look());
        }
        if (System.nanoTime() - looked > REPLICAS_NANOS) {
          findNew();
          looked = System.nanoTime();
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } catch (IOException | RuntimeException e) {
      end(e);
    } finally {
      closeLogs();
    }
  }

  /** Those that have come since are read from their start. */
  private void findNew() throws IOException {
    for (Replica replica : replicas.get()) {
      if (!logs.containsKey(replica.name())) {
        logs.put(replica.name(), TailedLog.fromStart(replica.name(), replica.log()));
      }
    }
  }

  private void offer(List<LogEntry> entries) {
    lock.lock();
    try {
      for (LogEntry entry : entries) {
        if (filter.test(entry.line())) {
          waiting.add(entry);
        }
      }
      while (waiting.size() > MOST_WAITING) {
        waiting.remove();
        dropped++;
      }
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end(Exception reason) {
    lock.lock();
    try {
      failure = reason;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<LogEntry> next(Duration deadline) {
    long left = deadline.toNanos();
    lock.lock();
    try {
      while (waiting.isEmpty()) {
        requireReading();
        if (left <= 0) {
          return Optional.empty();
        }
        left = more.awaitNanos(left);
      }
      return Optional.of(waiting.remove());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException(
          "following istiod's log", "this thread was interrupted", "", null, e);
    } finally {
      lock.unlock();
    }
  }

  private void requireReading() {
    if (closed) {
      throw new PilothouseException("following istiod's log", "it is closed", "", null, null);
    }
    if (failure != null) {
      throw new PilothouseException(
          "following istiod's log", String.valueOf(failure.getMessage()), "", null, failure);
    }
  }

  @Override
  public List<LogEntry> drain() {
    lock.lock();
    try {
      List<LogEntry> all = new ArrayList<>(waiting);
      waiting.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public LogEntry await(Predicate<LogLine> wanted, Duration deadline) {
    return await(
        "waiting for an entry of istiod's log",
        entry -> wanted.test(entry.line()) ? Optional.of(entry) : Optional.empty(),
        deadline);
  }

  @Override
  public <E extends XdsEvent> E await(Class<E> kind, Predicate<E> wanted, Duration deadline) {
    return await(
        "waiting for a " + kind.getSimpleName() + " in istiod's log",
        entry -> entry.line().event().filter(kind::isInstance).map(kind::cast).filter(wanted),
        deadline);
  }

  private <T> T await(String tried, Function<LogEntry, Optional<T>> choice, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    Deque<LogEntry> last = new ArrayDeque<>();
    while (true) {
      Optional<LogEntry> entry = next(TimeLeft.until(end));
      if (entry.isEmpty()) {
        throw notSeen(tried, deadline, last);
      }
      Optional<T> chosen = choice.apply(entry.get());
      if (chosen.isPresent()) {
        return chosen.get();
      }
      last.add(entry.get());
      if (last.size() > TOLD) {
        last.remove();
      }
    }
  }

  private static PilothouseException notSeen(
      String tried, Duration deadline, Deque<LogEntry> last) {
    StringBuilder text = new StringBuilder("none came within ");
    text.append(deadline.toMillis()).append(" ms");
    text.append(last.isEmpty() ? "; nothing was logged that passes the filter" : "; seen last:");
    last.forEach(entry -> text.append(System.lineSeparator()).append("  ").append(entry));
    return new PilothouseException(
        tried,
        text.toString(),
        "pushes are logged at level info of the scope delta, those of endpoints alone at debug",
        null,
        null);
  }

  @Override
  public long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      more.signalAll();
    } finally {
      lock.unlock();
    }
    reader.interrupt();
    boolean interrupted = false;
    try {
      reader.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** By the thread that reads, when it ends. */
  private void closeLogs() {
    for (TailedLog log : logs.values()) {
      try {
        log.close();
      } catch (IOException e) {
        end(e);
      }
    }
  }
}
