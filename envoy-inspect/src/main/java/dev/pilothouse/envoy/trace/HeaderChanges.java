package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.trace.HeaderChange.Action;
import dev.pilothouse.envoy.trace.HeaderChange.Message;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.List;

/** Collects the header changes of a route, its virtual host and its route configuration. */
final class HeaderChanges {
  private HeaderChanges() {}

  /** In the order in which Envoy makes them, so that of two the later one is seen. */
  static List<HeaderChange> of(RouteConfiguration table, VirtualHost host, Route route) {
    List<List<HeaderChange>> levels = new ArrayList<>();
    levels.add(
        changes(
            route.getRequestHeadersToAddList(),
            route.getRequestHeadersToRemoveList(),
            route.getResponseHeadersToAddList(),
            route.getResponseHeadersToRemoveList()));
    levels.add(
        changes(
            host.getRequestHeadersToAddList(),
            host.getRequestHeadersToRemoveList(),
            host.getResponseHeadersToAddList(),
            host.getResponseHeadersToRemoveList()));
    List<HeaderChange> outermost =
        changes(
            table.getRequestHeadersToAddList(),
            table.getRequestHeadersToRemoveList(),
            table.getResponseHeadersToAddList(),
            table.getResponseHeadersToRemoveList());
    levels.add(outermost);
    if (table.getMostSpecificHeaderMutationsWins()) {
      java.util.Collections.reverse(levels);
    }
    return levels.stream().flatMap(List::stream).toList();
  }

  /** Those of one of weighted clusters, which come before all others. */
  static List<HeaderChange> of(WeightedCluster.ClusterWeight cluster) {
    return changes(
        cluster.getRequestHeadersToAddList(),
        cluster.getRequestHeadersToRemoveList(),
        cluster.getResponseHeadersToAddList(),
        cluster.getResponseHeadersToRemoveList());
  }

  private static List<HeaderChange> changes(
      List<HeaderValueOption> requestAdds,
      List<String> requestRemovals,
      List<HeaderValueOption> responseAdds,
      List<String> responseRemovals) {
    List<HeaderChange> changes = new ArrayList<>();
    add(changes, Message.REQUEST, requestAdds, requestRemovals);
    add(changes, Message.RESPONSE, responseAdds, responseRemovals);
    return changes;
  }

  /** Envoy removes before it adds. */
  private static void add(
      List<HeaderChange> changes,
      Message message,
      List<HeaderValueOption> adds,
      List<String> removals) {
    for (String name : removals) {
      changes.add(new HeaderChange(message, Action.REMOVE, name, ""));
    }
    for (HeaderValueOption option : adds) {
      String value = option.getHeader().getValue();
      if (value.isEmpty()) {
        value = option.getHeader().getRawValue().toStringUtf8();
      }
      changes.add(new HeaderChange(message, action(option), option.getHeader().getKey(), value));
    }
  }

  @SuppressWarnings("deprecation") // Envoy still takes the old form
  private static Action action(HeaderValueOption option) {
    if (option.hasAppend()) {
      return option.getAppend().getValue() ? Action.APPEND : Action.SET;
    }
    return switch (option.getAppendAction()) {
      case ADD_IF_ABSENT -> Action.ADD_IF_ABSENT;
      case OVERWRITE_IF_EXISTS_OR_ADD -> Action.SET;
      case OVERWRITE_IF_EXISTS -> Action.SET_IF_PRESENT;
      default -> Action.APPEND;
    };
  }
}
