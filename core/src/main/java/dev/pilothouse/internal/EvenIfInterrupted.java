package dev.pilothouse.internal;

/** For what has to be undone or ended also by a thread that is being interrupted. */
public final class EvenIfInterrupted {
  private EvenIfInterrupted() {}

  /**
   * Does it with the thread's interrupt flag taken away, and sets the flag again.
   *
   * @param work what has to be done; what it throws is thrown
   */
  public static void run(Runnable work) {
    boolean interrupted = Thread.interrupted();
    try {
      work.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
