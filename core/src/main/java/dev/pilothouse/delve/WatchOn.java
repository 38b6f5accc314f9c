package dev.pilothouse.delve;

/** What stops the program at a watchpoint. */
public enum WatchOn {
  /** Reading the memory. */
  READ(1),
  /** Writing to it. */
  WRITE(2),
  /** Both. */
  READ_WRITE(3);

  private final int number;

  WatchOn(int number) {
    this.number = number;
  }

  /** Delve's number for it. */
  int number() {
    return number;
  }
}
