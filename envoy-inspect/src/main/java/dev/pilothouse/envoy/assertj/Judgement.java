package dev.pilothouse.envoy.assertj;

/**
 * What is known about a condition.
 *
 * @param verdict whether it holds
 * @param reason why it does not, or why nobody can tell; empty if it holds
 */
record Judgement(Verdict verdict, String reason) {
  static final Judgement YES = new Judgement(Verdict.YES, "");

  enum Verdict {
    YES,
    NO,
    UNDECIDED
  }

  static Judgement no(String reason) {
    return new Judgement(Verdict.NO, reason);
  }

  static Judgement undecided(String reason) {
    return new Judgement(Verdict.UNDECIDED, reason);
  }

  static Judgement of(boolean holds, String reasonIfNot) {
    return holds ? YES : no(reasonIfNot);
  }

  /** Both: one that fails decides, whatever is undecided. */
  Judgement and(Judgement other) {
    if (verdict == Verdict.NO || other.verdict == Verdict.YES) {
      return this;
    }
    return other.verdict == Verdict.NO || verdict == Verdict.YES ? other : this;
  }
}
