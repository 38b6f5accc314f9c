package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.ReadLimits;
import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/**
 * The admin interface of a running Envoy. Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * EnvoyAdmin admin = EnvoyAdmin.at(URI.create("http://127.0.0.1:15000"));
 * admin.stats("cluster_manager.cds").get("cluster_manager.cds.update_rejected");
 * }</pre>
 *
 * <p>Every method throws an {@link EnvoyConfigException} when nobody answers, with what Envoy said
 * when it answers with an error.
 */
public interface EnvoyAdmin {
  /**
   * The admin interface at an address; nothing is sent.
   *
   * @param admin as {@code http://127.0.0.1:15000}
   * @return the interface
   * @throws IllegalArgumentException if it is not an http address
   */
  static EnvoyAdmin at(URI admin) {
    return new HttpEnvoyAdmin(AdminEndpoint.at(admin), ReadLimits.DEFAULT);
  }

  /**
   * Its address, and plain requests to it.
   *
   * @return the endpoint
   */
  AdminEndpoint endpoint();

  /**
   * Whether Envoy has started and takes connections.
   *
   * @return false while it initializes or drains
   */
  boolean ready();

  /**
   * What Envoy is and how it was started.
   *
   * @return the state of this moment
   */
  ServerInfo serverInfo();

  /**
   * Counters and gauges.
   *
   * @param regex an RE2 expression that a part of the name matches; empty for all
   * @return names and values; histograms and texts are left out
   */
  SortedMap<String, Long> stats(String regex);

  /**
   * The whole configuration, endpoints included.
   *
   * @return the same as reading {@link dev.pilothouse.envoy.ConfigSource#admin}
   */
  EnvoyConfig config();

  /**
   * A part of the configuration.
   *
   * @param query which part
   * @return what Envoy answered; without any resource when that part is empty
   */
  EnvoyConfig config(ConfigDumpQuery query);

  /**
   * The clusters as Envoy uses them at this moment, each with its hosts.
   *
   * @return in Envoy's order
   */
  List<ClusterStatus> clusters();
}
