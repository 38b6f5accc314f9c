package dev.pilothouse.envoy.trace;

import java.util.List;

/** One condition of a match, compiled from the configuration. */
interface Condition {
  Verdict test(Facts facts);

  /** Why it does not hold, or why nobody can tell; asked for only after such a verdict. */
  String reason(Facts facts);

  /** A condition about which nothing can be told. */
  static Condition unknown(String why) {
    return new Condition() {
      @Override
      public Verdict test(Facts facts) {
        return Verdict.UNKNOWN;
      }

      @Override
      public String reason(Facts facts) {
        return why;
      }
    };
  }

  static Verdict all(List<Condition> conditions, Facts facts) {
    Verdict all = Verdict.YES;
    for (int i = 0; i < conditions.size(); i++) {
      all = all.and(conditions.get(i).test(facts));
      if (all == Verdict.NO) {
        return all;
      }
    }
    return all;
  }

  /** The reason of the condition that decided {@link #all}. */
  static String reason(List<Condition> conditions, Facts facts) {
    String unknown = "";
    for (Condition condition : conditions) {
      Verdict verdict = condition.test(facts);
      if (verdict == Verdict.NO) {
        return condition.reason(facts);
      }
      if (verdict == Verdict.UNKNOWN && unknown.isEmpty()) {
        unknown = condition.reason(facts);
      }
    }
    return unknown;
  }
}
