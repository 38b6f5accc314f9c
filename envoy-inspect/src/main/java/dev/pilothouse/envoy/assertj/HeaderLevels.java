package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.assertj.HeaderEffects.Level;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The levels at which a route configuration changes headers.
 *
 * @param responses whether it is about responses; else about requests
 * @param whole the route configuration
 */
record HeaderLevels(boolean responses, RouteConfiguration whole) {

  HeaderEffects all() {
    return inOrder(new ArrayList<>(List.of(level())));
  }

  HeaderEffects of(VirtualHost host) {
    return inOrder(new ArrayList<>(List.of(level(host), level())));
  }

  /** For each of the route's weighted clusters, or once under an empty name. */
  Map<String, HeaderEffects> of(VirtualHost host, Route route) {
    Map<String, HeaderEffects> ways = new LinkedHashMap<>();
    for (ClusterWeight cluster : route.getRoute().getWeightedClusters().getClustersList()) {
      List<Level> levels = List.of(level(cluster), level(route), level(host), level());
      String name = "on its way to " + cluster.getName() + ", ";
      ways.put(name, inOrder(new ArrayList<>(levels)));
    }
    if (ways.isEmpty()) {
      ways.put("", inOrder(new ArrayList<>(List.of(level(route), level(host), level()))));
    }
    return ways;
  }

  private HeaderEffects inOrder(List<Level> mostSpecificFirst) {
    if (whole.getMostSpecificHeaderMutationsWins()) {
      Collections.reverse(mostSpecificFirst);
    }
    return new HeaderEffects(List.copyOf(mostSpecificFirst));
  }

  private Level level() {
    String name = "the route configuration";
    return responses
        ? new Level(
            name, whole.getResponseHeadersToAddList(), whole.getResponseHeadersToRemoveList())
        : new Level(
            name, whole.getRequestHeadersToAddList(), whole.getRequestHeadersToRemoveList());
  }

  private Level level(VirtualHost host) {
    String name = "the virtual host";
    return responses
        ? new Level(name, host.getResponseHeadersToAddList(), host.getResponseHeadersToRemoveList())
        : new Level(name, host.getRequestHeadersToAddList(), host.getRequestHeadersToRemoveList());
  }

  private Level level(Route route) {
    String name = "the route";
    return responses
        ? new Level(
            name, route.getResponseHeadersToAddList(), route.getResponseHeadersToRemoveList())
        : new Level(
            name, route.getRequestHeadersToAddList(), route.getRequestHeadersToRemoveList());
  }

  private Level level(ClusterWeight cluster) {
    String name = "the weighted cluster";
    return responses
        ? new Level(
            name, cluster.getResponseHeadersToAddList(), cluster.getResponseHeadersToRemoveList())
        : new Level(
            name, cluster.getRequestHeadersToAddList(), cluster.getRequestHeadersToRemoveList());
  }
}
