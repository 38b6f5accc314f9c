package dev.pilothouse.envoy.diff;

/**
 * Something that was not compared.
 *
 * @param what what it is, as {@code the bootstrap}
 * @param why why it was not
 */
public record LeftOut(String what, String why) {
  /** As {@code the bootstrap: a control plane has none}. */
  @Override
  public String toString() {
    return what + ": " + why;
  }
}
