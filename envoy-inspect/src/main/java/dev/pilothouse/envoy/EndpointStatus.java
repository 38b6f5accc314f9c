package dev.pilothouse.envoy;

import dev.pilothouse.envoy.Endpoint.Health;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a running Envoy says of an endpoint in {@code /clusters}.
 *
 * @param edsHealth the health that the control plane gave it
 * @param failures what speaks against it; some of them alone leave it healthy, as {@link
 *     Failure#PENDING_DYNAMIC_REMOVAL}
 * @param successRate its success rate as outlier detection counts it, in percent; empty when there
 *     were too few requests, or there is no outlier detection
 * @param stats its counters and gauges, as {@code rq_total}
 */
public record EndpointStatus(
    Health edsHealth, Set<Failure> failures, OptionalDouble successRate, Map<String, Long> stats) {

  /** What may speak against an endpoint, in Envoy's names. */
  public enum Failure {
    /** It failed an active health check. */
    FAILED_ACTIVE_HEALTH_CHECK,
    /** Outlier detection has ejected it. */
    FAILED_OUTLIER_CHECK,
    /** An active health check says that it is degraded. */
    FAILED_ACTIVE_DEGRADED_CHECK,
    /** The control plane has removed it, and it goes once it fails a health check. */
    PENDING_DYNAMIC_REMOVAL,
    /** Its first active health check is not done. */
    PENDING_ACTIVE_HC,
    /** It has excluded itself by a header in an answer to a health check. */
    EXCLUDED_VIA_IMMEDIATE_HC_FAIL,
    /** An active health check timed out. */
    ACTIVE_HC_TIMEOUT
  }

  /** Copies the collections. */
  public EndpointStatus {
    failures = Set.copyOf(failures);
    stats = Map.copyOf(stats);
  }

  static EndpointStatus of(JsonObject host) {
    JsonObject health = host.object("health_status");
    Set<Failure> failures = EnumSet.noneOf(Failure.class);
    for (Failure failure : Failure.values()) {
      if (health.flag(failure.name().toLowerCase(Locale.ROOT))) {
        failures.add(failure);
      }
    }
    Map<String, Long> stats = new TreeMap<>();
    for (JsonObject stat : host.objects("stats", each -> each)) {
      stats.put(stat.text("name"), stat.number("value"));
    }
    return new EndpointStatus(
        Endpoint.healthOf(health.text("eds_health_status")),
        failures,
        host.object("success_rate").decimal("value"),
        stats);
  }

  /**
   * Whether outlier detection has ejected it.
   *
   * @return true until it is let in again
   */
  public boolean ejected() {
    return failures.contains(Failure.FAILED_OUTLIER_CHECK);
  }

  /** The health that follows from both, as Envoy's own {@code Host::healthStatus} has it. */
  Health health() {
    if (failures.contains(Failure.FAILED_ACTIVE_HEALTH_CHECK) || ejected()) {
      return Health.UNHEALTHY;
    }
    boolean fine = edsHealth == Health.HEALTHY || edsHealth == Health.UNKNOWN;
    boolean degraded = failures.contains(Failure.FAILED_ACTIVE_DEGRADED_CHECK);
    return fine && degraded ? Health.DEGRADED : edsHealth;
  }
}
