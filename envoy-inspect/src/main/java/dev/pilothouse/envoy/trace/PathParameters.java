package dev.pilothouse.envoy.trace;

import org.jspecify.annotations.Nullable;

/**
 * What of a path is matched, when a route configuration may ignore parameters behind semicolons.
 */
enum PathParameters {
  /** All of it. */
  KEPT,
  /** All of it; what becomes of stars in it is not known. */
  KEPT_WITHOUT_STARS,
  /** What is in front of the first semicolon, as before Envoy 1.39. */
  CUT_AT_FIRST,
  /** Each segment without what is behind its semicolon, as since then. */
  CUT_IN_EACH_SEGMENT,
  /** One of the two ways; nobody can tell which Envoy it is. */
  UNKNOWN;

  static PathParameters of(boolean ignored, RuntimeSettings runtime) {
    if (!ignored) {
      return KEPT;
    }
    return switch (runtime.feature("strip_path_parameters_per_segment", 39)) {
      case YES -> CUT_IN_EACH_SEGMENT;
      case NO -> CUT_AT_FIRST;
      case UNKNOWN -> UNKNOWN;
    };
  }

  /** The path that is matched; null when nobody can tell. */
  @Nullable String matched(Facts facts) {
    if (this == KEPT_WITHOUT_STARS) {
      return facts.bare().indexOf('*') < 0 ? facts.bare() : null;
    }
    if (this == KEPT || facts.path().indexOf(';') < 0) {
      return facts.bare();
    }
    String first = Facts.withoutQuery(facts.path().substring(0, facts.path().indexOf(';')));
    String each = facts.bare().replaceAll(";[^/]*", "");
    return switch (this) {
      case CUT_AT_FIRST -> first;
      case CUT_IN_EACH_SEGMENT -> each;
      default -> first.equals(each) ? first : null;
    };
  }
}
