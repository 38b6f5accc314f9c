package dev.pilothouse.loop;

import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.SourceEdit;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one cycle at a time, and remembers which istiod was good. */
final class SequentialLoop implements DevLoop {
  private static final Logger LOG = LoggerFactory.getLogger(SequentialLoop.class);

  private final DevLoopSpec spec;
  private final ReentrantLock running = new ReentrantLock();
  private IstiodBinary good; // guarded by running

  SequentialLoop(DevLoopSpec spec) {
    this.spec = spec;
    this.good = spec.istiod().binary();
  }

  @Override
  public CycleReport cycle(List<SourceEdit> edits) {
    CycleReport report = run(edits, new Overtaking(null));
    RuntimeException failure = report.failure();
    if (failure != null) {
      throw new CycleFailedException(report, failure);
    }
    return report;
  }

  @Override
  public Watch watch(Consumer<CycleReport> reports) {
    return TreeWatch.start(
        spec.source(),
        overtaking -> {
          CycleReport report = run(List.of(), overtaking);
          try {
            reports.accept(report);
          } catch (RuntimeException e) {
            LOG.warn("A listener of cycles failed; the watch goes on", e);
          }
        });
  }

  private CycleReport run(List<SourceEdit> edits, Overtaking overtaking) {
    running.lock();
    try {
      Cycle cycle = new Cycle(spec, edits, good, overtaking);
      CycleReport report = cycle.run(this::rollBack);
      if (report.outcome() == CycleReport.Outcome.VERIFIED) {
        good = spec.istiod().binary();
      }
      return report;
    } finally {
      overtaking.end();
      running.unlock();
    }
  }

  /** After a failure: says what runs now, or null when nothing had to be done. */
  private @Nullable String rollBack() {
    Istiod istiod = spec.istiod();
    if (istiod.binary().equals(good)) {
      return null;
    }
    // An interrupt ends the cycle, not the way back.
    boolean interrupted = Thread.interrupted();
    try {
      istiod.replaceWith(good, spec.deployDeadline());
      return "the last good istiod runs again, " + good.version().tag();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
