package dev.pilothouse.envoy.trace;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.Endpoint;
import dev.pilothouse.envoy.EndpointResource;
import dev.pilothouse.envoy.EnvoyConfig;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.clusters.aggregate.v3.ClusterConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Finds clusters and their endpoints, each once. */
final class ClusterIndex {
  private static final String LB = "envoy.lb";

  private record Key(String cluster, Map<String, Value> subset) {}

  private final EnvoyConfig config;
  private final boolean known;
  private final Map<Key, Destination> found = new ConcurrentHashMap<>();

  ClusterIndex(EnvoyConfig config) {
    this.config = config;
    // A dump with Envoy's own settings is whole; if it has no clusters, there are none.
    this.known =
        !config.clusters().isEmpty()
            || config
                .bootstrap()
                .filter(
                    b ->
                        b.message() instanceof Bootstrap message
                            && message.getStaticResources().getClustersCount() == 0)
                .isPresent();
  }

  /**
   * Finds one.
   *
   * @param metadataMatch what the route asks of endpoints; only clusters with subsets heed it
   */
  Destination find(String cluster, @Nullable Struct metadataMatch) {
    Map<String, Value> subset = metadataMatch == null ? Map.of() : metadataMatch.getFieldsMap();
    return found.computeIfAbsent(new Key(cluster, subset), this::make);
  }

  private Destination make(Key key) {
    ClusterResource resource = config.cluster(key.cluster()).orElse(null);
    if (resource == null || resource.state() == dev.pilothouse.envoy.Resource.State.REJECTED) {
      return new Destination(
          key.cluster(), 1, !known, List.of(), List.of(), "", null, List.of(), null);
    }
    Cluster cluster = resource.message(Cluster.class);
    List<Endpoint> all =
        config
            .endpoint(key.cluster())
            .map(EndpointResource::endpoints)
            .orElseGet(() -> isStatic(cluster) ? resource.endpoints() : List.of());
    Map<String, Value> subset = Map.of();
    boolean none = false;
    if (SubsetRule.of(cluster) && !all.isEmpty()) {
      List<Map<String, Value>> metadata = metadata(key.cluster(), cluster);
      Map<String, Value> chosen =
          new SubsetRule(cluster.getLbSubsetConfig(), metadata).chosen(key.subset());
      none = chosen == null;
      Map<String, Value> wanted = chosen == null ? key.subset() : chosen;
      subset = wanted;
      List<Endpoint> every = all;
      all =
          IntStream.range(0, every.size())
              .filter(at -> metadata.get(at).entrySet().containsAll(wanted.entrySet()))
              .mapToObj(every::get)
              .toList();
    }
    return new Destination(
        key.cluster(),
        1,
        true,
        members(cluster),
        none ? List.of() : all,
        text(subset),
        resource.owner().orElse(null),
        List.of(),
        null);
  }

  /**
   * A control plane's configuration has the endpoints of such a cluster in it, and nowhere else.
   */
  private static boolean isStatic(Cluster cluster) {
    return !cluster.hasClusterType() && cluster.getType() == Cluster.DiscoveryType.STATIC;
  }

  /** What the endpoints of a cluster say of themselves to its balancer, in their order. */
  private List<Map<String, Value>> metadata(String name, Cluster cluster) {
    return config
        .endpoint(name)
        .map(resource -> resource.message(ClusterLoadAssignment.class))
        .orElse(cluster.getLoadAssignment())
        .getEndpointsList()
        .stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .map(
            endpoint ->
                endpoint
                    .getMetadata()
                    .getFilterMetadataOrDefault(LB, Struct.getDefaultInstance())
                    .getFieldsMap())
        .toList();
  }

  private static String text(Map<String, Value> subset) {
    return new TreeMap<>(subset)
        .entrySet().stream()
            .map(
                entry ->
                    entry.getKey()
                        + "="
                        + (entry.getValue().hasStringValue()
                            ? entry.getValue().getStringValue()
                            : entry.getValue().toString().strip()))
            .collect(Collectors.joining(","));
  }

  private static List<String> members(Cluster cluster) {
    try {
      return cluster.getClusterType().getTypedConfig().is(ClusterConfig.class)
          ? List.copyOf(
              cluster
                  .getClusterType()
                  .getTypedConfig()
                  .unpack(ClusterConfig.class)
                  .getClustersList())
          : List.of();
    } catch (InvalidProtocolBufferException e) {
      return List.of();
    }
  }
}
