package dev.pilothouse.integration;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.Manifests;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;

/** A cluster that a push must not touch: whatever is asked of it fails. */
final class NoCluster implements Cluster {
  @Override
  public String name() {
    return "no-cluster";
  }

  @Override
  public KubernetesClient client() {
    throw new AssertionError("nobody asks the cluster");
  }

  @Override
  public Path kubeconfig() {
    throw new AssertionError("nobody asks the cluster");
  }

  @Override
  public Applied apply(Manifests manifests) {
    throw new AssertionError("nobody asks the cluster");
  }

  @Override
  public void close() {}
}
