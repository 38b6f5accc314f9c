package dev.pilothouse.integration;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.KubeconfigSpec;
import dev.pilothouse.istiod.DelvePatch;
import dev.pilothouse.workload.PodOptions;
import dev.pilothouse.workload.Workloads;
import java.nio.file.Path;

/** A JVM of its own that puts a pilot-agent under Delve and dies without a word. */
final class AgentDebuggerToKill {
  private AgentDebuggerToKill() {}

  /** Kubeconfig, namespace, Deployment, debug image. */
  public static void main(String[] arguments) {
    Cluster cluster =
        ClusterManager.kubeconfig(Path.of(arguments[0])).open(KubeconfigSpec.currentContext());
    Workloads.inCluster(cluster, PodOptions.defaults())
        .find(arguments[1], arguments[2])
        .debugAgent(DelvePatch.image(arguments[3]));
    Runtime.getRuntime().halt(DebuggerToKill.DEBUGGED); // as if killed: no hook runs
  }
}
