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
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.extensions.clusters.aggregate.v3.ClusterConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
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
      return new Destination(key.cluster(), 1, !known, List.of(), List.of(), "", null);
    }
    Cluster cluster = resource.message(Cluster.class);
    boolean subsets = cluster.getLbSubsetConfig().getSubsetSelectorsCount() > 0;
    Map<String, Value> subset = subsets ? key.subset() : Map.of();
    return new Destination(
        key.cluster(),
        1,
        true,
        members(cluster),
        endpoints(key.cluster(), subset),
        text(subset),
        resource.owner().orElse(null));
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

  private List<Endpoint> endpoints(String cluster, Map<String, Value> subset) {
    EndpointResource resource = config.endpoint(cluster).orElse(null);
    if (resource == null || subset.isEmpty()) {
      return resource == null ? List.of() : resource.endpoints();
    }
    // Typed endpoints come in the order of the message's.
    List<LbEndpoint> messages =
        resource.message(ClusterLoadAssignment.class).getEndpointsList().stream()
            .flatMap(locality -> locality.getLbEndpointsList().stream())
            .toList();
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      Map<String, Value> has =
          messages
              .get(i)
              .getMetadata()
              .getFilterMetadataOrDefault(LB, Struct.getDefaultInstance())
              .getFieldsMap();
      if (has.entrySet().containsAll(subset.entrySet())) {
        endpoints.add(resource.endpoints().get(i));
      }
    }
    return endpoints;
  }
}
