package dev.pilothouse.workload;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.istiod.Istiod;
import java.net.URI;

/** A proxy in a pod. Safe for use by several threads. */
public interface PodProxy extends Proxy, AutoCloseable {
  /**
   * Its identity towards istiod, at this moment: another pod may take its place.
   *
   * @return {@code pod.namespace}
   * @throws dev.pilothouse.failure.PilothouseException if no pod is ready; never for a pod that was
   *     named itself
   */
  @Override
  String id();

  /**
   * Envoy's admin interface, by a port-forward that follows the pod.
   *
   * @return the same address at each call
   */
  @Override
  URI admin();

  /**
   * Its live configuration, read in the pod by {@code pilot-agent request}: for clusters that allow
   * {@code exec} and no port-forward.
   *
   * @return a source that runs a program in the container {@code istio-proxy}
   */
  ConfigSource byExec();

  /**
   * What an istiod has for it, whether or not it took it. The answer is checked to be this proxy's.
   *
   * @param istiod the istiod that it is connected to
   * @return a source that asks istiod's {@code /debug/config_dump}
   * @throws dev.pilothouse.failure.PilothouseException as {@link #id}
   */
  ConfigSource byIstiod(Istiod istiod);

  /** Ends its port-forward. Does nothing the second time. */
  @Override
  void close();
}
