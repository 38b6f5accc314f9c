package dev.pilothouse.delve;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The calls of a function while something happened. The assertions are plain: they throw {@link
 * AssertionError} and need no test library.
 *
 * @param what what was looked for
 * @param hits the calls, oldest first
 * @param count how many there were, as Delve has counted
 */
public record Calls(BreakpointSpec what, List<Hit> hits, long count) {
  private static final int SHOWN = 5;

  /** Copies the list. */
  public Calls {
    hits = List.copyOf(hits);
  }

  /**
   * Whether there was one.
   *
   * @return true if it was called
   */
  public boolean reached() {
    return count > 0;
  }

  /**
   * The first call.
   *
   * @return the first
   * @throws AssertionError if there was none
   */
  public Hit first() {
    requireReached();
    return hits.get(0);
  }

  /**
   * Insists that it was called.
   *
   * @return this
   * @throws AssertionError if it was not
   */
  public Calls requireReached() {
    if (hits.isEmpty()) {
      throw new AssertionError(what.place() + " was not reached" + condition());
    }
    return this;
  }

  /**
   * Insists that it was not called.
   *
   * @return this
   * @throws AssertionError if it was, with the first calls
   */
  public Calls requireNone() {
    if (reached()) {
      throw new AssertionError(
          "%s was reached %d times%s:%s"
              .formatted(
                  what.place(),
                  count,
                  condition(),
                  hits.stream()
                      .limit(SHOWN)
                      .map(hit -> System.lineSeparator() + "  " + hit)
                      .collect(Collectors.joining())));
    }
    return this;
  }

  /**
   * Insists on the number of calls.
   *
   * @param expected how many there must have been
   * @return this
   * @throws AssertionError if there were more or fewer
   */
  public Calls requireCount(long expected) {
    if (count != expected) {
      throw new AssertionError(
          "%s was reached %d times, not %d%s"
              .formatted(what.place(), count, expected, condition()));
    }
    return this;
  }

  private String condition() {
    return what.condition().isEmpty() ? "" : " with " + what.condition();
  }
}
