package dev.pilothouse.integration;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.KubeconfigSpec;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.istiod.DelvePatch;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import java.nio.file.Path;

/** A JVM of its own that puts an istiod under Delve and dies without a word. */
final class DebuggerToKill {
  /** What it exits with when it got that far. */
  static final int DEBUGGED = 42;

  private DebuggerToKill() {}

  /** Kubeconfig, istioctl, revision, debug image. */
  public static void main(String[] arguments) {
    Cluster cluster =
        ClusterManager.kubeconfig(Path.of(arguments[0])).open(KubeconfigSpec.currentContext());
    InstallSpec install = InstallSpec.of(Path.of(arguments[1]), Delivery.image(arguments[3]));
    InClusterIstiod istiod =
        IstiodDeployer.inCluster(cluster, install).find(arguments[2]).orElseThrow();
    istiod.debug(DelvePatch.image(arguments[3]));
    Runtime.getRuntime().halt(DEBUGGED); // as if killed: no hook runs
  }
}
