package dev.pilothouse.workload;

import dev.pilothouse.envoy.AdminConfigSource;
import java.net.URI;
import java.util.List;

/** A workload's Envoy. Safe for use by several threads. */
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

  /**
   * Its live configuration, to be read by an {@code EnvoyConfigInspector}. What is read carries the
   * label {@code profile}: the {@code MeshProfile} that istiod runs with.
   *
   * @return a source that asks the admin interface
   */
  AdminConfigSource config();

  /**
   * The end of Envoy's log; with mutual TLS, of pilot-agent's and Envoy's.
   *
   * @param lines how many lines at most
   * @return the last lines, oldest first
   */
  List<String> logTail(int lines);
}
