package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Asks for a fact every few milliseconds. */
final class Poll {
  private static final long PAUSE_MILLIS = 5;

  private Poll() {}

  /**
   * How it ended.
   *
   * @param value the fact, or null when it did not come
   * @param exited whether waiting ended because nobody is left to bring the fact about
   * @param lastFailure what the last question ended with, or null
   */
  record Outcome<T>(@Nullable T value, boolean exited, @Nullable Exception lastFailure) {
    String seenLast() {
      if (lastFailure == null) {
        return "";
      }
      String message = lastFailure.getMessage();
      return lastFailure instanceof Seen && message != null ? message : lastFailure.toString();
    }
  }

  /** Says what a question saw when it saw something other than the fact. */
  static final class Seen extends Exception {
    private static final long serialVersionUID = 1L;

    Seen(String what) {
      super(what, null, false, false);
    }
  }

  /**
   * Asks until there is an answer, at least once.
   *
   * @param tried what is waited for, for the message when the thread is interrupted
   * @param question empty or a checked exception for "not yet"; an unchecked one ends it
   * @param exited whether to give up; asked after the question, so that an answer does not count
   *     that came from somebody else after ours had exited
   * @param limit how long at most
   */
  static <T> Outcome<T> until(
      String tried, Callable<Optional<T>> question, BooleanSupplier exited, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<T> answer = Optional.empty();
      Exception failure = null;
      try {
        answer = question.call();
      } catch (InterruptedException e) {
        throw interrupted(tried, e);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        failure = e;
      }
      if (exited.getAsBoolean()) {
        return new Outcome<>(null, true, failure);
      }
      if (answer.isPresent()) {
        return new Outcome<>(answer.get(), false, null);
      }
      if (System.nanoTime() >= end) {
        return new Outcome<>(null, false, failure);
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        throw interrupted(tried, e);
      }
    }
  }

  private static PilothouseException interrupted(String tried, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new PilothouseException(tried, "this thread was interrupted", "", null, e);
  }
}
