package dev.pilothouse.internal;

import dev.pilothouse.failure.PilothouseException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a fact until it is there. It asks again after a fiftieth of the time waited so far, but
 * after 5 ms at the soonest and 50 ms at the latest: what comes soon is seen soon, and a server
 * that takes long is not beset.
 */
public final class Poll {
  private static final long SHORTEST_PAUSE_NANOS = 5_000_000;
  private static final long LONGEST_PAUSE_NANOS = 50_000_000;
  private static final int PAUSE_SHARE = 50;

  private Poll() {}

  /**
   * How it ended.
   *
   * @param value the fact, or null when it did not come
   * @param hopeless whether waiting ended because nobody is left to bring the fact about
   * @param lastFailure what the last question ended with, or null
   */
  public record Outcome<T>(@Nullable T value, boolean hopeless, @Nullable Exception lastFailure) {
    /**
     * What the last question saw instead of the fact.
     *
     * @return empty when it just got no answer
     */
    public String seenLast() {
      if (lastFailure == null) {
        return "";
      }
      String message = lastFailure.getMessage();
      return lastFailure instanceof NotYet && message != null ? message : lastFailure.toString();
    }
  }

  /** Says what a question saw when it saw something other than the fact. */
  public static final class NotYet extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the answer "not yet".
     *
     * @param seen what was seen instead
     */
    public NotYet(String seen) {
      super(seen, null, false, false);
    }
  }

  /**
   * Asks until there is an answer, at least once.
   *
   * @param <T> the fact's type
   * @param tried what is waited for, for the message when the thread is interrupted
   * @param deadline how long at most
   * @param question empty or a checked exception for "not yet"; an unchecked one ends it
   * @return the fact, or that it did not come
   * @throws PilothouseException if the thread is interrupted; its flag stays set
   */
  public static <T> Outcome<T> until(
      String tried, Duration deadline, Callable<Optional<T>> question) {
    return until(tried, deadline, () -> false, question);
  }

  /**
   * Asks until there is an answer or no hope of one, at least once.
   *
   * @param <T> the fact's type
   * @param tried what is waited for, for the message when the thread is interrupted
   * @param deadline how long at most
   * @param hopeless whether to give up; asked after the question, so that an answer does not count
   *     that came from somebody else after ours had exited
   * @param question empty or a checked exception for "not yet"; an unchecked one ends it
   * @return the fact, or that it did not come
   * @throws PilothouseException if the thread is interrupted; its flag stays set
   */
  public static <T> Outcome<T> until(
      String tried, Duration deadline, BooleanSupplier hopeless, Callable<Optional<T>> question) {
    long start = System.nanoTime();
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
      if (hopeless.getAsBoolean()) {
        return new Outcome<>(null, true, failure);
      }
      if (answer.isPresent()) {
        return new Outcome<>(answer.get(), false, null);
      }
      long waited = System.nanoTime() - start;
      if (waited >= deadline.toNanos()) {
        return new Outcome<>(null, false, failure);
      }
      try {
        Thread.sleep(Duration.ofNanos(pauseAfter(waited)).toMillis());
      } catch (InterruptedException e) {
        throw interrupted(tried, e);
      }
    }
  }

  /**
   * Asks until there is an answer, and fails without one.
   *
   * @param <T> the fact's type
   * @param tried what is waited for, for the message
   * @param deadline how long at most
   * @param question empty or a checked exception for "not yet"; an unchecked one ends it
   * @return the fact
   * @throws PilothouseException if it does not come in time, saying what was seen last, or if the
   *     thread is interrupted; its flag stays set
   */
  public static <T> T require(String tried, Duration deadline, Callable<Optional<T>> question) {
    Outcome<T> outcome = until(tried, deadline, question);
    if (outcome.value() != null) {
      return outcome.value();
    }
    String seen = outcome.seenLast();
    throw new PilothouseException(
        tried,
        "not within "
            + deadline.toMillis()
            + " ms"
            + (seen.isEmpty() ? "" : "; seen last: " + seen),
        "",
        null,
        outcome.lastFailure());
  }

  private static long pauseAfter(long waited) {
    return Math.min(Math.max(waited / PAUSE_SHARE, SHORTEST_PAUSE_NANOS), LONGEST_PAUSE_NANOS);
  }

  private static PilothouseException interrupted(String tried, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new PilothouseException(tried, "this thread was interrupted", "", null, e);
  }
}
