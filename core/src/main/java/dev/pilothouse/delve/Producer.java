package dev.pilothouse.delve;

/**
 * A function of istiod that returned the part that was looked for.
 *
 * @param hit the return, with arguments, results and stack
 * @param path where in the results the part is, as {@code ~r0.cluster.Name}
 * @param text the string there
 */
public record Producer(Hit hit, String path, String text) {
  /**
   * The function.
   *
   * @return its whole name
   */
  public String function() {
    return hit.location().function();
  }

  /** One line: the function, its place, and where the part is. */
  @Override
  public String toString() {
    return hit.location() + ": " + path + " = \"" + text + "\"";
  }
}
