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
  private final TableContext context;
  private volatile @Nullable Compiled compiled;

  /**
   * What becomes of its routes when the first request comes.
   *
   * @param all those inside a matcher included
   * @param unknown what nobody here knows of how they are chosen; empty when there is nothing
   */
  private record Compiled(
      List<RouteEntry> all, @Nullable MatchTree<List<RouteEntry>> matcher, String unknown) {}

  /**
   * The routes that a request is tried against.
   *
   * @param undecided why nobody can tell; empty when it is decided
   */
  record Routes(List<RouteEntry> list, String undecided) {}

  HostEntry(VirtualHost host, String pointer, TableContext context) {
    this.host = host;
    this.pointer = pointer;
    this.context = context;
  }

  private Compiled compiled() {
    Compiled known = compiled;
    return known == null ? compileOnce() : known;
  }

  private synchronized Compiled compileOnce() {
    Compiled known = compiled;
    if (known != null) {
      return known;
    }
    List<RouteEntry> routes = new ArrayList<>();
    for (int i = 0; i < host.getRoutesCount(); i++) {
      routes.add(new RouteEntry(host.getRoutes(i), pointer + "/routes/" + i, context));
    }
    String newer = context.unknownParts().field(pointer, List.of("route_specifiers"));
    if (newer.isEmpty() && host.hasMatcher()) {
      newer = context.unknownParts().under(pointer + "/matcher");
    }
    Compiled made =
        new Compiled(
            routes,
            host.hasMatcher()
                ? new MatchTreeCompiler<>(action -> compile(action, routes))
                    .compile(host.getMatcher())
                : null,
            newer.isEmpty() ? "" : newer + " is newer than this library");
    compiled = made;
    return made;
  }

  /** Routes in a matcher's actions; each gets a place of its own for the report on coverage. */
  private List<RouteEntry> compile(Any action, List<RouteEntry> routes) {
    List<RouteEntry> own = new ArrayList<>();
    try {
      List<Route> list =
          action.is(RouteList.class)
              ? action.unpack(RouteList.class).getRoutesList()
              : List.of(action.unpack(Route.class));
      for (Route route : list) {
        String at = pointer + "/matcher#" + routes.size();
        RouteEntry entry = new RouteEntry(route, at, context);
        own.add(entry);
        routes.add(entry);
      }
    } catch (InvalidProtocolBufferException e) {
      return List.of();
    }
    return own;
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
    return compiled().all();
  }

  Routes routes(MatchData data) {
    Compiled known = compiled();
    if (!known.unknown().isEmpty()) {
      return new Routes(List.of(), known.unknown());
    }
    MatchTree<List<RouteEntry>> matcher = known.matcher();
    if (matcher == null) {
      return new Routes(known.all(), "");
    }
    MatchTree.Result<List<RouteEntry>> result = matcher.match(data);
    List<RouteEntry> found = result.action();
    return new Routes(found == null ? List.of() : found, result.undecided());
  }
}
