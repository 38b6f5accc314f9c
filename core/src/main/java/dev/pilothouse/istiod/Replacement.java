package dev.pilothouse.istiod;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What it took to run another istiod in place of one.
 *
 * <pre>{@code
 * Replacement replacement = istiod.replaceWith(changed, Duration.ofMinutes(1));
 * replacement.took();     // PT1.842S
 * replacement.table();    // one line a step
 * }</pre>
 *
 * @param steps the steps in their order, each begun when the one before was done
 */
public record Replacement(List<Step> steps) {
  /** Copies the list. */
  public Replacement {
    steps = List.copyOf(steps);
  }

  /**
   * One step.
   *
   * @param name what was done: {@code stop} and {@code start} of a process; in a cluster {@code
   *     deliver}, {@code rollout} (by new pods) or {@code swap} (in the pods that run), and {@code
   *     prove}
   * @param took how long it took
   * @param detail what to know about it, as the image that was delivered; empty for nothing
   */
  public record Step(String name, Duration took, String detail) {}

  /**
   * How long it took in all.
   *
   * @return the sum of the steps
   */
  public Duration took() {
    return steps.stream().map(Step::took).reduce(Duration.ZERO, Duration::plus);
  }

  /**
   * The steps as text, one line a step.
   *
   * @return for example {@code rollout 1842 ms}
   */
  public String table() {
    StringBuilder text = new StringBuilder();
    for (Step step : steps) {
      text.append(String.format("%-8s %6d ms", step.name(), step.took().toMillis()))
          .append(step.detail().isEmpty() ? "" : "  " + step.detail())
          .append(System.lineSeparator());
    }
    return text.toString();
  }

  /** Takes the time of one step after the other. */
  static final class Clock {
    private final List<Step> steps = new ArrayList<>();
    private long begun = System.nanoTime();

    /** Ends the step that has run since the last call, or since this was made. */
    void done(String name, String detail) {
      long now = System.nanoTime();
      steps.add(new Step(name, Duration.ofNanos(now - begun), detail));
      begun = now;
    }

    Replacement replacement() {
      return new Replacement(steps);
    }
  }
}
