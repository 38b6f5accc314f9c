package dev.pilothouse.envoy.trace.oracle;

/** A match kind: makes scenarios about it. */
interface Kind {
  String name();

  /**
   * Makes one.
   *
   * @param pairs how many questions it should have
   */
  Scenario scenario(Dice dice, int pairs);

  /** Whether an Envoy has it. */
  default boolean since(int minor) {
    return true;
  }
}
