package dev.pilothouse;

import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.LocalWorkloads;
import dev.pilothouse.workload.Workloads;
import java.util.Optional;
import java.util.Set;

/** The mesh as what it is: a cluster, an istiod and workloads, ended in reverse. */
final class ProcessMesh implements LocalMesh {
  private final OwnedCluster cluster;
  private final Istiod istiod;
  private final LocalWorkloads workloads;

  private ProcessMesh(OwnedCluster cluster, Istiod istiod, LocalWorkloads workloads) {
    this.cluster = cluster;
    this.istiod = istiod;
    this.workloads = workloads;
  }

  static ProcessMesh start(LocalMeshSpec spec) {
    Toolbox toolbox = spec.toolbox();
    // Everything that is missing is told at once, before anything is started.
    toolbox.require(
        spec.binary() == null
            ? LocalMesh.tools()
            : Set.of(Tool.ETCD, Tool.KUBE_APISERVER, Tool.ENVOY));
    OwnedCluster cluster = cluster(toolbox, spec.cluster());
    try {
      Istiod istiod = IstiodDeployer.beside(cluster).deploy(binary(spec), spec.istiod());
      return new ProcessMesh(cluster, istiod, Workloads.local(cluster, istiod, toolbox));
    } catch (Throwable failure) {
      closeAfter(failure, cluster);
      throw failure;
    }
  }

  /** One that was kept is there to be used again. */
  private static OwnedCluster cluster(Toolbox toolbox, LocalClusterSpec spec) {
    ClusterManager<LocalClusterSpec, OwnedCluster> clusters = ClusterManager.local(toolbox);
    boolean keep = spec.lifetime() == Lifetime.KEEP;
    return (keep ? clusters.find(spec.name()) : Optional.<OwnedCluster>empty())
        .orElseGet(() -> clusters.open(spec));
  }

  private static IstiodBinary binary(LocalMeshSpec spec) {
    IstiodBinary given = spec.binary();
    if (given != null) {
      return given;
    }
    return IstiodBinary.at(spec.toolbox().require(Tool.PILOT_DISCOVERY).path());
  }

  private static void closeAfter(Throwable failure, OwnedCluster cluster) {
    try {
      cluster.close();
    } catch (RuntimeException second) {
      failure.addSuppressed(second);
    }
  }

  @Override
  public OwnedCluster cluster() {
    return cluster;
  }

  @Override
  public Istiod istiod() {
    return istiod;
  }

  @Override
  public LocalWorkloads workloads() {
    return workloads;
  }

  @Override
  public String toString() {
    return "LocalMesh[" + cluster + ", " + istiod + "]";
  }

  // try-with-resources closes all three, last opened first, and keeps every failure.
  @SuppressWarnings("try")
  @Override
  public void close() {
    try (OwnedCluster first = cluster;
        Istiod second = istiod;
        LocalWorkloads third = workloads) {
      // Nothing else to do.
    }
  }
}
