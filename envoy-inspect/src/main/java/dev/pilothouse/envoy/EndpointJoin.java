package dev.pilothouse.envoy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The endpoints of each cluster from all that tells of them: EDS, the cluster itself, and what the
 * running Envoy says.
 */
final class EndpointJoin {
  private final EnvoyConfig config;
  private final HostStatuses statuses;

  EndpointJoin(EnvoyConfig config, HostStatuses statuses) {
    this.config = config;
    this.statuses = statuses;
  }

  List<Endpoint> all() {
    Set<String> names = new LinkedHashSet<>();
    config.clusters().forEach(cluster -> names.add(cluster.name()));
    names.addAll(statuses.clusters());
    Set<String> edsNames = new LinkedHashSet<>();
    config.clusters().forEach(cluster -> edsNames.add(cluster.edsServiceName()));
    for (EndpointResource endpoints : config.endpoints()) {
      if (!edsNames.contains(endpoints.name())) {
        names.add(endpoints.name());
      }
    }
    List<Endpoint> all = new ArrayList<>();
    names.forEach(name -> all.addAll(of(name)));
    return List.copyOf(all);
  }

  List<Endpoint> of(String cluster) {
    List<Endpoint> configured = configured(cluster);
    List<Endpoint> live = new ArrayList<>(statuses.hosts(cluster));
    List<Endpoint> joined = new ArrayList<>(configured.size());
    for (Endpoint endpoint : configured) {
      Optional<Endpoint> same = take(live, endpoint);
      Endpoint own = endpoint.in(cluster);
      joined.add(same.map(own::with).orElse(own));
    }
    // Those that Envoy has found by DNS, or that the source gave no EDS for.
    joined.addAll(live);
    return List.copyOf(joined);
  }

  private List<Endpoint> configured(String cluster) {
    Optional<EndpointResource> assignment = config.endpoint(cluster);
    if (assignment.isPresent()) {
      return assignment.get().endpoints();
    }
    // What a cluster that resolves names holds are names, not what Envoy balances over.
    return statuses.hosts(cluster).isEmpty()
        ? config.cluster(cluster).map(ClusterResource::endpoints).orElse(List.of())
        : List.of();
  }

  /** One address may be there twice, in two localities. */
  private static Optional<Endpoint> take(List<Endpoint> live, Endpoint endpoint) {
    Endpoint found = null;
    for (Endpoint each : live) {
      if (each.address().equals(endpoint.address())) {
        boolean closer =
            each.locality().equals(endpoint.locality()) && each.priority() == endpoint.priority();
        found = found == null || closer ? each : found;
      }
    }
    if (found != null) {
      live.remove(found);
    }
    return Optional.ofNullable(found);
  }
}
