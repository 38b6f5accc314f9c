package dev.pilothouse.kind;

import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Toolbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Opens kind clusters. Safe for use by several threads; several clusters can be opened at once.
 *
 * <pre>{@code
 * KindClusters clusters = KindClusters.create(toolbox);
 * try (KindCluster cluster = clusters.open(KindSpec.named("istio-dev").withIstiodPorts(0, 0))) {
 *   cluster.client().nodes().list();
 * }
 * }</pre>
 *
 * <p>It needs the {@code docker} command, a Docker that answers, and kind, which has to be
 * {@linkplain Toolbox#provision provisioned} before. The user's kubeconfig is never touched: each
 * handle has a kubeconfig of its own (mode 0600).
 *
 * <p><b>What is whose.</b> kind cannot label its containers, so each node carries a read-only mount
 * of {@code /dev/null} below {@code /pilothouse}, whose path says who made it, and for which
 * request. It is there from the container's first moment. {@code docker ps} shows it. A cluster
 * without it is somebody else's: it is found and used, and never deleted. What a JVM left that was
 * killed, half-made clusters included, is deleted at the next {@link #open} under the same root.
 */
public interface KindClusters extends ClusterManager<KindSpec, KindCluster> {
  /**
   * The kind clusters of the usual Docker.
   *
   * @param toolbox knows kind
   * @return a manager of kind clusters
   */
  static KindClusters create(Toolbox toolbox) {
    return builder(toolbox).build();
  }

  /**
   * Starts a manager with settings of one's own.
   *
   * @param toolbox knows kind
   * @return a builder
   */
  static Builder builder(Toolbox toolbox) {
    return new Builder(toolbox);
  }

  /**
   * Makes a cluster and waits until it can really be used: all nodes ready, CoreDNS available, the
   * default service account there. (kind's own {@code --wait} does not wait for CoreDNS.) The
   * kubelet is told to ask CoreDNS each second whether it is ready, not every ten: nothing else of
   * what kind and kubeadm make is changed.
   *
   * <p>With {@link dev.pilothouse.cluster.Lifetime#KEEP}, a kept cluster of that name is used again
   * if it was made from the same request (all of it but the deadline) by the same version of
   * Pilothouse; if another JVM is making it right now, it is awaited.
   *
   * @param spec what is asked for
   * @return the cluster; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException if Docker does not answer, there is a
   *     cluster of that name already that cannot be used again, a port is taken, the node image is
   *     nowhere or for another architecture, kind fails (with its output), or the cluster is not
   *     ready in time (with what was seen last). What was begun is deleted then.
   * @throws dev.pilothouse.toolbox.MissingToolsException if kind is missing
   */
  @Override
  KindCluster open(KindSpec spec);

  /**
   * Finds a kind cluster that is there, whoever made it. Closing the handle leaves the cluster.
   *
   * @param name its name, without {@code kind-}
   * @return the cluster, or empty when there is none of that name, or it is not finished
   * @throws dev.pilothouse.failure.PilothouseException if Docker does not answer, or the cluster's
   *     API server does not
   */
  @Override
  Optional<KindCluster> find(String name);

  /**
   * The kind clusters that can be found, whoever made them.
   *
   * @return their names, sorted
   * @throws dev.pilothouse.failure.PilothouseException if Docker does not answer
   */
  @Override
  List<String> list();

  /**
   * Deletes every cluster that Pilothouse ever made under this root of run directories, kept and
   * half-made ones included, and those that are in use. Clusters that it did not make stay.
   *
   * @return the names of those that were deleted, sorted
   * @throws dev.pilothouse.failure.PilothouseException if Docker does not answer, or cannot delete
   *     one
   */
  List<String> deleteAll();

  /** Settings of {@link KindClusters}. Not safe for use by several threads. */
  final class Builder {
    private final Toolbox toolbox;
    private DockerHost docker = DockerHost.usual();
    private Path runRoot = RunDirectory.defaultRoot();
    private Consumer<KindEvent> listener = event -> {};

    private Builder(Toolbox toolbox) {
      this.toolbox = toolbox;
    }

    /**
     * Names another Docker.
     *
     * @param host where it is
     * @return this
     */
    public Builder docker(DockerHost host) {
      docker = host;
      return this;
    }

    /**
     * Names another root of run directories. Clusters that were made under different roots do not
     * know each other.
     *
     * @param root as in {@link RunDirectory#open(Path, String)}
     * @return this
     */
    public Builder runRoot(Path root) {
      runRoot = root;
      return this;
    }

    /**
     * Asks to be told how the opening of clusters goes on.
     *
     * @param events gets the events; see {@link KindEvent} for the rules
     * @return this
     */
    public Builder listener(Consumer<KindEvent> events) {
      listener = events;
      return this;
    }

    /**
     * Makes the manager. Docker is not asked yet.
     *
     * @return a manager of kind clusters
     */
    public KindClusters build() {
      return new DockerKindClusters(toolbox, docker, runRoot, listener);
    }
  }
}
