package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.RunDirectory;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;

/** Somebody else's cluster. */
final class KubeconfigCluster implements Cluster {
  private final String name;
  private final RunDirectory run;
  private final Path kubeconfig;
  private final KubernetesClient client;
  private final ServerSideApply apply;
  private volatile boolean closed;

  KubeconfigCluster(String name, RunDirectory run, Path kubeconfig, KubernetesClient client) {
    this.name = name;
    this.run = run;
    this.kubeconfig = kubeconfig;
    this.client = client;
    this.apply = new ServerSideApply(client, () -> false);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public Applied apply(Manifests manifests) {
    if (closed) {
      throw new PilothouseException(
          "applying manifests to cluster " + name, "this handle is closed", "", null, null);
    }
    return apply.apply(manifests);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      client.close();
      run.close();
    }
  }
}
