package dev.pilothouse;

import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.LocalWorkloads;
import java.util.Set;

/**
 * A mesh of plain processes on this machine: a real etcd and kube-apiserver, a real istiod, and
 * real Envoys. No Docker, no root; Linux (and WSL 2).
 *
 * <pre>{@code
 * Toolbox toolbox = Toolbox.create();
 * toolbox.provision(LocalMesh.tools()); // builds what is missing; minutes the first time
 * try (LocalMesh mesh = LocalMesh.start(toolbox)) {
 *   Workload httpbin = mesh.workloads().deploy(WorkloadSpec.http("httpbin", 8000));
 *   Workload client = mesh.workloads().deploy(WorkloadSpec.client("client"));
 *   HttpReply reply = client.send(HttpCall.get("http://httpbin:8000/get"));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. Several meshes run side by side, in one JVM or several.
 */
public interface LocalMesh extends AutoCloseable {
  /**
   * The binaries that a mesh runs. One with mutual TLS needs {@link Tool#PILOT_AGENT} too.
   *
   * @return what to {@linkplain Toolbox#provision provision}
   */
  static Set<Tool> tools() {
    return Set.of(Tool.ETCD, Tool.KUBE_APISERVER, Tool.PILOT_DISCOVERY, Tool.ENVOY);
  }

  /**
   * Starts a mesh with the toolbox's own istiod.
   *
   * @param toolbox where the binaries are
   * @return the mesh, with an istiod that is ready and no workload; the caller closes it
   * @throws dev.pilothouse.toolbox.MissingToolsException if a binary is missing; see {@link
   *     #tools()}
   * @throws dev.pilothouse.failure.PilothouseException if a part does not start; nothing is left
   */
  static LocalMesh start(Toolbox toolbox) {
    return start(LocalMeshSpec.of(toolbox));
  }

  /**
   * Starts a mesh.
   *
   * @param spec what it consists of
   * @return the mesh, with an istiod that is ready and no workload; the caller closes it
   * @throws dev.pilothouse.toolbox.MissingToolsException if a binary is missing
   * @throws dev.pilothouse.failure.PilothouseException if a part does not start; nothing is left
   */
  static LocalMesh start(LocalMeshSpec spec) {
    return ProcessMesh.start(spec);
  }

  /**
   * The API server.
   *
   * @return the cluster, which ends with the mesh unless its specification says {@code KEEP}
   */
  OwnedCluster cluster();

  /**
   * The control plane.
   *
   * @return the istiod, which ends with the mesh
   */
  Istiod istiod();

  /**
   * Deploys Envoys that connect to this mesh's istiod.
   *
   * @return the workloads, which end with the mesh
   */
  LocalWorkloads workloads();

  /**
   * Ends everything: workloads, istiod, and the cluster unless its specification says {@code KEEP}.
   * Works in any state; does nothing twice.
   */
  @Override
  void close();
}
