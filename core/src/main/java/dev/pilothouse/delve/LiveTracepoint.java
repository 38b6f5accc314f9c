package dev.pilothouse.delve;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A tracepoint of a live session. */
final class LiveTracepoint implements Tracepoint {
  private final LiveSession session;
  private final BreakpointSpec spec;
  private final OwnBreakpoint own;

  LiveTracepoint(LiveSession session, BreakpointSpec spec, OwnBreakpoint own) {
    this.session = session;
    this.spec = spec;
    this.own = own;
  }

  OwnBreakpoint own() {
    return own;
  }

  @Override
  public BreakpointSpec spec() {
    return spec;
  }

  @Override
  public List<SourceLocation> locations() {
    return own.locations;
  }

  @Override
  public List<Hit> hits() {
    return session.waits().guarded(own::hits);
  }

  @Override
  public long count() {
    return session.waits().guarded(own::count);
  }

  @Override
  public Optional<Hit> next(Duration patience) {
    return session.waits().next("waiting for " + own.what(), own, patience);
  }

  @Override
  public List<Hit> await(int hits, Duration deadline) {
    return session.waits().hits("waiting for " + own.what(), own, hits, deadline);
  }

  @Override
  public void close() {
    session.takeOut(own);
  }

  @Override
  public String toString() {
    return "Tracepoint[" + own.what() + "]";
  }
}
