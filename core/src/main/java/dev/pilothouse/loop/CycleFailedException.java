package dev.pilothouse.loop;

import dev.pilothouse.failure.PilothouseException;

/** A cycle failed. The message says at which step, why, and what runs now. */
public final class CycleFailedException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  private final transient CycleReport report;

  CycleFailedException(CycleReport report, RuntimeException failure) {
    super(
        "cycle, step "
            + report.steps().stream()
                .filter(CycleFailedException::failed)
                .findFirst()
                .map(Step::name)
                .orElse("?"),
        failure.getMessage() + now(report),
        "",
        null,
        failure);
    this.report = report;
  }

  /**
   * How the cycle went.
   *
   * @return its report; the outcome is {@code FAILED}
   */
  public CycleReport report() {
    return report;
  }

  private static boolean failed(Step step) {
    return step.status() == Step.Status.FAILED;
  }

  private static String now(CycleReport report) {
    return report
        .step(Cycle.ROLL_BACK)
        .map(step -> System.lineSeparator() + "Now: " + step.note())
        .orElse("");
  }
}
