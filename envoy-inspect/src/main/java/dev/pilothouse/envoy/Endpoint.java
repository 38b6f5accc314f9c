package dev.pilothouse.envoy;

import java.util.Locale;

/**
 * An endpoint of a cluster, as Envoy balances over it.
 *
 * @param address where it is
 * @param health its health as the control plane or Envoy's checks say
 * @param weight its weight within its locality; 0 when the dump does not tell
 * @param priority the priority of its locality; 0 is used first
 * @param locality region, zone and sub-zone, joined by slashes; empty when it has none
 * @param pointer the JSON pointer to it
 */
public record Endpoint(
    Address address, Health health, long weight, int priority, String locality, String pointer) {
  /** Envoy's health states. */
  public enum Health {
    /** Nobody says; Envoy takes it as healthy. */
    UNKNOWN,
    /** Healthy. */
    HEALTHY,
    /** Not healthy. */
    UNHEALTHY,
    /** Finishing what it has. */
    DRAINING,
    /** A health check timed out. */
    TIMEOUT,
    /** Healthy, but to be avoided. */
    DEGRADED,
    /** A state that this library does not know. */
    UNRECOGNIZED
  }

  static Endpoint of(JsonObject json, int priority, String locality) {
    return new Endpoint(
        Address.of(json.object("endpoint").object("address")),
        healthOf(json.text("health_status")),
        json.number("load_balancing_weight"),
        priority,
        locality,
        json.pointer());
  }

  /**
   * Whether Envoy takes it as healthy.
   *
   * @return true for healthy ones and for those of which nobody says anything
   */
  public boolean healthy() {
    return health == Health.HEALTHY || health == Health.UNKNOWN;
  }

  /** One line: its address, health and weight. */
  @Override
  public String toString() {
    String text = address + " " + health.name().toLowerCase(Locale.ROOT) + " weight " + weight;
    text += priority == 0 ? "" : " priority " + priority;
    return locality.isEmpty() ? text : text + " in " + locality;
  }

  private static Health healthOf(String text) {
    if (text.isEmpty()) {
      return Health.UNKNOWN;
    }
    for (Health health : Health.values()) {
      if (health.name().equals(text)) {
        return health;
      }
    }
    return Health.UNRECOGNIZED;
  }
}
