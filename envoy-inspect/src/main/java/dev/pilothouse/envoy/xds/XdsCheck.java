package dev.pilothouse.envoy.xds;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides which resources a client refuses, as an Envoy that lacks a filter would. A response with
 * such a resource is rejected (NACK); its other resources are taken, as Envoy does.
 *
 * <p>It is asked once for each resource of each response, in the order in which they come, while
 * the client handles the response: it must be quick, and must not wait for that client.
 */
@FunctionalInterface
public interface XdsCheck {
  /**
   * Looks at a resource.
   *
   * @param resource the resource
   * @return why it is refused, or empty to take it
   */
  Optional<String> fault(XdsResource resource);

  /**
   * Takes everything that is well formed.
   *
   * @return the check
   */
  static XdsCheck acceptAll() {
    return resource -> Optional.empty();
  }

  /**
   * Refuses some.
   *
   * @param which the resources to refuse
   * @param reason what to tell the control plane
   * @return the check
   */
  static XdsCheck rejecting(Predicate<XdsResource> which, String reason) {
    return resource -> which.test(resource) ? Optional.of(reason) : Optional.empty();
  }
}
