package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.Address;
import java.util.List;
import java.util.Map;

/**
 * A cluster as Envoy uses it at this moment.
 *
 * @param name its name
 * @param addedViaApi whether it came from CDS
 * @param hosts its hosts
 */
public record ClusterStatus(String name, boolean addedViaApi, List<HostStatus> hosts) {
  /** Copies the list. */
  public ClusterStatus {
    hosts = List.copyOf(hosts);
  }

  /**
   * A host of a cluster.
   *
   * @param address where it is
   * @param healthy whether Envoy sends requests to it: neither the control plane, nor a health
   *     check, nor outlier detection speaks against it
   * @param weight its weight
   * @param priority its priority; 0 is used first
   * @param stats its counters and gauges, as {@code rq_total}
   */
  public record HostStatus(
      Address address, boolean healthy, long weight, int priority, Map<String, Long> stats) {
    /** Copies the map. */
    public HostStatus {
      stats = Map.copyOf(stats);
    }
  }
}
