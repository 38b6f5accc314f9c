package dev.pilothouse.workload;

import java.net.URI;

/** A workload's Envoy. */
public interface Proxy {
  /**
   * Its identity towards istiod.
   *
   * @return {@code pod.namespace}
   */
  String id();

  /**
   * Envoy's admin interface, on loopback.
   *
   * @return for example {@code http://127.0.0.1:23001}
   */
  URI admin();
}
