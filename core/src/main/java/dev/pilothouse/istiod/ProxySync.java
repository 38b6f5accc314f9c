package dev.pilothouse.istiod;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far one proxy has followed istiod, from {@code /debug/syncz}.
 *
 * @param proxyId {@code pod.namespace}
 * @param proxyType {@code sidecar}, {@code router}, …
 * @param istioVersion the version the proxy reported; empty when it reported none
 * @param types type URL to state, for each type the proxy subscribed to
 */
public record ProxySync(
    String proxyId, String proxyType, String istioVersion, Map<String, TypeSync> types) {
  /** Copies the map. */
  public ProxySync {
    types = Map.copyOf(types);
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
   * Whether the proxy has subscribed to clusters, listeners, endpoints and routes and accepted all
   * that it was sent.
   *
   * @return true if so
   */
  public boolean inSync() {
    throw new UnsupportedOperationException();
  }
}
