package dev.pilothouse.envoy.trace;

import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbSubsetConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetFallbackPolicy;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints of a cluster with subsets take a request: those whose metadata is as the route
 * asks, if a selector has exactly these keys and there are such endpoints; else what the fallback
 * says.
 */
final class SubsetRule {
  private final LbSubsetConfig config;
  private final List<Map<String, Value>> endpoints;

  /**
   * Makes one.
   *
   * @param endpoints the metadata of each of the cluster's
   */
  SubsetRule(LbSubsetConfig config, List<Map<String, Value>> endpoints) {
    this.config = config;
    this.endpoints = endpoints;
  }

  /** Whether a cluster has subsets that are read here; for all others any endpoint may do. */
  static boolean of(Cluster cluster) {
    LbSubsetConfig config = cluster.getLbSubsetConfig();
    return config.getSubsetSelectorsCount() > 0
        && !cluster.hasLoadBalancingPolicy()
        && !config.getListAsAny()
        && config.getMetadataFallbackPolicyValue() == 0;
  }

  /**
   * What the metadata of endpoints has to be; empty for any, null when none takes the request.
   *
   * @param asked what the route asks
   */
  @Nullable Map<String, Value> chosen(Map<String, Value> asked) {
    Map<String, Value> chosen = chosen(asked, new HashSet<>());
    return chosen == null && config.getPanicModeAny() ? Map.of() : chosen;
  }

  private @Nullable Map<String, Value> chosen(Map<String, Value> asked, Set<Set<String>> tried) {
    LbSubsetSelector own = null;
    for (LbSubsetSelector selector : config.getSubsetSelectorsList()) {
      if (!asked.isEmpty() && Set.copyOf(selector.getKeysList()).equals(asked.keySet())) {
        own = own == null ? selector : own;
      }
    }
    if (own == null) {
      return otherwise(config.getFallbackPolicy());
    }
    if (endpoints.stream().anyMatch(has -> has.entrySet().containsAll(asked.entrySet()))) {
      return asked;
    }
    return switch (own.getFallbackPolicy()) {
      case NOT_DEFINED -> otherwise(config.getFallbackPolicy());
      case NO_FALLBACK -> null;
      case DEFAULT_SUBSET -> otherwise(LbSubsetFallbackPolicy.DEFAULT_SUBSET);
      case KEYS_SUBSET -> {
        Map<String, Value> fewer = new HashMap<>(asked);
        fewer.keySet().retainAll(own.getFallbackKeysSubsetList());
        yield tried.add(fewer.keySet()) ? chosen(fewer, tried) : null;
      }
      default -> Map.of();
    };
  }

  private @Nullable Map<String, Value> otherwise(LbSubsetFallbackPolicy policy) {
    return switch (policy) {
      case NO_FALLBACK -> null;
      case DEFAULT_SUBSET -> config.getDefaultSubset().getFieldsMap();
      default -> Map.of();
    };
  }
}
