package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.ArrayList;
import java.util.List;

/** Follows a connection through a TCP proxy. */
final class TcpTracer {
  private static final String LB = "envoy.lb";

  private final ClusterIndex clusters;

  TcpTracer(ClusterIndex clusters) {
    this.clusters = clusters;
  }

  Trace follow(Trail trail, FilterChainEntry chain) {
    TcpProxy proxy = chain.filters().tcp();
    if (proxy == null) {
      String last = chain.filters().lastName();
      return trail.end(
          last.isEmpty()
              ? new Outcome.Closed("the filter chain has no filters")
              : new Outcome.Undecided(
                  "what the network filter " + last + " does is unknown here", List.of()));
    }
    List<Destination> destinations = destinations(proxy, trail, chain);
    if (destinations.isEmpty()) {
      return trail.end(
          new Outcome.Undecided("the TCP proxy's cluster is chosen elsewhere", List.of()));
    }
    if (destinations.size() == 1 && !destinations.get(0).exists()) {
      return trail.end(
          new Outcome.Closed("there is no cluster '" + destinations.get(0).cluster() + "'"));
    }
    return trail.end(new Outcome.Tcp(destinations));
  }

  private List<Destination> destinations(TcpProxy proxy, Trail trail, FilterChainEntry chain) {
    com.google.protobuf.Struct subset = proxy.getMetadataMatch().getFilterMetadataMap().get(LB);
    if (chain.filters().clusterByServerName() && !trail.seen().serverName().isEmpty()) {
      return List.of(clusters.find(trail.seen().serverName(), subset));
    }
    if (proxy.hasCluster()) {
      return List.of(clusters.find(proxy.getCluster(), subset));
    }
    List<Destination> destinations = new ArrayList<>();
    long total = 0;
    for (TcpProxy.WeightedCluster.ClusterWeight weight :
        proxy.getWeightedClusters().getClustersList()) {
      total += Integer.toUnsignedLong(weight.getWeight());
    }
    for (TcpProxy.WeightedCluster.ClusterWeight weight :
        proxy.getWeightedClusters().getClustersList()) {
      if (weight.getWeight() != 0) {
        com.google.protobuf.Struct own = weight.getMetadataMatch().getFilterMetadataMap().get(LB);
        destinations.add(
            clusters
                .find(weight.getName(), RouteTarget.both(subset, own))
                .among(
                    (double) Integer.toUnsignedLong(weight.getWeight()) / total, List.of(), null));
      }
    }
    return destinations;
  }
}
