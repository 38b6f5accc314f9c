package dev.pilothouse.envoy.admin;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Which statistics to ask for.
 *
 * @param regex an RE2 expression that a part of the name matches; empty for all
 * @param kinds the kinds; not empty
 * @param usedOnly whether only those that Envoy has ever changed
 * @param hidden what to do with those that Envoy hides
 */
public record StatsQuery(String regex, Set<Stats.Kind> kinds, boolean usedOnly, Hidden hidden) {

  /** What to do with statistics that Envoy hides. */
  public enum Hidden {
    /** Leave them out, as Envoy does. */
    EXCLUDE,
    /** Take them too. */
    INCLUDE,
    /** Take them alone. */
    ONLY
  }

  /** Copies the set. */
  public StatsQuery {
    kinds = Set.copyOf(kinds);
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("name at least one kind");
    }
  }

  /**
   * All of them.
   *
   * @return the query
   */
  public static StatsQuery all() {
    return new StatsQuery("", EnumSet.allOf(Stats.Kind.class), false, Hidden.EXCLUDE);
  }

  /**
   * The same for some names.
   *
   * @param newRegex an RE2 expression that a part of the name matches; empty for all
   * @return a new query
   */
  public StatsQuery matching(String newRegex) {
    return new StatsQuery(newRegex, kinds, usedOnly, hidden);
  }

  /**
   * The same for some kinds.
   *
   * @param first a kind
   * @param others further kinds
   * @return a new query
   */
  public StatsQuery only(Stats.Kind first, Stats.Kind... others) {
    return new StatsQuery(regex, EnumSet.of(first, others), usedOnly, hidden);
  }

  /**
   * The same for those alone that Envoy has ever changed.
   *
   * @return a new query
   */
  public StatsQuery onlyUsed() {
    return new StatsQuery(regex, kinds, true, hidden);
  }

  /**
   * The same with another choice of hidden ones.
   *
   * @param choice what to do with them
   * @return a new query
   */
  public StatsQuery withHidden(Hidden choice) {
    return new StatsQuery(regex, kinds, usedOnly, choice);
  }

  String path(String type) {
    return "/stats?format=json&histogram_buckets=detailed&type=" + type + filters();
  }

  String prometheusPath() {
    boolean texts = kinds.contains(Stats.Kind.TEXT_READOUT);
    String query = filters() + (texts ? "&text_readouts" : "");
    return "/stats/prometheus" + query.replaceFirst("&", "?");
  }

  private String filters() {
    return (regex.isEmpty() ? "" : "&filter=" + Query.encode(regex))
        + (usedOnly ? "&usedonly" : "")
        + (hidden == Hidden.EXCLUDE ? "" : "&hidden=" + hidden.name().toLowerCase(Locale.ROOT));
  }
}
