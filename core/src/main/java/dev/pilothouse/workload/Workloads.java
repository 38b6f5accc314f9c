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
  static Workloads local(Cluster cluster, Istiod istiod, Toolbox toolbox) {
    return LocalWorkloads.open(cluster, istiod, toolbox);
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
