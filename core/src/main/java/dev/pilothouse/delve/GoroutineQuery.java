package dev.pilothouse.delve;

import java.util.ArrayList;
import java.util.List;

/**
 * Which goroutines to list, page by page.
 *
 * <pre>{@code
 * GoroutineQuery.all().at("xds.(*DiscoveryServer)").page(0, 200)
 * }</pre>
 *
 * @param start where to start; 0, or {@link GoroutinePage#next()} of the page before
 * @param count how many goroutines to look at, before the filters
 * @param filters which of them to give; all must hold
 */
public record GoroutineQuery(int start, int count, List<Filter> filters) {
  /**
   * A condition on a goroutine.
   *
   * @param field what is looked at
   * @param text what it must contain; for labels {@code key=value}; unused for {@code RUNNING} and
   *     {@code USER}
   * @param negated whether it must not hold
   */
  public record Filter(Field field, String text, boolean negated) {}

  /** What a filter looks at. A location is {@code file:line in function}. */
  public enum Field {
    /** Where it is. */
    CURRENT(1),
    /** Where it is, calls inside Go's runtime left out. */
    LOCATION(2),
    /** The statement that started it. */
    STARTED_AT(3),
    /** The function that it began with. */
    BEGAN_IN(4),
    /** Its pprof labels. */
    LABEL(5),
    /** Whether a thread runs it. */
    RUNNING(6),
    /** Whether it is none of Go's own. */
    USER(7);

    private final int number;

    Field(int number) {
      this.number = number;
    }

    /** Delve's number for it. */
    int number() {
      return number;
    }
  }

  /** Copies the list. */
  public GoroutineQuery {
    filters = List.copyOf(filters);
  }

  /**
   * All goroutines, 1,000 a page.
   *
   * @return a query
   */
  public static GoroutineQuery all() {
    return new GoroutineQuery(0, 1_000, List.of());
  }

  /**
   * Those that are in a place, calls inside Go's runtime left out.
   *
   * @param text a part of {@code file:line in function}
   * @return a query with one filter more
   */
  public GoroutineQuery at(String text) {
    return with(new Filter(Field.LOCATION, text, false));
  }

  /**
   * One filter more.
   *
   * @param filter the filter
   * @return a copy
   */
  public GoroutineQuery with(Filter filter) {
    List<Filter> all = new ArrayList<>(filters);
    all.add(filter);
    return new GoroutineQuery(start, count, all);
  }

  /**
   * Another page.
   *
   * @param from where to start
   * @param size how many to look at
   * @return a copy
   */
  public GoroutineQuery page(int from, int size) {
    return new GoroutineQuery(from, size, filters);
  }
}
