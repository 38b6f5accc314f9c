package dev.pilothouse.envoy.trace;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that may become of a request.
 *
 * @param chosen the route, or null when none matches
 * @param outcome what comes of it
 * @param share how likely it is, from 0 to 1; not a number when nobody can tell
 */
public record Choice(@Nullable Decision chosen, Outcome outcome, double share) {
  /**
   * The route.
   *
   * @return the route, or empty when none matches
   */
  public Optional<Decision> route() {
    return Optional.ofNullable(chosen);
  }

  /** One line: the share, the route and its outcome. */
  @Override
  public String toString() {
    String route =
        chosen == null ? "" : (chosen.name().isEmpty() ? chosen.pointer() : chosen.name());
    return percent(share) + (route.isEmpty() ? "" : " route " + route + ":") + " " + outcome;
  }

  static String percent(double share) {
    return Double.isNaN(share)
        ? "maybe"
        : String.format(Locale.ROOT, "%.2f", share * 100).replaceFirst("\\.?0+$", "") + " %";
  }
}
