package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.Address;
import dev.pilothouse.envoy.admin.ClusterStatus.HostStatus;
import io.envoyproxy.envoy.admin.v3.HostHealthStatus;
import io.envoyproxy.envoy.admin.v3.SimpleMetric;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes our values from Envoy's message. */
final class ClusterStatuses {
  private ClusterStatuses() {}

  static ClusterStatus of(io.envoyproxy.envoy.admin.v3.ClusterStatus cluster) {
    return new ClusterStatus(
        cluster.getName(),
        cluster.getAddedViaApi(),
        cluster.getHostStatusesList().stream().map(ClusterStatuses::host).toList());
  }

  private static HostStatus host(io.envoyproxy.envoy.admin.v3.HostStatus host) {
    Map<String, Long> stats =
        host.getStatsList().stream()
            .collect(Collectors.toMap(SimpleMetric::getName, SimpleMetric::getValue, (a, b) -> b));
    return new HostStatus(
        address(host.getAddress()),
        healthy(host.getHealthStatus()),
        host.getWeight(),
        host.getPriority(),
        stats);
  }

  private static boolean healthy(HostHealthStatus status) {
    boolean controlPlane =
        status.getEdsHealthStatus() == HealthStatus.HEALTHY
            || status.getEdsHealthStatus() == HealthStatus.UNKNOWN;
    return controlPlane
        && !status.getFailedActiveHealthCheck()
        && !status.getFailedOutlierCheck()
        && !status.getPendingDynamicRemoval()
        && !status.getPendingActiveHc();
  }

  private static Address address(io.envoyproxy.envoy.config.core.v3.Address address) {
    return switch (address.getAddressCase()) {
      case SOCKET_ADDRESS ->
          new Address(
              Address.Kind.SOCKET,
              address.getSocketAddress().getAddress(),
              address.getSocketAddress().getPortValue());
      case PIPE -> new Address(Address.Kind.PIPE, address.getPipe().getPath(), 0);
      case ENVOY_INTERNAL_ADDRESS ->
          new Address(
              Address.Kind.INTERNAL, address.getEnvoyInternalAddress().getServerListenerName(), 0);
      case ADDRESS_NOT_SET -> new Address(Address.Kind.UNKNOWN, "", 0);
    };
  }
}
