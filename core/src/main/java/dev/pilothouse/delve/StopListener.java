package dev.pilothouse.delve;

/** Is told when the program stops. Called with the lock of {@link RunControl} held. */
interface StopListener {
  /** What a stop means. */
  enum Verdict {
    /** It was for a tracepoint or a request of ours: the program may go on. */
    GO_ON,
    /** A breakpoint of ours was reached: it stays stopped until somebody says so. */
    STAY,
    /** Nothing of ours: whoever stopped it lets it go on. */
    LEAVE,
    /** A tracepoint of another client, which lets it go on at once, if it is still there. */
    LEAVE_FOR_A_MOMENT
  }

  /**
   * The program has stopped. Must not ask Delve anything: the program waits.
   *
   * @param haltAsked whether we asked for it
   */
  Verdict stopped(Stop stop, boolean haltAsked);

  /** Whether a breakpoint of ours has been reached since it was last told. */
  boolean unseen(Stop stop);

  /** Delve could not evaluate a condition at a stop. Returns whether it was one of ours. */
  boolean conditionFailed(Stop stop, String words);

  /** No stop will come any more. */
  void ended(DelveException why);
}
