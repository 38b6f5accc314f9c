package dev.pilothouse.delve;

import dev.pilothouse.internal.TimeLeft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds producers by a tracepoint at all returns of the candidates. */
final class LiveProducerProbe implements ProducerProbe {
  private static final int STACK = 50;
  private static final LoadLimits LIMITS = new LoadLimits(true, 2, 256, 32, -1);

  private final LiveSession session;
  private final String part;
  private final String candidates;
  private final LoadLimits limits;

  LiveProducerProbe(LiveSession session, String part, String candidates) {
    this(session, part, candidates, LIMITS);
  }

  private LiveProducerProbe(
      LiveSession session, String part, String candidates, LoadLimits limits) {
    if (part.isEmpty()) {
      throw new IllegalArgumentException("which part? A name in it, or another text");
    }
    this.session = session;
    this.part = part;
    this.candidates = candidates;
    this.limits = limits;
  }

  @Override
  public ProducerProbe among(String regex) {
    return new LiveProducerProbe(session, part, regex, limits);
  }

  @Override
  public ProducerProbe loading(LoadLimits other) {
    return new LiveProducerProbe(session, part, candidates, other);
  }

  @Override
  public Producers when(Runnable push) {
    return when(push, Duration.ZERO);
  }

  @Override
  public Producers when(Runnable push, Duration patience) {
    BreakpointSpec spec = BreakpointSpec.returns(candidates).withArguments(limits).withStack(STACK);
    OwnBreakpoint own;
    try (LiveTracepoint trace = (LiveTracepoint) session.trace(spec)) {
      own = trace.own();
      push.run();
      awaitFirst(trace, patience);
    }
    session.settled();
    return read(session.waits().guarded(own::hits));
  }

  private void awaitFirst(LiveTracepoint trace, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    Optional<Hit> hit = trace.next(TimeLeft.until(end));
    while (hit.isPresent() && producer(hit.get()).isEmpty()) {
      hit = trace.next(TimeLeft.until(end));
    }
  }

  private Producers read(List<Hit> hits) {
    List<Producer> producers = new ArrayList<>();
    Map<String, Integer> reached = new LinkedHashMap<>();
    for (Hit hit : hits) {
      reached.merge(hit.location().function(), 1, Integer::sum);
      producer(hit).ifPresent(producers::add);
    }
    return new Producers(part, producers, reached);
  }

  private Optional<Producer> producer(Hit hit) {
    return hit.results().stream()
        .flatMap(result -> PartSearch.in(result, part).stream())
        .findFirst()
        .map(found -> new Producer(hit, found.path(), found.text()));
  }
}
