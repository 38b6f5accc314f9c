package dev.pilothouse.istiod;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.pilothouse.failure.PilothouseException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far one proxy has followed istiod, from {@code /debug/syncz}.
 *
 * <p>It speaks of what istiod has pushed. A change that istiod has not pushed yet (it waits for
 * more of them, 100 ms by default) does not show here: wait for the change itself in the proxy's
 * configuration.
 *
 * @param proxyId {@code pod.namespace}
 * @param proxyType {@code sidecar}, {@code router}, …
 * @param clusterId the cluster that it belongs to, as {@code Kubernetes}
 * @param istioVersion the version the proxy reported; empty when it reported none
 * @param types type URL to state, for each type the proxy subscribed to
 */
public record ProxySync(
    String proxyId,
    String proxyType,
    String clusterId,
    String istioVersion,
    Map<String, TypeSync> types) {
  /** The type URL of clusters (CDS). */
  public static final String CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

  /** The type URL of listeners (LDS). */
  public static final String LISTENERS = "type.googleapis.com/envoy.config.listener.v3.Listener";

  /** The type URL of endpoints (EDS). */
  public static final String ENDPOINTS =
      "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

  /** The type URL of routes (RDS). */
  public static final String ROUTES =
      "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

  /** Copies the map. */
  public ProxySync {
    types = Map.copyOf(types);
  }

  /**
   * Reads what {@code /debug/syncz} answers.
   *
   * @param syncz the JSON
   * @return one entry a connection
   * @throws PilothouseException if it is none
   */
  public static List<ProxySync> parse(String syncz) {
    try {
      return Syncz.read(syncz);
    } catch (JsonProcessingException e) {
      throw new PilothouseException(
          "reading the answer of /debug/syncz", e.getOriginalMessage(), "", null, e);
    }
  }

  /**
   * One xDS type.
   *
   * @param sent the nonce last sent; empty when nothing was sent
   * @param acked the nonce last acknowledged; empty when nothing was
   * @param sentAt when it was sent, or null
   * @param lastError Envoy's words when it rejected the last push (NACK); empty when it did not
   */
  public record TypeSync(String sent, String acked, @Nullable Instant sentAt, String lastError) {
    /**
     * Whether what was sent was accepted.
     *
     * @return true if something was sent, its nonce was acknowledged and nothing was rejected
     */
    public boolean acknowledged() {
      return !sent.isEmpty() && sent.equals(acked) && lastError.isEmpty();
    }
  }

  /**
   * Whether the proxy has subscribed to clusters and listeners and accepted all that it asked for,
   * of these and of every other type. A proxy asks for endpoints and routes only when its clusters
   * and listeners name some; it does so before it acknowledges those, so this is not true too soon.
   *
   * @return true if so
   */
  public boolean inSync() {
    return types.containsKey(CLUSTERS)
        && types.containsKey(LISTENERS)
        && types.values().stream().allMatch(TypeSync::acknowledged);
  }

  /**
   * Whether the proxy has rejected the last push of some type (NACK). A rejection stays until a
   * later push of that type is accepted.
   *
   * @return true if so
   */
  public boolean rejected() {
    return types.values().stream().anyMatch(type -> !type.lastError().isEmpty());
  }

  /**
   * The state of each type as text, one line a type.
   *
   * @return for example {@code Cluster acknowledged, sent 2026-11-22T02:12:19.247Z}
   */
  public String table() {
    StringBuilder text = new StringBuilder(proxyId).append(" (").append(proxyType).append(')');
    if (types.isEmpty()) {
      text.append(System.lineSeparator()).append("  has subscribed to nothing yet");
    }
    new TreeMap<>(types)
        .forEach(
            (url, type) ->
                text.append(System.lineSeparator())
                    .append(String.format("  %-22s ", url.substring(url.lastIndexOf('.') + 1)))
                    .append(state(type))
                    .append(type.sentAt() == null ? "" : ", sent " + type.sentAt()));
    return text.toString();
  }

  private static String state(TypeSync type) {
    if (!type.lastError().isEmpty()) {
      return "REJECTED: " + type.lastError().strip();
    }
    if (type.sent().isEmpty()) {
      return "asked for, nothing sent";
    }
    return type.acknowledged() ? "acknowledged" : "sent, not acknowledged";
  }
}
