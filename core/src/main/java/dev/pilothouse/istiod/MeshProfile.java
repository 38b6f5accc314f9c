package dev.pilothouse.istiod;

/**
 * Which settings istiod runs with. What istiod pushes depends on them, so whoever reads an Envoy's
 * configuration should know the profile that made it.
 */
public enum MeshProfile {
  /**
   * The settings under which an upstream Envoy, which lacks Istio's own filters, carries traffic:
   * metadata exchange and the ALPN filter are off.
   */
  UPSTREAM_ENVOY,
  /** Nothing changed. An upstream Envoy rejects some of what istiod pushes then. */
  ISTIO_DEFAULTS
}
