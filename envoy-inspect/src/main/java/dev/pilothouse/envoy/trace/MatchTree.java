package dev.pilothouse.envoy.trace;

import org.jspecify.annotations.Nullable;

/**
 * A compiled xDS matcher tree.
 *
 * @param <A> what its actions are compiled to
 */
interface MatchTree<A> {
  Result<A> match(MatchData data);

  /**
   * What came out.
   *
   * @param action null for no match, or when nobody can tell
   * @param undecided why nobody can tell; empty when it is decided
   */
  record Result<A>(@Nullable A action, String undecided) {
    static <A> Result<A> none() {
      return new Result<>(null, "");
    }

    static <A> Result<A> undecided(String why) {
      return new Result<>(null, why);
    }

    /** Whether the search ends here. */
    boolean ends() {
      return action != null || !undecided.isEmpty();
    }
  }
}
