package dev.pilothouse.toolbox;

/** A real binary that Pilothouse runs. */
public enum Tool {
  /** etcd, the store behind kube-apiserver. */
  ETCD("etcd"),
  /** The Kubernetes API server. */
  KUBE_APISERVER("kube-apiserver"),
  /** istiod. */
  PILOT_DISCOVERY("pilot-discovery"),
  /** The sidecar's parent process: certificates and SDS for Envoy. */
  PILOT_AGENT("pilot-agent"),
  /** Istio's command line. */
  ISTIOCTL("istioctl"),
  /** Delve, the Go debugger. */
  DLV("dlv"),
  /** Envoy. */
  ENVOY("envoy"),
  /** kind, Kubernetes in Docker. */
  KIND("kind"),
  /** The Kubernetes command line. */
  KUBECTL("kubectl");

  private final String binaryName;

  Tool(String binaryName) {
    this.binaryName = binaryName;
  }

  /**
   * The file name of the binary.
   *
   * @return for example {@code kube-apiserver}
   */
  public String binaryName() {
    return binaryName;
  }

  /**
   * The environment variable that names this binary's path.
   *
   * @return for example {@code PILOTHOUSE_KUBE_APISERVER}
   */
  public String environmentVariable() {
    return "PILOTHOUSE_" + name();
  }
}
