package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.Address;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as Envoy uses it at this moment.
 *
 * @param name its name
 * @param edsServiceName the name that EDS knows it by; empty when it is the cluster's own
 * @param addedViaApi whether it came from CDS
 * @param circuitBreakers its limits, for each priority
 * @param hosts its hosts
 */
public record ClusterStatus(
    String name,
    String edsServiceName,
    boolean addedViaApi,
    List<CircuitBreaker> circuitBreakers,
    List<HostStatus> hosts) {
  /** Copies the lists. */
  public ClusterStatus {
    circuitBreakers = List.copyOf(circuitBreakers);
    hosts = List.copyOf(hosts);
  }

  /**
   * The limits of a cluster for requests of one priority.
   *
   * @param priority {@code DEFAULT} or {@code HIGH}
   * @param maxConnections how many connections
   * @param maxPendingRequests how many requests that wait for a connection
   * @param maxRequests how many requests at once
   * @param maxRetries how many retries at once
   */
  public record CircuitBreaker(
      String priority,
      long maxConnections,
      long maxPendingRequests,
      long maxRequests,
      long maxRetries) {}

  /**
   * A host of a cluster.
   *
   * @param address where it is
   * @param hostname its name; empty when it has none
   * @param healthy whether Envoy takes it as healthy: neither the control plane, nor a health
   *     check, nor outlier detection says that it is unhealthy or degraded
   * @param healthFlags all that speaks against it, in Envoy's words, as {@code
   *     failed_outlier_check}; {@code pending_dynamic_removal} and the like alone leave it healthy
   * @param weight its weight
   * @param priority its priority; 0 is used first
   * @param locality region, zone and sub-zone, joined by slashes; empty when it has none
   * @param successRate the share of requests that went well, in percent, as outlier detection saw
   *     it; null when it saw too few
   * @param stats its counters and gauges, as {@code rq_total}
   */
  public record HostStatus(
      Address address,
      String hostname,
      boolean healthy,
      List<String> healthFlags,
      long weight,
      int priority,
      String locality,
      @Nullable Double successRate,
      Map<String, Long> stats) {
    /** Copies the list and the map. */
    public HostStatus {
      healthFlags = List.copyOf(healthFlags);
      stats = Map.copyOf(stats);
    }

    /** One line: its address, health and weight. */
    @Override
    public String toString() {
      String text = address + (healthy ? " healthy" : " unhealthy") + " weight " + weight;
      return healthFlags.isEmpty() ? text : text + " " + healthFlags;
    }
  }
}
