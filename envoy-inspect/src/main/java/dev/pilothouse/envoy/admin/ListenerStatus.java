package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.Address;
import java.util.List;

/**
 * A listener that is active.
 *
 * @param name its name
 * @param address where it listens; the real port, also when port 0 was asked for
 * @param additionalAddresses where it listens besides
 */
public record ListenerStatus(String name, Address address, List<Address> additionalAddresses) {
  /** Copies the list. */
  public ListenerStatus {
    additionalAddresses = List.copyOf(additionalAddresses);
  }

  static ListenerStatus of(io.envoyproxy.envoy.admin.v3.ListenerStatus listener) {
    return new ListenerStatus(
        listener.getName(),
        ClusterStatuses.address(listener.getLocalAddress()),
        listener.getAdditionalLocalAddressesList().stream().map(ClusterStatuses::address).toList());
  }
}
