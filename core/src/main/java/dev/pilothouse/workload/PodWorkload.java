package dev.pilothouse.workload;

import dev.pilothouse.cluster.PortForward;
import java.time.Duration;
import java.util.List;

/** A workload that runs in pods of a cluster. Safe for use by several threads. */
public interface PodWorkload extends Workload {
  /**
   * Its proxy: that of the pod that is ready, the newest if there are several.
   *
   * @return the proxy
   */
  @Override
  PodProxy proxy();

  /**
   * Its pods as they are now.
   *
   * @return those on their way out included; see {@link PodStatus#table}
   */
  List<PodStatus> pods();

  /**
   * Replaces its pods, as {@code kubectl rollout restart} does, so that they get the sidecar that
   * istiod injects now, and waits until the new ones are ready and the others gone.
   *
   * @param deadline how long it may take
   * @throws dev.pilothouse.failure.PilothouseException if they do not become ready, with the reason
   */
  void reinject(Duration deadline);

  /**
   * A way in from this machine, to a pod that is ready: to the application for a sidecar (from the
   * pod itself, so past its Envoy), to the Envoy for a gateway.
   *
   * @param port the port of its Service; for a gateway any port that a Gateway resource opens
   * @return a port-forward that follows its pods; it ends with the workload
   */
  PortForward forward(int port);
}
