package dev.pilothouse.workload;

import dev.pilothouse.failure.PilothouseException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Asks for a fact every few milliseconds. */
final class Poll {
  private static final long PAUSE_MILLIS = 5;

  private Poll() {}

  /** Says what a question saw when it saw something other than the fact. */
  static final class NotYet extends Exception {
    private static final long serialVersionUID = 1L;

    NotYet(String seen) {
      super(seen, null, false, false);
    }
  }

  /**
   * Asks until there is an answer, at least once.
   *
   * @param tried what is waited for, for the message on failure
   * @param deadline how long at most
   * @param question empty or an exception for "not yet"; a {@link PilothouseException} ends it
   */
  static <T> T until(String tried, Duration deadline, Callable<Optional<T>> question) {
    long end = System.nanoTime() + deadline.toNanos();
    while (true) {
      @Nullable Exception failure = null;
      try {
        Optional<T> answer = question.call();
        if (answer.isPresent()) {
          return answer.get();
        }
      } catch (PilothouseException e) {
        throw e;
      } catch (InterruptedException e) {
        throw interrupted(tried, e);
      } catch (Exception e) {
        failure = e;
      }
      if (System.nanoTime() - end >= 0) {
        throw new PilothouseException(
            tried,
            "not within " + deadline.toMillis() + " ms" + seenLast(failure),
            "",
            null,
            failure);
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        throw interrupted(tried, e);
      }
    }
  }

  private static String seenLast(@Nullable Exception failure) {
    if (failure == null) {
      return "";
    }
    return "; seen last: "
        + (failure instanceof NotYet ? String.valueOf(failure.getMessage()) : failure);
  }

  private static PilothouseException interrupted(String tried, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new PilothouseException(tried, "this thread was interrupted", "", null, e);
  }
}
