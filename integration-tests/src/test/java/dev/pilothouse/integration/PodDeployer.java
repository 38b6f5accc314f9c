package dev.pilothouse.integration;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.KubeconfigSpec;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.workload.PodOptions;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.Workloads;
import java.io.IOException;
import java.nio.file.Path;

/** A JVM of its own that deploys a workload and forwards a port to it, to be killed then. */
final class PodDeployer {
  private PodDeployer() {}

  /** Kubeconfig, namespace and revision, image. */
  @SuppressWarnings("SystemOut") // this is how it tells the test
  public static void main(String[] arguments) throws IOException {
    Cluster cluster =
        ClusterManager.kubeconfig(Path.of(arguments[0])).open(KubeconfigSpec.currentContext());
    String namespace = arguments[1];
    PodOptions options =
        PodOptions.defaults().withRevision(namespace).withClientImage(arguments[2]);
    Workloads.inCluster(cluster, options)
        .deploy(WorkloadSpec.client("orphan").withNamespace(namespace));
    PortForward forward =
        PortForward.open(cluster, PodTarget.deployment(namespace, "orphan"), 15_000);
    System.out.println(forward.address().getPort());
    System.in.read(); // nobody writes
  }
}
