package dev.pilothouse.envoy.trace;

/**
 * Something that the request could have gone to, and did not.
 *
 * @param kind what it is
 * @param name its name; empty when it has none
 * @param pointer the JSON pointer to it in the configuration
 * @param reason why it was not chosen, as {@code the path '/foobar' is neither '/foo' nor below it}
 */
public record NearMiss(Decision.Kind kind, String name, String pointer, String reason) {
  /** One line: what it is and why it was not chosen. */
  @Override
  public String toString() {
    return kind.text() + " " + (name.isEmpty() ? pointer : name) + ": " + reason;
  }
}
