package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.Endpoint;
import dev.pilothouse.envoy.Owner;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that a request is sent to.
 *
 * @param cluster its name
 * @param share how likely it is among the route's, from 0 to 1
 * @param exists whether the configuration has it; without it Envoy answers 503
 * @param members what an aggregate cluster is made of, in its order; else empty
 * @param endpoints where requests may go: those of the subset if one is asked for, of all
 *     priorities and in any health; empty when the dump has none, or names are resolved by DNS
 * @param subset what the endpoints' metadata has to be, as {@code version=v1}; empty for any
 * @param source the Istio object that shaped the cluster, or null when it does not say
 */
public record Destination(
    String cluster,
    double share,
    boolean exists,
    List<String> members,
    List<Endpoint> endpoints,
    String subset,
    @Nullable Owner source) {
  /** Copies the lists. */
  public Destination {
    members = List.copyOf(members);
    endpoints = List.copyOf(endpoints);
  }

  /**
   * The Istio object that shaped the cluster, mostly a DestinationRule.
   *
   * @return the owner, or empty when the cluster does not say
   */
  public Optional<Owner> owner() {
    return Optional.ofNullable(source);
  }

  Destination withShare(double other) {
    return new Destination(cluster, other, exists, members, endpoints, subset, source);
  }

  /** One line: the cluster, its share unless it is the only one, and its endpoints. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(cluster.isEmpty() ? "(no cluster)" : cluster);
    text.append(share == 1 ? "" : " " + Choice.percent(share));
    text.append(subset.isEmpty() ? "" : " subset " + subset);
    text.append(exists ? "" : " (no such cluster)");
    text.append(members.isEmpty() ? "" : " of " + members);
    if (!endpoints.isEmpty()) {
      text.append(
          endpoints.stream()
              .limit(3)
              .map(endpoint -> endpoint.address().toString())
              .collect(Collectors.joining(", ", " [", endpoints.size() > 3 ? ", …]" : "]")));
    }
    return text.toString();
  }
}
