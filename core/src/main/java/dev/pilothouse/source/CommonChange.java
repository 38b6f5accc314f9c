package dev.pilothouse.source;

import java.util.List;

/**
 * Common changes to istiod, and where in the code they are made. {@link SourceMap#places} tells
 * which of the places a tree has.
 */
public enum CommonChange {
  /** Envoy's listeners. */
  LISTENERS("Add or modify Envoy listeners", "pilot/pkg/networking/core/listener_builder.go"),
  /** HTTP routes. */
  HTTP_ROUTES("Modify HTTP route generation", "pilot/pkg/networking/core/route/route.go"),
  /** Clusters: what requests are sent to. */
  CLUSTERS("Change cluster (upstream) config", "pilot/pkg/networking/core/cluster_builder.go"),
  /** A resource type for the xDS server. */
  XDS_RESOURCE_TYPE(
      "Add a new xDS resource type", "pilot/pkg/xds/ads.go", "pilot/pkg/xds/delta.go"),
  /**
   * Mutual TLS and certificates. The settings that Envoy gets are under {@code pilot}; the
   * certificate authority itself is under {@code security}.
   */
  MUTUAL_TLS(
      "Modify mTLS or certificate behavior",
      "pilot/pkg/security",
      "security/pkg/pki",
      "security/pkg/server/ca"),
  /** How services and endpoints are found. */
  SERVICE_DISCOVERY("Change service discovery", "pilot/pkg/serviceregistry/kube/controller"),
  /** Environment variables that switch behaviour. */
  FEATURE_FLAG("Add a new feature flag", "pilot/pkg/features/pilot.go"),
  /** The sidecar that is put into pods. */
  SIDECAR_INJECTION("Modify sidecar injection", "pkg/kube/inject"),
  /** How istiod starts. */
  BOOTSTRAP("Change istiod startup", "pilot/pkg/bootstrap/server.go");

  private final String what;

  @SuppressWarnings("ImmutableEnumChecker") // It is a List.of.
  private final List<String> paths;

  CommonChange(String what, String... paths) {
    this.what = what;
    this.paths = List.of(paths);
  }

  /**
   * What you want to change, in words.
   *
   * @return for example {@code Modify HTTP route generation}
   */
  public String what() {
    return what;
  }

  /**
   * Where to change it.
   *
   * @return files and folders relative to Istio's root, the first one first to read
   */
  public List<String> paths() {
    return paths;
  }
}
