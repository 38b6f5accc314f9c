package dev.pilothouse.envoy.xds;

/** How a control plane tells what has changed. */
public enum XdsProtocol {
  /** Only what changed, by {@code DeltaAggregatedResources}; Istio's proxies use it. */
  DELTA,
  /** All of a type each time, by {@code StreamAggregatedResources}. */
  STATE_OF_THE_WORLD
}
