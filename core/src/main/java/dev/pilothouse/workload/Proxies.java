package dev.pilothouse.workload;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import java.util.List;
import java.util.SortedMap;

/**
 * The proxies of a cluster, whoever deployed them: sidecars and gateways.
 *
 * <pre>{@code
 * try (Proxies proxies = Proxies.of(cluster)) {
 *   EnvoyConfigInspector inspector = EnvoyConfigInspector.create();
 *   PodProxy httpbin = proxies.proxy(PodTarget.deployment("default", "httpbin"));
 *   EnvoyConfig config = inspector.read(httpbin.config());
 *   SortedMap<String, EnvoyConfig> all = proxies.read("default", inspector);
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public interface Proxies extends AutoCloseable {
  /**
   * The proxies of a cluster.
   *
   * @param cluster the cluster; it must outlive this
   * @return them; nothing is asked yet
   */
  static Proxies of(Cluster cluster) {
    return new ClusterProxies(cluster);
  }

  /**
   * The proxy of a pod, a Deployment, a Service or labelled pods: that of a pod that is ready.
   *
   * @param target which pods
   * @return the proxy; it ends with these
   */
  PodProxy proxy(PodTarget target);

  /**
   * The proxies of the pods of a namespace that run and are not on their way out.
   *
   * @param namespace the namespace
   * @return by the pods' names. Each is that very pod's, and ends with these, or when its pod has
   *     gone and the namespace is asked for again.
   */
  List<PodProxy> in(String namespace);

  /**
   * Reads the configurations of all proxies of a namespace at once, several at a time. Pods may
   * come and go meanwhile: one that is on its way out, gone or replaced when its turn comes is left
   * out.
   *
   * @param namespace the namespace
   * @param inspector reads them
   * @return by the proxies' ids, as {@code httpbin-5d.default}
   * @throws dev.pilothouse.failure.PilothouseException if one whose pod stays cannot be read,
   *     naming it; failures of others are among the suppressed
   */
  SortedMap<String, EnvoyConfig> read(String namespace, EnvoyConfigInspector inspector);

  /** Ends the port-forwards. Does nothing the second time. */
  @Override
  void close();
}
