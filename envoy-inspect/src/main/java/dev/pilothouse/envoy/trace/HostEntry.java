package dev.pilothouse.envoy.trace;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.pilothouse.envoy.Owner;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteList;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A virtual host, compiled. */
final class HostEntry {
  private final VirtualHost host;
  private final String pointer;
  private final List<RouteEntry> routes = new ArrayList<>();
  private final @Nullable MatchTree<List<RouteEntry>> matcher;
  private final String unknown;

  /**
   * The routes that a request is tried against.
   *
   * @param undecided why nobody can tell; empty when it is decided
   */
  record Routes(List<RouteEntry> list, String undecided) {}

  HostEntry(VirtualHost host, String pointer, TableContext context) {
    this.host = host;
    this.pointer = pointer;
    for (int i = 0; i < host.getRoutesCount(); i++) {
      routes.add(new RouteEntry(host.getRoutes(i), pointer + "/routes/" + i, context));
    }
    String newer = context.unknownParts().field(pointer, List.of("route_specifiers"));
    if (newer.isEmpty() && host.hasMatcher()) {
      newer = context.unknownParts().under(pointer + "/matcher");
    }
    this.unknown = newer.isEmpty() ? "" : newer + " is newer than this library";
    this.matcher =
        host.hasMatcher()
            ? new MatchTreeCompiler<>(action -> compile(action, context)).compile(host.getMatcher())
            : null;
  }

  /** Routes in a matcher's actions; each gets a place of its own for the report on coverage. */
  private List<RouteEntry> compile(Any action, TableContext context) {
    List<RouteEntry> compiled = new ArrayList<>();
    try {
      List<Route> list =
          action.is(RouteList.class)
              ? action.unpack(RouteList.class).getRoutesList()
              : List.of(action.unpack(Route.class));
      for (Route route : list) {
        String at = pointer + "/matcher#" + routes.size();
        RouteEntry entry = new RouteEntry(route, at, context);
        compiled.add(entry);
        routes.add(entry);
      }
    } catch (InvalidProtocolBufferException e) {
      return List.of();
    }
    return compiled;
  }

  String name() {
    return host.getName();
  }

  String pointer() {
    return pointer;
  }

  List<String> domains() {
    return host.getDomainsList();
  }

  VirtualHost.TlsRequirementType requireTls() {
    return host.getRequireTls();
  }

  Map<String, Any> perFilter() {
    return host.getTypedPerFilterConfigMap();
  }

  @Nullable Owner owner() {
    return Owners.of(host.getMetadata());
  }

  /** All routes, those inside a matcher included. */
  List<RouteEntry> all() {
    return routes;
  }

  Routes routes(MatchData data) {
    if (!unknown.isEmpty()) {
      return new Routes(List.of(), unknown);
    }
    if (matcher == null) {
      return new Routes(routes, "");
    }
    MatchTree.Result<List<RouteEntry>> result = matcher.match(data);
    List<RouteEntry> found = result.action();
    return new Routes(found == null ? List.of() : found, result.undecided());
  }
}
