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
   * Installs Istio in a cluster and runs istiod in its pods.
   *
   * <pre>{@code
   * Path istioctl = toolbox.provision(Tool.ISTIOCTL).path();
   * InstallSpec install = InstallSpec.of(istioctl, delivery).withProxyImage("docker.io/istio", "1.29.0");
   * try (InClusterIstiod istiod =
   *     IstiodDeployer.inCluster(cluster, install).deploy(binary, IstiodSpec.defaults())) {
   *   istiod.replaceWith(changed, Duration.ofMinutes(1));
   * }
   * }</pre>
   *
   * <p>It works on any cluster; what brings the binary to its nodes is the {@link
   * InstallSpec#delivery}. Several revisions run side by side. What is installed is written down in
   * the cluster, in a ConfigMap beside it, so that after a JVM was killed the next {@link #deploy}
   * to that cluster takes it away, or takes it over. Checked against Kubernetes 1.34 and the charts
   * of Istio 1.31.
   *
   * @param cluster the cluster; it must outlive the istiods
   * @param install how Istio is installed
   * @return a deployer for that cluster
   */
  static InClusterDeployer inCluster(Cluster cluster, InstallSpec install) {
    return new ClusterDeployer(cluster, install);
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
