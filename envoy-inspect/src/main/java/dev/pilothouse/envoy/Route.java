package dev.pilothouse.envoy;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A route of a virtual host.
 *
 * @param name its name; empty when it has none
 * @param match what it matches, for people: {@code prefix "/get", header x-user exact "jane"}
 * @param action what it does
 * @param clusters where requests go, with weights; empty unless it forwards to named clusters
 * @param requestHeadersToAdd what it sets in requests
 * @param requestHeadersToRemove what it removes from requests
 * @param responseHeadersToAdd what it sets in responses
 * @param responseHeadersToRemove what it removes from responses
 * @param source the Istio object that it was made from, or null when it does not say; see {@link
 *     #owner()}
 * @param pointer the JSON pointer to it
 */
public record Route(
    String name,
    String match,
    Action action,
    List<WeightedCluster> clusters,
    List<HeaderToAdd> requestHeadersToAdd,
    List<String> requestHeadersToRemove,
    List<HeaderToAdd> responseHeadersToAdd,
    List<String> responseHeadersToRemove,
    @Nullable Owner source,
    String pointer) {

  /** What a route does with a request. */
  public enum Action {
    /** Sends it on to a cluster. */
    FORWARD,
    /** Answers with a redirect. */
    REDIRECT,
    /** Answers itself. */
    DIRECT_RESPONSE,
    /** Something that this library does not know. */
    OTHER
  }

  /**
   * A cluster that requests go to.
   *
   * @param name the cluster's name
   * @param weight its weight among the route's clusters; 1 when it is the only one
   */
  public record WeightedCluster(String name, long weight) {}

  /** Copies the lists. */
  public Route {
    clusters = List.copyOf(clusters);
    requestHeadersToAdd = List.copyOf(requestHeadersToAdd);
    requestHeadersToRemove = List.copyOf(requestHeadersToRemove);
    responseHeadersToAdd = List.copyOf(responseHeadersToAdd);
    responseHeadersToRemove = List.copyOf(responseHeadersToRemove);
  }

  static Route of(JsonObject json) {
    return new Route(
        json.text("name"),
        RouteMatchText.of(json.object("match")),
        actionOf(json),
        clustersOf(json.object("route")),
        json.objects("request_headers_to_add", HeaderToAdd::of),
        json.texts("request_headers_to_remove"),
        json.objects("response_headers_to_add", HeaderToAdd::of),
        json.texts("response_headers_to_remove"),
        Owner.of(json).orElse(null),
        json.pointer());
  }

  /**
   * The Istio object that it was made from.
   *
   * @return the owner, or empty when the route does not say
   */
  public Optional<Owner> owner() {
    return Optional.ofNullable(source);
  }

  /**
   * A header that it sets in responses.
   *
   * @param header the header's name, in any case
   * @return the value of the first of that name, or empty when it sets none
   */
  public Optional<String> responseHeader(String header) {
    return responseHeadersToAdd.stream()
        .filter(h -> h.name().equalsIgnoreCase(header))
        .map(HeaderToAdd::value)
        .findFirst();
  }

  /** One line: its name, what it matches and where it leads. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Route[");
    if (!name.isEmpty()) {
      text.append(name).append(": ");
    }
    text.append(match).append(" → ");
    if (clusters.isEmpty()) {
      text.append(action);
    } else {
      text.append(
          String.join(
              ", ",
              clusters.stream()
                  .map(c -> clusters.size() == 1 ? c.name() : c.name() + " (" + c.weight() + ")")
                  .toList()));
    }
    return text.append(']').toString();
  }

  private static Action actionOf(JsonObject json) {
    if (json.has("route")) {
      return Action.FORWARD;
    }
    if (json.has("redirect")) {
      return Action.REDIRECT;
    }
    return json.has("direct_response") ? Action.DIRECT_RESPONSE : Action.OTHER;
  }

  private static List<WeightedCluster> clustersOf(JsonObject route) {
    String single = route.text("cluster");
    if (!single.isEmpty()) {
      return List.of(new WeightedCluster(single, 1));
    }
    return route
        .object("weighted_clusters")
        .objects("clusters", c -> new WeightedCluster(c.text("name"), c.number("weight")));
  }
}
