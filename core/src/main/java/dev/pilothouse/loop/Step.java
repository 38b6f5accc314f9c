package dev.pilothouse.loop;

import java.time.Duration;
import java.util.Locale;

/**
 * One step of a {@linkplain DevLoop#cycle cycle}.
 *
 * @param name {@code detect}, {@code compile}, the steps of the {@link
 *     dev.pilothouse.istiod.Replacement} (as {@code deliver} and {@code rollout}) or {@code deploy}
 *     when it was skipped or failed, {@code acknowledge}, {@code verify}, {@code compare}, {@code
 *     roll back}
 * @param status how it ended
 * @param took how long it took; zero for one that was skipped
 * @param note what was done, why it was skipped or what went wrong, in one line; may be empty
 */
public record Step(String name, Status status, Duration took, String note) {
  /** How a step ended. */
  public enum Status {
    /** It was done. */
    DONE,
    /** There was nothing to do; the note says why. */
    SKIPPED,
    /** It failed, and the cycle with it; the note holds the first line of the failure. */
    FAILED
  }

  static Step done(String name, Duration took, String note) {
    return new Step(name, Status.DONE, took, note);
  }

  static Step skipped(String name, String why) {
    return new Step(name, Status.SKIPPED, Duration.ZERO, why);
  }

  /** A line of a table. */
  String line() {
    String time = status == Status.SKIPPED ? "–" : "%,d ms".formatted(took.toMillis());
    String word = status == Status.DONE ? "" : status.name().toLowerCase(Locale.ROOT);
    String rest = word.isEmpty() || note.isEmpty() ? word + note : word + ": " + note;
    return "  %-12s %10s  %s".formatted(name, time, rest).stripTrailing();
  }
}
