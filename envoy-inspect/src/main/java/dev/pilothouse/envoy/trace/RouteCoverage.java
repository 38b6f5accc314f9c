package dev.pilothouse.envoy.trace;

import java.util.List;
import java.util.Locale;

/**
 * Which routes a suite of requests reached.
 *
 * @param reached routes that a request surely went to, or may at random; in the order of the
 *     configuration
 * @param maybe routes that only undecided requests may have gone to
 * @param unreached routes that no request went to
 */
public record RouteCoverage(
    List<Decision> reached, List<Decision> maybe, List<Decision> unreached) {
  /** Copies the lists. */
  public RouteCoverage {
    reached = List.copyOf(reached);
    maybe = List.copyOf(maybe);
    unreached = List.copyOf(unreached);
  }

  /**
   * How much was reached.
   *
   * @return from 0 to 1; 1 when there are no routes
   */
  public double share() {
    int all = reached.size() + maybe.size() + unreached.size();
    return all == 0 ? 1 : (double) reached.size() / all;
  }

  /**
   * The report for people.
   *
   * @return a line with the sum, then one for each route that was not surely reached
   */
  public String table() {
    StringBuilder text = new StringBuilder(toString());
    unreached.forEach(route -> text.append("\n  not reached: ").append(line(route)));
    maybe.forEach(route -> text.append("\n  maybe:       ").append(line(route)));
    return text.toString();
  }

  private static String line(Decision route) {
    return route.toString() + (route.name().isEmpty() ? "" : " at " + route.pointer());
  }

  /** One line: how many of how many. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d of %d routes reached (%.0f %%)%s",
        reached.size(),
        reached.size() + maybe.size() + unreached.size(),
        share() * 100,
        maybe.isEmpty() ? "" : ", " + maybe.size() + " maybe");
  }
}
