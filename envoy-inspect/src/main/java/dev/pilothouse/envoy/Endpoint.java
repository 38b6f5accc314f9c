package dev.pilothouse.envoy;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint of a cluster, as Envoy balances over it.
 *
 * @param cluster the cluster's name; in {@link EndpointResource#endpoints()} the resource's, which
 *     is the cluster's name in EDS
 * @param address where it is
 * @param hostname the name that the address was resolved from, or that is sent with health checks;
 *     empty when it has none
 * @param health its health; where Envoy itself tells, with its checks and outlier detection in it
 * @param weight its weight within its locality; 0 when the dump does not tell
 * @param priority the priority of its locality; 0 is used first
 * @param locality region, zone and sub-zone, joined by slashes; empty when it has none
 * @param live what the running Envoy says of it, or null when the source does not tell; see {@link
 *     #status()}
 * @param pointer the JSON pointer to it
 */
public record Endpoint(
    String cluster,
    Address address,
    String hostname,
    Health health,
    long weight,
    int priority,
    String locality,
    @Nullable EndpointStatus live,
    String pointer) {
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

  /** One in EDS. */
  static Endpoint of(JsonObject json, String cluster, int priority, String locality) {
    JsonObject endpoint = json.object("endpoint");
    return new Endpoint(
        cluster,
        Address.of(endpoint.object("address")),
        endpoint.text("hostname"),
        healthOf(json.text("health_status")),
        json.number("load_balancing_weight"),
        priority,
        locality,
        null,
        json.pointer());
  }

  /** One in {@code /clusters}. */
  static Endpoint live(JsonObject json, String cluster) {
    EndpointStatus status = EndpointStatus.of(json);
    return new Endpoint(
        cluster,
        Address.of(json.object("address")),
        json.text("hostname"),
        status.health(),
        json.number("weight"),
        (int) json.number("priority"),
        localityOf(json.object("locality")),
        status,
        json.pointer());
  }

  /** The same with what the running Envoy says of it. */
  Endpoint with(Endpoint other) {
    return new Endpoint(
        cluster,
        address,
        hostname.isEmpty() ? other.hostname : hostname,
        other.health,
        other.weight,
        other.priority,
        locality.isEmpty() ? other.locality : locality,
        other.live,
        pointer);
  }

  /** The same, of a cluster that has another name than EDS knows it by. */
  Endpoint in(String name) {
    return new Endpoint(name, address, hostname, health, weight, priority, locality, live, pointer);
  }

  /** The same without what changes with each request, and with each answer about it. */
  Endpoint withoutTraffic() {
    EndpointStatus calm =
        live == null
            ? null
            : new EndpointStatus(
                live.edsHealth(), live.failures(), OptionalDouble.empty(), Map.of());
    return new Endpoint(cluster, address, hostname, health, weight, priority, locality, calm, "");
  }

  /**
   * What the running Envoy says of it.
   *
   * @return its status, or empty when the source has no {@code /clusters}
   */
  public Optional<EndpointStatus> status() {
    return Optional.ofNullable(live);
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
    text += live == null || live.failures().isEmpty() ? "" : " " + failures(live);
    return locality.isEmpty() ? text : text + " in " + locality;
  }

  private static String failures(EndpointStatus status) {
    return status.failures().stream().sorted().toList().toString().toLowerCase(Locale.ROOT);
  }

  static String localityOf(JsonObject json) {
    return String.join(
        "/",
        Stream.of(json.text("region"), json.text("zone"), json.text("sub_zone"))
            .filter(part -> !part.isEmpty())
            .toList());
  }

  static Health healthOf(String text) {
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
