package dev.pilothouse.console;

import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.istiod.ProxySync.TypeSync;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a proxy has followed the replica that it is connected to.
 *
 * @param replica which replica
 * @param sync what was sent and acknowledged, type by type
 * @param takenAt when istiod was asked
 */
public record ProxyStatus(String replica, ProxySync sync, Instant takenAt) {
  /**
   * The proxy.
   *
   * @return {@code pod.namespace}
   */
  public String proxyId() {
    return sync.proxyId();
  }

  /**
   * One type.
   *
   * @param type {@code CDS}, {@code LDS}, {@code RDS}, {@code EDS}, {@code ECDS}, {@code NDS}, …,
   *     or a type URL
   * @return empty when the proxy has not subscribed to it
   */
  public Optional<TypeSync> type(String type) {
    return sync.types().entrySet().stream()
        .filter(e -> e.getKey().equals(type) || StatusTable.shortName(e.getKey()).equals(type))
        .map(e -> e.getValue())
        .findFirst();
  }

  /**
   * How long ago the last push of a type was.
   *
   * @param type as for {@link #type}
   * @return empty when nothing was sent
   */
  public Optional<Duration> age(String type) {
    return type(type).map(TypeSync::sentAt).map(sent -> Duration.between(sent, takenAt));
  }

  /**
   * Statuses as text, one line a proxy and type.
   *
   * @param statuses the statuses
   * @return proxy, replica, type, state, the ends of the nonces that were sent and acknowledged,
   *     age, and below a rejected type the reason
   */
  public static String table(List<ProxyStatus> statuses) {
    return StatusTable.of(statuses);
  }
}
