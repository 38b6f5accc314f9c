package dev.pilothouse.integration;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.KubeconfigSpec;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import java.nio.file.Path;

/** A JVM of its own that installs an istiod, to be killed meanwhile. */
final class InClusterInstaller {
  private InClusterInstaller() {}

  /** Kubeconfig, istioctl, image, namespace, revision, values. */
  public static void main(String[] arguments) {
    Cluster cluster =
        ClusterManager.kubeconfig(Path.of(arguments[0])).open(KubeconfigSpec.currentContext());
    InstallSpec install =
        InstallSpec.of(Path.of(arguments[1]), Delivery.image(arguments[2]))
            .withProfile("minimal")
            .withNamespace(arguments[3])
            .withValues(arguments[5]);
    IstiodDeployer.inCluster(cluster, install)
        .deploy(arguments[2], IstiodSpec.defaults().withRevision(arguments[4]));
    Runtime.getRuntime().halt(1); // nobody has killed it
  }
}
