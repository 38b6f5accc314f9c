package dev.pilothouse.envoy.lint;

import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.Resource;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is broken.
 *
 * @param rule the rule that found it
 * @param severity how bad it is
 * @param resource the resource that it is in
 * @param source the Istio object that this part was made from, or null when it does not say; see
 *     {@link #owner()}
 * @param pointer the JSON pointer to it
 * @param message what is wrong, and what will happen to traffic
 */
public record LintFinding(
    LintRule rule,
    Severity severity,
    Resource resource,
    @Nullable Owner source,
    String pointer,
    String message) {
  /**
   * The Istio object that this part was made from.
   *
   * @return the owner, or empty when the part does not say
   */
  public Optional<Owner> owner() {
    return Optional.ofNullable(source);
  }

  /** One line: severity, rule, resource, message and owner. */
  @Override
  public String toString() {
    String name = resource.name().isEmpty() ? "" : " " + resource.name();
    String from = source == null ? "" : " (from " + source + ")";
    return severity.name().toLowerCase(Locale.ROOT)
        + " "
        + rule.id()
        + " in "
        + resource.section().fieldName()
        + name
        + ": "
        + message
        + from;
  }
}
