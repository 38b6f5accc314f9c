package dev.pilothouse.envoy.admin;

import java.util.List;

/**
 * A part of Envoy that waits for something.
 *
 * @param component which part, as {@code init manager Server}
 * @param targets what it waits for, as {@code target RdsRouteConfigSubscription init 8000}
 */
public record UnreadyTargets(String component, List<String> targets) {
  /** Copies the list. */
  public UnreadyTargets {
    targets = List.copyOf(targets);
  }
}
