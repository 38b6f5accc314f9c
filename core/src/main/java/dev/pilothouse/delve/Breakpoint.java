package dev.pilothouse.delve;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A breakpoint of ours: the program stops there, and stays stopped until {@link
 * DelveSession#resume()} or the session's end. It ends with {@link #close()} or with its session.
 * Safe for use by several threads.
 */
public interface Breakpoint extends AutoCloseable {
  /**
   * What was asked for.
   *
   * @return the specification; empty for a watchpoint
   */
  Optional<BreakpointSpec> spec();

  /**
   * Where it lies.
   *
   * @return one location, or several for inlined and generic functions and regular expressions
   */
  List<SourceLocation> locations();

  /**
   * Waits until it is reached. A hit that came before and was not awaited yet counts. Whoever
   * awaits has the program stopped at the hit, unless somebody lets it go on.
   *
   * @param deadline how long to wait
   * @return the hit
   * @throws DelveException of kind TIMEOUT on the deadline, with what the program does meanwhile;
   *     of kind EXPRESSION if its condition cannot be evaluated; if the program ends, the
   *     connection is lost or the thread is interrupted, at once
   */
  Hit await(Duration deadline);

  /**
   * The hits so far that nobody has awaited.
   *
   * @return the hits, oldest first
   */
  List<Hit> pending();

  /**
   * Takes it out. The program is stopped for a moment if it runs; a program that is stopped stays
   * so. Does nothing when the session or the program has ended.
   */
  @Override
  void close();
}
