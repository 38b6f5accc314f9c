package dev.pilothouse.kind;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.OwnedCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A kind cluster: Kubernetes, whose nodes are Docker containers. Safe for use by several threads.
 */
public interface KindCluster extends OwnedCluster {
  /** The port in the nodes at which {@link #exposeIstiod} lets istiod's monitoring port answer. */
  int MONITORING_NODE_PORT = 30_000;

  /** The port in the nodes at which {@link #exposeIstiod} lets istiod's plaintext xDS answer. */
  int XDS_NODE_PORT = 30_001;

  /**
   * Its nodes.
   *
   * @return at least one, control planes first, each group sorted by name
   * @throws dev.pilothouse.failure.PilothouseException if Docker does not answer, or the nodes are
   *     gone
   */
  List<KindNode> nodes();

  /**
   * The ports of its nodes that are published on the machine, without the API server's.
   *
   * @return with the host ports that were chosen, sorted by the port in the node
   * @throws dev.pilothouse.failure.PilothouseException if Docker does not answer
   */
  List<PortMapping> ports();

  /**
   * The port of the machine behind which a port of a node lies.
   *
   * @param containerPort the port in the node
   * @return the port on 127.0.0.1
   * @throws dev.pilothouse.failure.PilothouseException if that port is not published; it names
   *     those that are
   */
  int hostPort(int containerPort);

  /**
   * Makes the NodePort Services through which an istiod in this cluster answers on the machine, and
   * waits until its monitoring port does: {@code /metrics}, {@code /version} and {@code /debug}
   * behind {@link #MONITORING_NODE_PORT}, plaintext xDS behind {@link #XDS_NODE_PORT}. The cluster
   * has to be made {@link KindSpec#withIstiodPorts(int, int) with these ports}.
   *
   * <p>Whoever asks through a NodePort is not on istiod's loopback: {@code /debug} wants a bearer
   * token of audience {@code istio-ca} then. A port-forward needs none.
   *
   * @param namespace where istiod runs; it has to be there
   * @param deadline how long it may take until istiod answers
   * @return a handle that takes the Services away again
   * @throws dev.pilothouse.failure.PilothouseException if the ports are not published, the
   *     namespace is not there, or istiod does not answer, with what was seen last
   */
  Applied exposeIstiod(String namespace, Duration deadline);

  /**
   * Whether Pilothouse made it. If not, {@link #delete()} refuses.
   *
   * @return false for a cluster that was made by {@code kind} itself
   */
  boolean madeByPilothouse();

  /**
   * Loads images of Docker's store into every node, as {@code kind load docker-image} does:
   * sidecars and samples of one's own. Images that a node has already are left alone. (An istiod
   * gets there by a {@link Deliveries delivery}, which is quicker.)
   *
   * @param images their names, as {@code localhost/proxyv2:dev}; at least one
   * @throws dev.pilothouse.failure.PilothouseException if Docker has no such image, one is for
   *     another architecture, or a node cannot take it, with kind's words
   */
  void load(List<String> images);

  /**
   * The Docker that it runs in.
   *
   * @return where Docker is
   */
  DockerHost docker();

  /**
   * Ends the cluster and deletes all that it left, the containers' volumes included. The Docker
   * network named kind stays, as it does with {@code kind delete cluster}: all kind clusters share
   * it. Does nothing when it is gone already.
   *
   * @throws dev.pilothouse.failure.PilothouseException if Pilothouse did not make it, or Docker
   *     does not answer
   */
  @Override
  void delete();

  /**
   * Copies what {@code kind export logs} collects: the logs of all pods, of kubelet, containerd and
   * the nodes' systemd.
   *
   * @param directory where to; made if missing
   * @throws dev.pilothouse.failure.PilothouseException if kind cannot export them
   */
  @Override
  void exportLogs(Path directory);

  /**
   * Deletes the cluster if it was opened with {@link dev.pilothouse.cluster.Lifetime#HANDLE}. One
   * that is kept, was found, or was made by somebody else stays.
   */
  @Override
  void close();
}
