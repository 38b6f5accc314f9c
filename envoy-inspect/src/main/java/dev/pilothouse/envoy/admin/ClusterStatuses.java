package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.Address;
import dev.pilothouse.envoy.admin.ClusterStatus.CircuitBreaker;
import dev.pilothouse.envoy.admin.ClusterStatus.HostStatus;
import io.envoyproxy.envoy.admin.v3.HostHealthStatus;
import io.envoyproxy.envoy.admin.v3.SimpleMetric;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.core.v3.Locality;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes our values from Envoy's message. */
final class ClusterStatuses {
  /** What leaves a host healthy: Envoy's {@code Host::coarseHealth} does not look at it. */
  private static final Set<String> HARMLESS =
      Set.of(
          "pending_dynamic_removal",
          "pending_active_hc",
          "excluded_via_immediate_hc_fail",
          "active_hc_timeout");

  private ClusterStatuses() {}

  static ClusterStatus of(io.envoyproxy.envoy.admin.v3.ClusterStatus cluster) {
    return new ClusterStatus(
        cluster.getName(),
        cluster.getEdsServiceName(),
        cluster.getAddedViaApi(),
        cluster.getCircuitBreakers().getThresholdsList().stream()
            .map(ClusterStatuses::circuitBreaker)
            .toList(),
        cluster.getHostStatusesList().stream().map(ClusterStatuses::host).toList());
  }

  static Address address(io.envoyproxy.envoy.config.core.v3.Address address) {
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

  private static CircuitBreaker circuitBreaker(Thresholds thresholds) {
    return new CircuitBreaker(
        thresholds.getPriority().name(),
        Integer.toUnsignedLong(thresholds.getMaxConnections().getValue()),
        Integer.toUnsignedLong(thresholds.getMaxPendingRequests().getValue()),
        Integer.toUnsignedLong(thresholds.getMaxRequests().getValue()),
        Integer.toUnsignedLong(thresholds.getMaxRetries().getValue()));
  }

  private static HostStatus host(io.envoyproxy.envoy.admin.v3.HostStatus host) {
    Map<String, Long> stats =
        host.getStatsList().stream()
            .collect(Collectors.toMap(SimpleMetric::getName, SimpleMetric::getValue, (a, b) -> b));
    List<String> flags = flags(host.getHealthStatus());
    return new HostStatus(
        address(host.getAddress()),
        host.getHostname(),
        HARMLESS.containsAll(flags),
        flags,
        Integer.toUnsignedLong(host.getWeight()),
        host.getPriority(),
        locality(host.getLocality()),
        host.hasSuccessRate() ? (Double) host.getSuccessRate().getValue() : null,
        stats);
  }

  /** In the words of Envoy's own text form of this answer. */
  private static List<String> flags(HostHealthStatus status) {
    List<String> flags = new ArrayList<>();
    add(flags, status.getFailedActiveHealthCheck(), "failed_active_hc");
    add(flags, status.getFailedOutlierCheck(), "failed_outlier_check");
    switch (status.getEdsHealthStatus()) {
      case UNKNOWN, HEALTHY -> {}
      case UNHEALTHY -> flags.add("failed_eds_health");
      default ->
          flags.add(status.getEdsHealthStatus().name().toLowerCase(Locale.ROOT) + "_eds_health");
    }
    add(flags, status.getFailedActiveDegradedCheck(), "degraded_active_hc");
    add(flags, status.getPendingDynamicRemoval(), "pending_dynamic_removal");
    add(flags, status.getPendingActiveHc(), "pending_active_hc");
    add(flags, status.getExcludedViaImmediateHcFail(), "excluded_via_immediate_hc_fail");
    add(flags, status.getActiveHcTimeout(), "active_hc_timeout");
    return flags;
  }

  private static void add(List<String> flags, boolean set, String flag) {
    if (set) {
      flags.add(flag);
    }
  }

  private static String locality(Locality locality) {
    return Stream.of(locality.getRegion(), locality.getZone(), locality.getSubZone())
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("/"));
  }
}
