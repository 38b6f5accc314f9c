package dev.pilothouse.delve;

import dev.pilothouse.delve.DelveException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for hits. */
final class Waits {
  private final RunControl control;
  private final Supplier<String> whatItDoes;

  /**
   * Waits at a program.
   *
   * @param whatItDoes what the program does, for a message on a deadline
   */
  Waits(RunControl control, Supplier<String> whatItDoes) {
    this.control = control;
    this.whatItDoes = whatItDoes;
  }

  <T> T guarded(Supplier<T> question) {
    ReentrantLock lock = control.lock();
    lock.lock();
    try {
      return question.get();
    } finally {
      lock.unlock();
    }
  }

  void requireSound(String tried, OwnBreakpoint own) {
    guarded(
        () -> {
          own.requireSound(tried);
          return own;
        });
  }

  Hit hit(String tried, OwnBreakpoint own, Duration deadline) {
    return until(tried, own, deadline, own::take)
        .orElseThrow(() -> tooLate(tried, deadline, "it was not reached"));
  }

  Optional<Hit> next(String tried, OwnBreakpoint own, Duration patience) {
    return until(tried, own, patience, own::take);
  }

  List<Hit> hits(String tried, OwnBreakpoint own, int count, Duration deadline) {
    return until(
            tried,
            own,
            deadline,
            () -> own.hits().size() >= count ? Optional.of(own.hits()) : Optional.empty())
        .orElseThrow(
            () ->
                tooLate(
                    tried,
                    deadline,
                    "%d of %d hits have come; it was reached %d times"
                        .formatted(own.hits().size(), count, own.count())));
  }

  private <T> Optional<T> until(
      String tried, OwnBreakpoint own, Duration deadline, Supplier<Optional<T>> fact) {
    ReentrantLock lock = control.lock();
    long left = deadline.toNanos();
    try {
      lock.lockInterruptibly();
      try {
        while (true) {
          Optional<T> now = fact.get();
          if (now.isPresent()) {
            return now;
          }
          own.requireSound(tried);
          requireHope(tried, own);
          if (left <= 0) {
            return Optional.empty();
          }
          left = control.changed().awaitNanos(left);
        }
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DelveException(Kind.INTERRUPTED, tried, "this thread was interrupted", "", e);
    }
  }

  private void requireHope(String tried, OwnBreakpoint own) {
    DelveException why = control.ended();
    if (why != null) {
      throw RunControl.again(tried, why);
    }
    if (own.closed) {
      throw new DelveException(Kind.CLOSED, tried, "it was closed", "", null);
    }
    Stop stop = control.runs().last();
    if (stop != null && stop.fatal()) {
      throw new DelveException(
          Kind.EXITED,
          tried,
          "the program panics; it is stopped before it ends: " + whatItDoes.get(),
          "DelveSession.stack shows where; resume() lets it end",
          null);
    }
  }

  private DelveException tooLate(String tried, Duration deadline, String seen) {
    return new DelveException(
        Kind.TIMEOUT,
        tried,
        "%s within %d ms; %s".formatted(seen, deadline.toMillis(), whatItDoes.get()),
        "",
        (@Nullable Throwable) null);
  }
}
