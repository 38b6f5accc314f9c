package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;

/**
 * Conditions on what filters leave behind. Envoy looks for a route before its HTTP filters run, so
 * there is no dynamic metadata yet; where a filter may make it look again, the trace says so.
 */
final class MetadataMatch implements Condition {
  private final String what;
  private final boolean holds;

  private MetadataMatch(String what, boolean holds) {
    this.what = what;
    this.holds = holds;
  }

  static Condition of(MetadataMatcher matcher) {
    String what = "the dynamic metadata " + matcher.getFilter();
    // A value that is not there matches nothing, not even "not present".
    return new MetadataMatch(what, matcher.getInvert());
  }

  @Override
  public Verdict test(Facts facts) {
    return Verdict.of(holds);
  }

  @Override
  public String reason(Facts facts) {
    return what + " is not there when Envoy looks for a route";
  }
}
