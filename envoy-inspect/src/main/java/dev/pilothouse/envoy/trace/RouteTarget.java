package dev.pilothouse.envoy.trace;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the clusters that a route sends to. */
final class RouteTarget {
  private static final String LB = "envoy.lb";

  private final RouteAction action;
  private final ClusterIndex clusters;
  private final RuntimeSettings runtime;
  private final @Nullable Struct subset;
  private final List<List<HeaderChange>> changes;

  /**
   * What came out.
   *
   * @param undecided why nobody can tell; empty when it is decided
   */
  record Found(List<Destination> destinations, String undecided) {
    static Found undecided(String why) {
      return new Found(List.of(), why);
    }
  }

  RouteTarget(RouteAction action, ClusterIndex clusters, RuntimeSettings runtime) {
    this.action = action;
    this.clusters = clusters;
    this.runtime = runtime;
    this.subset = subset(action.getMetadataMatch());
    this.changes =
        action.getWeightedClusters().getClustersList().stream().map(HeaderChanges::of).toList();
  }

  private static @Nullable Struct subset(Metadata metadata) {
    return metadata.getFilterMetadataMap().get(LB);
  }

  /** What a weighted cluster asks of endpoints comes on top of what its route does. */
  static @Nullable Struct both(@Nullable Struct outer, @Nullable Struct own) {
    if (own == null || outer == null) {
      return own == null ? outer : own;
    }
    return outer.toBuilder().putAllFields(own.getFieldsMap()).build();
  }

  Found find(Facts facts, RandomDraw draw) {
    return switch (action.getClusterSpecifierCase()) {
      case CLUSTER -> one(action.getCluster(), subset);
      case CLUSTER_HEADER ->
          facts.dependsOnTheWay(Ascii.lower(action.getClusterHeader()))
              ? Found.undecided("an HTTP connection manager may change the cluster's header")
              : one(first(facts, action.getClusterHeader()), subset);
      case WEIGHTED_CLUSTERS -> weighted(action.getWeightedClusters(), facts, draw);
      case CLUSTER_SPECIFIER_PLUGIN, INLINE_CLUSTER_SPECIFIER_PLUGIN ->
          Found.undecided("a plugin chooses the cluster");
      case CLUSTERSPECIFIER_NOT_SET -> Found.undecided("the cluster is chosen in an unknown way");
    };
  }

  private Found one(String cluster, @Nullable Struct metadataMatch) {
    return new Found(List.of(clusters.find(cluster, metadataMatch)), "");
  }

  private static String first(Facts facts, String header) {
    String value = facts.first(Ascii.lower(header));
    return value == null ? "" : value;
  }

  private Found weighted(WeightedCluster weighted, Facts facts, RandomDraw draw) {
    int count = weighted.getClustersCount();
    long[] weights = new long[count];
    long total = 0;
    for (int i = 0; i < count; i++) {
      WeightedCluster.ClusterWeight cluster = weighted.getClusters(i);
      String key = weighted.getRuntimeKeyPrefix() + "." + cluster.getName();
      if (!weighted.getRuntimeKeyPrefix().isEmpty()
          && (runtime.has(key) || runtime.mayOverride(key))) {
        return Found.undecided("runtime settings may change the weights of the clusters");
      }
      weights[i] = Integer.toUnsignedLong(cluster.getWeight().getValue());
      total += weights[i];
    }
    if (total == 0) {
      return Found.undecided("the weights of the clusters are all 0");
    }
    double[] shares = shares(weighted, weights, total, facts, draw);
    double all = 0;
    for (int i = 0; i < count; i++) {
      all += shares[i];
    }
    List<Destination> destinations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (shares[i] > 0) {
        WeightedCluster.ClusterWeight cluster = weighted.getClusters(i);
        String name =
            cluster.getName().isEmpty()
                ? first(facts, cluster.getClusterHeader())
                : cluster.getName();
        destinations.add(
            clusters
                .find(name, both(subset, subset(cluster.getMetadataMatch())))
                .among(shares[i] / all, changes.get(i), host(cluster)));
      }
    }
    return new Found(destinations, "");
  }

  /** A host rewrite of the route's own comes later, and wins. */
  private @Nullable String host(WeightedCluster.ClusterWeight weighted) {
    boolean own =
        action.getHostRewriteSpecifierCase()
            == RouteAction.HostRewriteSpecifierCase.HOSTREWRITESPECIFIER_NOT_SET;
    return own && !weighted.getHostRewriteLiteral().isEmpty()
        ? weighted.getHostRewriteLiteral()
        : null;
  }

  private static double[] shares(
      WeightedCluster weighted, long[] weights, long total, Facts facts, RandomDraw draw) {
    List<HttpRequest.Header> values =
        weighted.getHeaderName().isEmpty()
            ? List.of()
            : facts.request().headers().stream()
                .filter(h -> h.name().equalsIgnoreCase(weighted.getHeaderName()))
                .toList();
    Long number = values.size() == 1 ? Ascii.number(values.get(0).value()) : null;
    if (number == null || number < 0) {
      return draw.split(weights, total);
    }
    double[] shares = new double[weights.length];
    long end = 0;
    for (int i = 0; i < weights.length; i++) {
      end += weights[i];
      if (number % total < end) {
        shares[i] = 1;
        break;
      }
    }
    return shares;
  }
}
