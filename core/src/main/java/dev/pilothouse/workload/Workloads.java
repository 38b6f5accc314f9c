package dev.pilothouse.workload;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.toolbox.Toolbox;

/** Deploys workloads into a mesh. Safe for use by several threads. */
public interface Workloads extends AutoCloseable {
  /**
   * Workloads whose Envoys are processes of this machine, and whose applications run in this JVM or
   * wherever the caller has them. Linux only.
   *
   * <pre>{@code
   * try (Workloads workloads = Workloads.local(cluster, istiod, toolbox)) {
   *   workloads.deploy(WorkloadSpec.http("httpbin", 8000));
   *   Workload client = workloads.deploy(WorkloadSpec.client("client"));
   *   HttpReply reply = client.send(HttpCall.get("http://httpbin:8000/get"));
   * }
   * }</pre>
   *
   * <p>No traffic is redirected: each Envoy really listens on the ports of the services it can
   * reach, at a loopback address that no other workload of this machine has (interception mode
   * {@code NONE}); see the package's description for what that means.
   *
   * <p>Nothing is built or downloaded: Envoy, and for mutual TLS pilot-agent, have to be
   * {@linkplain Toolbox#provision provisioned} before.
   *
   * @param cluster where the workloads' resources go; it must outlive the workloads
   * @param istiod where the Envoys get their configuration; on this machine
   * @param toolbox knows the binaries
   * @return no workloads yet; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException if no loopback addresses are free, or what
   *     dead runs left in the cluster cannot be removed
   */
  static LocalWorkloads local(Cluster cluster, Istiod istiod, Toolbox toolbox) {
    return ProcessWorkloads.open(cluster, istiod, toolbox);
  }

  /**
   * Workloads in pods of a cluster, with sidecars that its istiod injects. What is written for
   * local workloads runs here too: the same specification, the same answers of the application.
   *
   * <pre>{@code
   * try (PodWorkloads workloads = Workloads.inCluster(cluster, PodOptions.defaults())) {
   *   workloads.deploy(WorkloadSpec.http("httpbin", 8000));
   *   PodWorkload client = workloads.deploy(WorkloadSpec.client("client"));
   *   HttpReply reply = client.send(HttpCall.get("http://httpbin:8000/get"));
   * }
   * }</pre>
   *
   * <p>Works on any cluster with a sidecar injector. Ambient meshes are refused.
   *
   * @param cluster the cluster; it must outlive the workloads
   * @param options who injects, and what images the pods run
   * @return no workloads yet; the caller closes it
   */
  static PodWorkloads inCluster(Cluster cluster, PodOptions options) {
    return ClusterWorkloads.open(cluster, options);
  }

  /**
   * Deploys a workload and waits until its Envoy has accepted all that istiod sent, is live, and
   * listens. Other Envoys learn of it a moment later: send with {@link Workload#await}, or wait for
   * what is wanted in their configuration.
   *
   * @param spec the workload
   * @return the running workload; it ends when it is closed, or with these workloads
   * @throws dev.pilothouse.failure.PilothouseException if it does not get that far, with the
   *     Envoy's log tail and the rejection, if there was one; nothing is left behind
   * @throws dev.pilothouse.toolbox.MissingToolsException if binaries that it needs are missing
   */
  Workload deploy(WorkloadSpec spec);

  /** Ends all workloads, in reverse order. Does nothing the second time. */
  @Override
  void close();
}
