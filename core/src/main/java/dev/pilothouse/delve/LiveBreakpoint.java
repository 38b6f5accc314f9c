package dev.pilothouse.delve;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A breakpoint of a live session. */
final class LiveBreakpoint implements Breakpoint {
  private final LiveSession session;
  private final OwnBreakpoint own;

  LiveBreakpoint(LiveSession session, OwnBreakpoint own) {
    this.session = session;
    this.own = own;
  }

  @Override
  public Optional<BreakpointSpec> spec() {
    return own.spec;
  }

  @Override
  public List<SourceLocation> locations() {
    return own.locations;
  }

  @Override
  public Hit await(Duration deadline) {
    return session.waits().hit("waiting for " + own.what(), own, deadline);
  }

  @Override
  public List<Hit> pending() {
    return session.waits().guarded(own::notTaken);
  }

  @Override
  public void close() {
    session.takeOut(own);
  }

  @Override
  public String toString() {
    return "Breakpoint[" + own.what() + "]";
  }
}
