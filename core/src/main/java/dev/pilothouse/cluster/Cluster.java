package dev.pilothouse.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;

/**
 * A Kubernetes API server that can be reached. Closing it closes the client and undoes nothing on a
 * cluster that Pilothouse does not own; see {@link OwnedCluster} for those it does. When the JVM
 * exits while it is open, what was applied through it is undone; when the JVM is killed, it stays.
 *
 * <p>Safe for use by several threads.
 */
public interface Cluster extends AutoCloseable {
  /**
   * Its name.
   *
   * @return the name it was opened with
   */
  String name();

  /**
   * The fabric8 client, with administrator's rights where the kubeconfig grants them. It is closed
   * with the cluster.
   *
   * @return the same client at each call
   */
  KubernetesClient client();

  /**
   * A kubeconfig file (mode 0600) that reaches this cluster.
   *
   * @return an absolute path
   */
  Path kubeconfig();

  /**
   * Applies manifests by server-side apply, in an order that works (namespaces and CRDs first; a
   * CRD is awaited until it is established).
   *
   * @param manifests what to apply
   * @return a handle that undoes it: what was created is deleted, what was changed is set back
   * @throws ApplyException if a resource is refused: it names the resource, where it stands, and
   *     the API server's own words. What the same call had applied before is undone.
   * @throws dev.pilothouse.failure.PilothouseException if a manifest cannot be read, or the API
   *     server does not answer
   */
  Applied apply(Manifests manifests);

  @Override
  void close();
}
