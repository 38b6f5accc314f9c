package dev.pilothouse.istiod;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.source.IstiodBinary;

/** Deploys an istiod to (or beside) a cluster. Safe for use by several threads. */
public interface IstiodDeployer {
  /**
   * Runs istiod as a process on this machine, beside a cluster: it reads the cluster's resources
   * over the cluster's kubeconfig and serves proxies on loopback ports.
   *
   * <pre>{@code
   * try (Istiod istiod = IstiodDeployer.beside(cluster).deploy(binary, IstiodSpec.defaults())) {
   *   // proxies connect to istiod.xdsPort()
   * }
   * }</pre>
   *
   * <p>Any number of istiods run beside one cluster, each with a name of its own. An istiod that
   * runs in the cluster is left alone: its webhooks are never patched, and {@link #deploy} insists
   * on a revision of one's own beside it. The namespace {@code istio-system} is made when it is
   * missing, and stays: istiod keeps its certificate authority in it.
   *
   * @param cluster the cluster; it must outlive the istiods
   * @return a deployer for that cluster
   */
  static IstiodDeployer beside(Cluster cluster) {
    return new ProcessDeployer(cluster);
  }

  /**
   * Deploys it and waits until it is ready: it answers {@code /ready}, says the binary's version,
   * and, if {@link IstiodSpec#validation()} is on, the API server refuses bad Istio resources.
   *
   * @param binary what to run
   * @param spec how to run it
   * @return the running istiod; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException if a flag, an environment variable, a log
   *     scope or the mesh config is wrong, or if it exits or does not become ready in time, with
   *     the reason it gave and its log tail; nothing is left behind
   */
  Istiod deploy(IstiodBinary binary, IstiodSpec spec);
}
