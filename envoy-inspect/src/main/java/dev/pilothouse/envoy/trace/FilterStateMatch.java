package dev.pilothouse.envoy.trace;

/** A condition on what filters keep for a connection; one that is not there matches nothing. */
final class FilterStateMatch implements Condition {
  private final String key;

  FilterStateMatch(String key) {
    this.key = key;
  }

  @Override
  public Verdict test(Facts facts) {
    FilterChainEntry chain = facts.chain();
    boolean own = key.startsWith("envoy.") || key.startsWith("io.istio.");
    return own || chain == null || chain.filters().mayKeepState() ? Verdict.UNKNOWN : Verdict.NO;
  }

  @Override
  public String reason(Facts facts) {
    return test(facts) == Verdict.UNKNOWN
        ? "the filter state " + key + " may have been set by a filter"
        : "no filter sets the filter state " + key;
  }
}
