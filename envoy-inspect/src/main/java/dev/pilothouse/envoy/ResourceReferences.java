package dev.pilothouse.envoy;

import java.util.List;
import java.util.Set;

/**
 * What a resource makes Envoy ask its control plane for: the names that it gets over the same
 * stream (ADS, or {@code self}). What comes from elsewhere, as a certificate from the agent beside
 * the proxy, is not among them.
 *
 * @param endpoints names for EDS
 * @param routes names for RDS
 * @param secrets names for SDS
 * @param extensions names for ECDS
 * @param scopedRoutes whether it wants scoped routes (SRDS), which are asked for as a whole
 * @param inlineRoutes route configurations that are written inside it; nobody need ask for these
 */
public record ResourceReferences(
    Set<String> endpoints,
    Set<String> routes,
    Set<String> secrets,
    Set<String> extensions,
    boolean scopedRoutes,
    List<ProtobufContent> inlineRoutes) {
  /** Nothing. */
  public static final ResourceReferences NONE =
      new ResourceReferences(Set.of(), Set.of(), Set.of(), Set.of(), false, List.of());

  /** Copies the sets. */
  public ResourceReferences {
    endpoints = Set.copyOf(endpoints);
    routes = Set.copyOf(routes);
    secrets = Set.copyOf(secrets);
    extensions = Set.copyOf(extensions);
    inlineRoutes = List.copyOf(inlineRoutes);
  }
}
