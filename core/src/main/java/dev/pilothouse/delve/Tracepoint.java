package dev.pilothouse.delve;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A place at which every hit is read, and the program goes on at once. Hits are kept until the
 * tracepoint is closed, and after. Safe for use by several threads.
 *
 * <pre>{@code
 * try (Tracepoint trace = debug.trace(BreakpointSpec.function("xds.(*DiscoveryServer).Push"))) {
 *   cluster.apply(rule);
 *   Hit first = trace.next(Duration.ofSeconds(5)).orElseThrow();
 * }
 * }</pre>
 *
 * <p>While an IDE has let the program run, the IDE may let it go on before the arguments are read:
 * such a hit has none, or is among those that {@link #count()} counts and {@link #hits()} lacks.
 */
public interface Tracepoint extends AutoCloseable {
  /**
   * What was asked for.
   *
   * @return the specification
   */
  BreakpointSpec spec();

  /**
   * Where it lies.
   *
   * @return one location or several
   */
  List<SourceLocation> locations();

  /**
   * The hits so far.
   *
   * @return the hits, oldest first
   */
  List<Hit> hits();

  /**
   * How often it was reached so far, as Delve has counted: up to date at each hit.
   *
   * @return the count
   */
  long count();

  /**
   * The next hit that this method has not given yet.
   *
   * @param patience how long to wait for it
   * @return the hit, or empty when none came
   * @throws DelveException if the program ends, the connection is lost or the thread is interrupted
   */
  Optional<Hit> next(Duration patience);

  /**
   * Waits until it was reached so often.
   *
   * @param hits how often, counted from when it was set
   * @param deadline how long to wait
   * @return the hits so far
   * @throws DelveException of kind TIMEOUT on the deadline, with what was seen; as {@link #next}
   */
  List<Hit> await(int hits, Duration deadline);

  /** Takes it out; see {@link Breakpoint#close()}. */
  @Override
  void close();
}
