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
 * @param endpoints where requests may go: those of the subset that Envoy takes, of all priorities
 *     and in any health; empty when the dump has none, when the subset has none (Envoy answers
 *     503), or when names are resolved by DNS
 * @param subset what the endpoints' metadata has to be, as {@code version=v1}: what the route asks,
 *     or what the cluster falls back to; empty for any
 * @param source the Istio object that shaped the cluster, or null when it does not say
 * @param headers changes of headers that are made for this one of weighted clusters alone, in front
 *     of those of the route
 * @param host the host that is sent to this one of weighted clusters, in place of {@link
 *     Forwarding#host()}; null for no other
 */
public record Destination(
    String cluster,
    double share,
    boolean exists,
    List<String> members,
    List<Endpoint> endpoints,
    String subset,
    @Nullable Owner source,
    List<HeaderChange> headers,
    @Nullable String host) {
  /** Copies the lists. */
  public Destination {
    headers = List.copyOf(headers);
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

  Destination among(double other, List<HeaderChange> changes, @Nullable String otherHost) {
    return new Destination(
        cluster, other, exists, members, endpoints, subset, source, changes, otherHost);
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
