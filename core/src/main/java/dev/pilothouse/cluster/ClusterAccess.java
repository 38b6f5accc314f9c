package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * What a {@link Cluster} behind a kubeconfig is made of: for whoever writes a {@link
 * ClusterManager} of his own. Nothing is asked of the API server yet, and closing it undoes
 * nothing. Safe for use by several threads.
 */
public final class ClusterAccess implements AutoCloseable {
  private final KubernetesClient client;
  private final ServerSideApply apply;

  private ClusterAccess(KubernetesClient client, BooleanSupplier gone) {
    this.client = client;
    this.apply = new ServerSideApply(client, gone);
  }

  /**
   * Makes a client for the current context of a kubeconfig.
   *
   * @param kubeconfig the file
   * @param gone whether the cluster has gone, so that nothing is left to undo
   * @return the access; the caller closes it
   * @throws PilothouseException if the file cannot be used
   */
  public static ClusterAccess open(Path kubeconfig, BooleanSupplier gone) {
    try {
      return new ClusterAccess(
          KubernetesClients.forAnyServer(KubernetesClients.config(kubeconfig)), gone);
    } catch (KubernetesClientException e) {
      String words = String.valueOf(e.getMessage());
      throw new PilothouseException("reading the kubeconfig " + kubeconfig, words, "", null, e);
    }
  }

  /**
   * The client.
   *
   * @return the same client at each call
   */
  public KubernetesClient client() {
    return client;
  }

  /**
   * Applies manifests as {@link Cluster#apply} does.
   *
   * @param manifests what to apply
   * @return a handle that undoes it
   * @throws ApplyException as there
   * @throws PilothouseException as there
   */
  public Applied apply(Manifests manifests) {
    return apply.apply(manifests);
  }

  @Override
  public void close() {
    client.close();
  }
}
