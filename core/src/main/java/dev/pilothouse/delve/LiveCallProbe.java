package dev.pilothouse.delve;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts by a tracepoint. */
final class LiveCallProbe implements CallProbe {
  private static final Logger LOG = LoggerFactory.getLogger(LiveCallProbe.class);

  private final LiveSession session;
  private final BreakpointSpec spec;

  LiveCallProbe(LiveSession session, BreakpointSpec spec) {
    this.session = session;
    this.spec = spec;
  }

  @Override
  public CallProbe where(String condition) {
    return new LiveCallProbe(session, spec.when(condition));
  }

  @Override
  public CallProbe loading(LoadLimits limits) {
    return new LiveCallProbe(session, spec.withArguments(limits));
  }

  @Override
  public CallProbe withStack(int frames) {
    return new LiveCallProbe(session, spec.withStack(frames));
  }

  @Override
  public Calls when(Runnable action) {
    return when(action, Duration.ZERO);
  }

  @Override
  public Calls when(Runnable action, Duration patience) {
    OwnBreakpoint own;
    try (LiveTracepoint trace = (LiveTracepoint) session.trace(spec)) {
      own = trace.own();
      action.run();
      if (!patience.isZero()) {
        awaitFirst(trace, patience);
      }
    }
    session.settled();
    session.waits().requireSound("counting the calls of " + own.what(), own);
    List<Hit> hits = session.waits().guarded(own::hits);
    // With a hit condition Delve counts also what it passes over.
    long count = spec.hitCondition().isEmpty() ? session.waits().guarded(own::count) : hits.size();
    return new Calls(spec, hits, count);
  }

  private static void awaitFirst(Tracepoint trace, Duration patience) {
    if (trace.next(patience).isEmpty()) {
      LOG.debug("{} was not reached within {} ms", trace, patience.toMillis());
    }
  }
}
