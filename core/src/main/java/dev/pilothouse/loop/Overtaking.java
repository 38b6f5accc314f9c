package dev.pilothouse.loop;

import org.jspecify.annotations.Nullable;

/**
 * Lets a newer save give up the cycle that is under way: at once by an interrupt, but not in the
 * middle of a deployment, which would leave an istiod half replaced.
 */
final class Overtaking {
  private final @Nullable Thread thread;
  private boolean overtaken;
  private boolean deploying;
  private boolean ended;

  /** For cycles of one thread; null for a cycle that nothing overtakes. */
  Overtaking(@Nullable Thread thread) {
    this.thread = thread;
  }

  synchronized void overtake() {
    if (thread != null && !ended) {
      overtaken = true;
      if (!deploying) {
        thread.interrupt();
      }
    }
  }

  synchronized boolean overtaken() {
    return overtaken;
  }

  /** From here to {@link #deployed} the cycle is not interrupted. */
  synchronized void deploying() {
    check();
    deploying = true;
  }

  synchronized void deployed() {
    deploying = false;
  }

  /** Ends a cycle that has been given up. */
  synchronized void check() {
    if (overtaken) {
      throw new OvertakenException();
    }
  }

  /** The cycle is over; an interrupt that came by {@link #overtake} does not outlive it. */
  synchronized void end() {
    ended = true;
    if (overtaken) {
      Thread.interrupted();
    }
  }

  /** The cycle has been given up. */
  static final class OvertakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OvertakenException() {
      super("a newer save came", null, false, false);
    }
  }
}
