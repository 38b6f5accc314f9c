package dev.pilothouse.envoy.lint;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.Origin;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.SecretResource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What there is in a configuration, and how sure that is. */
final class Facts {
  private static final Set<State> IN_USE = Set.of(State.ACTIVE, State.WARMING, State.UNKNOWN);

  private final Set<String> clusters;
  private final Map<String, Set<Integer>> portsOf = new HashMap<>();
  private final Set<String> routes;
  private final Set<String> secrets;
  private final Set<String> staticSecrets;
  private final boolean isEnvoys;
  private final Set<String> shownElsewhere = new HashSet<>();

  private Facts(EnvoyConfig config) {
    this.clusters = names(config.clusters());
    for (String cluster : clusters) {
      ClusterName.parse(cluster)
          .ifPresent(
              name ->
                  portsOf.computeIfAbsent(service(name), s -> new HashSet<>()).add(name.port()));
    }
    this.routes =
        names(
            config.routeConfigurations().stream()
                .filter(r -> r.section() == ConfigSection.DYNAMIC_ROUTE_CONFIGS)
                .toList());
    // One that warms is only waited for.
    List<SecretResource> arrived =
        config.secrets().stream().filter(s -> s.state() == State.ACTIVE).toList();
    this.secrets = names(arrived);
    this.staticSecrets = names(arrived.stream().filter(s -> s.origin() == Origin.STATIC).toList());
    // A control plane's dump lacks what only Envoy knows: static clusters, secrets of the agent.
    this.isEnvoys = config.bootstrap().filter(b -> !b.raw().isEmpty()).isPresent();
    String staticResources = "envoy.config.bootstrap.v3.Bootstrap.static_resources";
    shownElsewhere.add(staticResources);
    if (!config.section(ConfigSection.STATIC_ROUTE_CONFIGS).isEmpty()) {
      shownElsewhere.add(
          "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
              + ".route_config");
    }
  }

  static Facts of(EnvoyConfig config) {
    return new Facts(config);
  }

  boolean isInUse(Resource resource) {
    return IN_USE.contains(resource.state());
  }

  /** Whether the dump shows it in a section of its own, so that it would be found twice. */
  boolean isShownElsewhere(FieldDescriptor field, Resource resource) {
    return isInUse(resource) && shownElsewhere.contains(field.getFullName());
  }

  /** Whether there is certainly no cluster of this name. */
  boolean lacksCluster(String name) {
    return !clusters.contains(name) && cannotTellOfCluster(name).isEmpty();
  }

  /** Why nobody can tell whether a cluster that is not shown is there; empty when that is clear. */
  String cannotTellOfCluster(String name) {
    if (clusters.isEmpty()) {
      return "the dump has no clusters";
    }
    return isEnvoys || clusters.contains(name) || ClusterName.parse(name).isPresent()
        ? ""
        : "the dump has no bootstrap, so Envoy's static clusters are not known";
  }

  /** Whether there are clusters of the same direction and host, but none of them of its port. */
  boolean hasOnlyOtherPorts(String cluster) {
    Optional<ClusterName> name = ClusterName.parse(cluster);
    Set<Integer> ports = name.map(n -> portsOf.getOrDefault(service(n), Set.of())).orElse(Set.of());
    return !ports.isEmpty() && !ports.contains(name.map(ClusterName::port).orElse(0));
  }

  private static String service(ClusterName name) {
    return name.direction() + " " + name.host();
  }

  /** Whether there is certainly no route configuration of this name from RDS. */
  boolean lacksRouteConfiguration(String name) {
    return !routes.isEmpty() && !routes.contains(name);
  }

  /** Whether nothing can be told of route configurations. */
  boolean hasNoRouteConfigurations() {
    return routes.isEmpty();
  }

  /** Whether it is Envoy's own dump, which alone tells of secrets and of the bootstrap. */
  boolean isEnvoys() {
    return isEnvoys;
  }

  /** Whether there is certainly no secret of this name from SDS. */
  boolean lacksSecret(String name) {
    return isEnvoys && !secrets.contains(name);
  }

  /** Whether there is certainly no secret of this name in the bootstrap. */
  boolean lacksStaticSecret(String name) {
    return isEnvoys && !staticSecrets.contains(name);
  }

  private static Set<String> names(List<? extends Resource> resources) {
    Set<String> names = new HashSet<>();
    for (Resource resource : resources) {
      if (IN_USE.contains(resource.state())) {
        names.add(resource.name());
      }
    }
    return names;
  }
}
