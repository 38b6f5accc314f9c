package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.RouteResource;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Follows connections through listeners and filter chains; {@link HttpTracer} takes it from there.
 */
final class CompiledTracer implements RequestTracer {
  private final EnvoyConfig config;
  private final ListenerSet listeners;
  private final ClusterIndex clusters;
  private final RuntimeSettings runtime;
  private final Map<String, Optional<RouteTable>> byName = new ConcurrentHashMap<>();
  private final Map<HttpManager, RouteTable> inline = new ConcurrentHashMap<>();

  CompiledTracer(EnvoyConfig config) {
    this.config = config;
    this.runtime = new RuntimeSettings(config);
    this.listeners = new ListenerSet(config, runtime);
    this.clusters = new ClusterIndex(config);
  }

  @Override
  public Trace trace(Connection connection, HttpRequest request) {
    return follow(new Trail(connection, request));
  }

  @Override
  public Trace trace(Connection connection) {
    return follow(new Trail(connection, null));
  }

  private Trace follow(Trail trail) {
    Connection connection = trail.connection();
    ListenerSet.Pick pick = listeners.find(connection);
    trail.listeners(listeners, pick);
    ListenerEntry listener = pick.entry();
    if (listener == null) {
      return trail.end(new Outcome.Closed(pick.why()));
    }
    Seen seen = listener.see(connection, trail.request());
    FilterChainIndex.Walk walk = listener.chains().find(seen);
    trail.chains(seen, walk);
    FilterChainEntry chain = walk.chain();
    if (!walk.undecided().isEmpty()) {
      return trail.end(new Outcome.Undecided(walk.undecided(), List.of()));
    }
    if (chain == null) {
      return trail.end(new Outcome.Closed("no filter chain matches"));
    }
    if (chain.transport() == FilterChainEntry.Transport.TLS && !connection.encrypted()) {
      return trail.end(
          new Outcome.Closed("the filter chain wants TLS, and the client speaks none"));
    }
    if (chain.transport() == FilterChainEntry.Transport.OTHER) {
      return trail.end(
          new Outcome.Undecided("the filter chain's transport socket is unknown here", List.of()));
    }
    HttpManager manager = chain.filters().http();
    if (manager != null) {
      return http(trail, chain, manager, seen);
    }
    return new TcpTracer(clusters).follow(trail, chain);
  }

  private Trace http(Trail trail, FilterChainEntry chain, HttpManager manager, Seen seen) {
    HttpRequest request = trail.request();
    if (request == null) {
      return trail.end(new Outcome.Undecided("it depends on the HTTP requests in it", List.of()));
    }
    if (trail.connection().encrypted() && chain.transport() == FilterChainEntry.Transport.PLAIN) {
      return trail.end(new Outcome.Closed("the filter chain wants plain HTTP, and gets TLS"));
    }
    HttpManager.Prepared prepared = manager.prepare(trail.connection(), chain, request);
    Facts facts = prepared.facts();
    if (facts == null) {
      Outcome answer = prepared.answer();
      return trail.end(
          answer == null ? new Outcome.Undecided(prepared.undecided(), List.of()) : answer);
    }
    trail.facts(facts);
    if (manager.scoped()) {
      return trail.end(
          new Outcome.Undecided("scoped routes choose the route configuration", List.of()));
    }
    Optional<RouteTable> table = table(manager);
    if (table.isEmpty()) {
      return trail.end(
          new Outcome.Undecided(
              "the configuration has no route configuration '" + manager.routeConfigName() + "'",
              List.of()));
    }
    trail.table(table.get());
    return new HttpTracer(manager).follow(trail, table.get(), facts, seen);
  }

  private Optional<RouteTable> table(HttpManager manager) {
    RouteConfiguration written = manager.inlineRoutes();
    if (written != null) {
      return Optional.of(
          inline.computeIfAbsent(
              manager,
              m ->
                  new RouteTable(
                      written,
                      m.pointer() + "/route_config",
                      clusters,
                      runtime,
                      m.unknownParts())));
    }
    // Without computeIfAbsent first: it locks, and almost always there is one.
    Optional<RouteTable> known = byName.get(manager.routeConfigName());
    return known == null ? byName.computeIfAbsent(manager.routeConfigName(), this::fetched) : known;
  }

  private Optional<RouteTable> fetched(String name) {
    return config
        .route(name)
        .filter(resource -> resource.state() != Resource.State.REJECTED)
        .map(this::compile);
  }

  private RouteTable compile(RouteResource resource) {
    return new RouteTable(
        resource.message(RouteConfiguration.class),
        resource.pointer(),
        clusters,
        runtime,
        new UnknownParts(resource));
  }

  @Override
  public List<Decision> routes() {
    Map<String, RouteTable> tables = new LinkedHashMap<>();
    for (ListenerEntry listener : listeners.all()) {
      for (FilterChainEntry chain : listener.entries()) {
        HttpManager manager = chain.filters().http();
        if (manager != null && !manager.scoped()) {
          table(manager).ifPresent(table -> tables.put(table.pointer(), table));
        }
      }
    }
    List<Decision> routes = new ArrayList<>();
    for (RouteTable table : tables.values()) {
      for (HostEntry host : table.hosts()) {
        host.all().forEach(route -> routes.add(route.decision()));
      }
    }
    return List.copyOf(routes);
  }

  @Override
  public RouteCoverage coverage(Collection<Trace> traces) {
    Set<String> reached = new HashSet<>();
    Set<String> maybe = new HashSet<>();
    for (Trace trace : traces) {
      for (Choice choice : trace.choices()) {
        choice
            .route()
            .ifPresent(
                route -> (Double.isNaN(choice.share()) ? maybe : reached).add(route.pointer()));
      }
    }
    List<Decision> all = routes();
    return new RouteCoverage(
        all.stream().filter(route -> reached.contains(route.pointer())).toList(),
        all.stream()
            .filter(r -> maybe.contains(r.pointer()) && !reached.contains(r.pointer()))
            .toList(),
        all.stream()
            .filter(r -> !maybe.contains(r.pointer()) && !reached.contains(r.pointer()))
            .toList());
  }

  @Override
  public String toString() {
    return "RequestTracer[" + config + "]";
  }
}
