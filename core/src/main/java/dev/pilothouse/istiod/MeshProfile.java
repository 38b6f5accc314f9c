package dev.pilothouse.istiod;

import java.util.Map;

/**
 * Which settings istiod runs with. What istiod pushes depends on them, so whoever reads an Envoy's
 * configuration should know the profile that made it.
 */
public enum MeshProfile {
  /**
   * The settings under which an upstream Envoy, which lacks Istio's own filters, carries traffic:
   * metadata exchange, the ALPN filter and automatic mutual TLS are off. So sidecars speak plain
   * text to each other, whatever a PeerAuthentication asks for; see {@link #UPSTREAM_ENVOY_MTLS}.
   */
  UPSTREAM_ENVOY,
  /**
   * As {@link #UPSTREAM_ENVOY}, with automatic mutual TLS. Each workload has to be deployed with
   * {@code Security.MUTUAL_TLS}: one without certificates does not become ready.
   */
  UPSTREAM_ENVOY_MTLS,
  /**
   * Nothing changed. An upstream Envoy rejects some of what istiod pushes then, so no workload gets
   * ready with one: name Istio's own Envoy in the toolbox, or read what istiod pushes with the xDS
   * client of {@code dev.pilothouse.envoy.xds}, which needs no Envoy.
   */
  ISTIO_DEFAULTS;

  /**
   * The environment variables that it sets for istiod.
   *
   * @return name to value
   */
  public Map<String, String> environment() {
    return switch (this) {
      case UPSTREAM_ENVOY, UPSTREAM_ENVOY_MTLS ->
          Map.of(
              "PILOT_ENABLE_METADATA_EXCHANGE", "false",
              "PILOT_ENABLE_ALPN_FILTER", "false");
      case ISTIO_DEFAULTS -> Map.of();
    };
  }

  /**
   * The mesh config that it sets.
   *
   * @return MeshConfig as YAML; empty for none
   */
  public String meshConfig() {
    return switch (this) {
      case UPSTREAM_ENVOY -> "enableAutoMtls: false";
      case UPSTREAM_ENVOY_MTLS -> "enableAutoMtls: true";
      case ISTIO_DEFAULTS -> "";
    };
  }

  /**
   * The Helm values of Istio's charts that it sets where istiod is installed in a cluster: the
   * telemetry filters that an upstream Envoy lacks are off.
   *
   * @return values as YAML; empty for none
   */
  public String chartValues() {
    return switch (this) {
      case UPSTREAM_ENVOY, UPSTREAM_ENVOY_MTLS -> "telemetry: {enabled: false}";
      case ISTIO_DEFAULTS -> "";
    };
  }
}
