package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for facts. */
final class Poll {
  private static final long FIRST_PAUSE_MILLIS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 50;

  private Poll() {}

  /**
   * Asks again and again until the fact is there.
   *
   * @return false if the deadline passed first
   * @throws PilothouseException if the thread is interrupted; its flag stays set
   */
  static boolean until(String what, Duration deadline, BooleanSupplier fact) {
    long end = System.nanoTime() + deadline.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (!fact.getAsBoolean()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PilothouseException("waiting until " + what, "interrupted", "", null, e);
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
    return true;
  }
}
