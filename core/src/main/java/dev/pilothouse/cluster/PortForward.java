package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;

/**
 * A port of this machine's loopback that leads to a port of a pod, through the API server. It stays
 * when the pod goes: each connection goes to a pod that is ready at that moment, the newest if
 * there are several. Connections to a pod that goes are closed. From the second connection on, a
 * watch tells when the pods change, and only then they are looked at again; without the right to
 * watch pods they are looked at for each connection.
 *
 * <pre>{@code
 * try (PortForward istiod =
 *     PortForward.open(cluster, PodTarget.deployment("istio-system", "istiod"), 15014)) {
 *   istiod.http().resolve("/version");
 * }
 * }</pre>
 *
 * <p>It binds 127.0.0.1 alone, and reaches what listens on the pod's own loopback too. While no pod
 * is ready, a connection waits for one, ten seconds at most. If none comes, or nothing listens in
 * the pod, the connection is reset, and {@link #lastFailure} says why.
 *
 * <p>It speaks SPDY/3.1 with the kubelet, as kubectl does. A connection to the API server that is
 * not in use any more serves the next one to the same pod. Where the kubeconfig names an HTTP proxy
 * ({@code proxy-url}), it goes through that.
 *
 * <p>When the pod ends its half of a connection, the client is told at once. The other way round
 * the protocol has no word for it: a client that has ended its half still gets what the pod sends,
 * until the pod ends the connection or is silent for ten seconds.
 *
 * <p>Safe for use by several threads. Checked against Kubernetes 1.34 with containerd.
 */
public interface PortForward extends AutoCloseable {
  /**
   * Listens on a free port.
   *
   * @param cluster where the pods are; it must outlive this
   * @param target which pods
   * @param port the pod's port; for a {@linkplain PodTarget#service Service} the Service's
   * @return the port-forward; nothing is asked of the cluster before the first connection
   */
  static PortForward open(Cluster cluster, PodTarget target, int port) {
    return open(cluster, target, port, 0);
  }

  /**
   * Listens on a given port.
   *
   * @param cluster where the pods are; it must outlive this
   * @param target which pods
   * @param port the pod's port; for a {@linkplain PodTarget#service Service} the Service's
   * @param localPort where to listen on 127.0.0.1; 0 for a free port
   * @return the port-forward; nothing is asked of the cluster before the first connection
   * @throws PilothouseException if the local port is taken, saying by whom
   * @throws IllegalArgumentException if a port is none
   */
  static PortForward open(Cluster cluster, PodTarget target, int port, int localPort) {
    return LoopbackPortForward.open(cluster, target, port, localPort);
  }

  /**
   * Where connections go.
   *
   * @return the target it was opened with
   */
  PodTarget target();

  /**
   * Where it listens.
   *
   * @return an address of this machine's loopback
   */
  InetSocketAddress address();

  /**
   * Where it listens, for HTTP clients.
   *
   * @return for example {@code http://127.0.0.1:36123}
   */
  URI http();

  /**
   * The pod that a connection would go to at this moment.
   *
   * @return its name
   * @throws PilothouseException if no pod is ready, with what there is instead; it does not wait
   */
  String pod();

  /**
   * Why a connection failed: no pod was ready, nothing listened in the pod, or the connection to
   * the API server broke.
   *
   * @return the failure of the connection that failed last, or empty when none has
   */
  Optional<PilothouseException> lastFailure();

  /** Ends it and its connections. Does nothing the second time. */
  @Override
  void close();
}
