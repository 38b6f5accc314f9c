package dev.pilothouse.cluster;

import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Toolbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Opens clusters of one kind. Safe for use by several threads.
 *
 * <pre>{@code
 * try (OwnedCluster cluster = ClusterManager.local(toolbox).open(LocalClusterSpec.named("demo"))) {
 *   cluster.apply(Manifests.files(Path.of("routes.yaml")));
 * }
 * try (Cluster cluster = ClusterManager.kubeconfig().open(KubeconfigSpec.currentContext())) {
 *   cluster.client().namespaces().list();
 * }
 * }</pre>
 *
 * @param <S> what is asked for
 * @param <C> what is got
 */
public interface ClusterManager<S, C extends Cluster> {
  /**
   * Local clusters: a real etcd and a real kube-apiserver as processes of this machine, with RBAC,
   * an administrator's kubeconfig, CustomResourceDefinitions (Istio's, normally), and the
   * namespaces {@code default} and {@code istio-system}. Nothing is built or downloaded: etcd and
   * kube-apiserver have to be {@linkplain Toolbox#provision provisioned} before.
   *
   * <p>No controllers and no nodes run: there are no pods, no service accounts but those that are
   * applied, owners do not take their dependents with them, and the aggregated cluster roles
   * ({@code view}, {@code edit}, {@code admin}) have no rules. Namespaces that are deleted do end,
   * as long as a handle of the cluster is open. Service account tokens (TokenRequest) work.
   *
   * <p>{@link #find} and {@link #list} know the clusters that were opened with {@link
   * Lifetime#KEEP}. Such a cluster has one handle at a time: it is found once the handle that
   * opened it is closed, or its JVM has ended.
   *
   * @param toolbox knows the binaries, and the cache in which a template of etcd's data is kept
   * @return a manager of local clusters
   */
  static ClusterManager<LocalClusterSpec, OwnedCluster> local(Toolbox toolbox) {
    return local(toolbox, RunDirectory.defaultRoot());
  }

  /**
   * Local clusters whose run directories lie under another root.
   *
   * @param toolbox as in {@link #local(Toolbox)}
   * @param runRoot as in {@link RunDirectory#open(Path, String)}
   * @return a manager of the local clusters under this root
   */
  static ClusterManager<LocalClusterSpec, OwnedCluster> local(Toolbox toolbox, Path runRoot) {
    return new LocalClusterManager(toolbox, runRoot);
  }

  /**
   * Existing clusters behind a kubeconfig, found as kubectl finds it: the files that the
   * environment variable KUBECONFIG names, merged, else {@code ~/.kube/config}. {@link #find} and
   * {@link #list} go by the names of its contexts. Nothing of such a cluster is ever deleted but
   * what was applied through it.
   *
   * <p>An HTTP proxy that a kubeconfig names ({@code proxy-url}) is used for all calls and
   * port-forwards; a SOCKS proxy is refused, and the proxies of the environment are not used.
   *
   * @return a manager of existing clusters; its calls throw {@link KubeconfigException}
   */
  static ClusterManager<KubeconfigSpec, Cluster> kubeconfig() {
    return new KubeconfigClusterManager(Kubeconfig.defaultFiles(System.getenv()));
  }

  /**
   * Existing clusters behind a kubeconfig file.
   *
   * @param file the file
   * @return a manager of existing clusters; its calls throw {@link KubeconfigException}
   */
  static ClusterManager<KubeconfigSpec, Cluster> kubeconfig(Path file) {
    return new KubeconfigClusterManager(List.of(file));
  }

  /**
   * Opens a cluster and waits until it can be used.
   *
   * @param spec what is asked for
   * @return the cluster; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException if it cannot be opened
   * @throws dev.pilothouse.toolbox.MissingToolsException if binaries that it needs are missing
   */
  C open(S spec);

  /**
   * Finds a cluster that is there already.
   *
   * @param name its name
   * @return the cluster, or empty when there is none of that name; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException if it is there and cannot be opened
   */
  Optional<C> find(String name);

  /**
   * The clusters that are there.
   *
   * @return their names, sorted
   */
  List<String> list();
}
