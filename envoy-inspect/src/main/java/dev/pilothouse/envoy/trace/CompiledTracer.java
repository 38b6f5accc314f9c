package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.VirtualHost;
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
import org.jspecify.annotations.Nullable;

/**
 * Follows connections through listeners and filter chains; {@link HttpTracer} takes it from there.
 */
final class CompiledTracer implements RequestTracer {
  private final EnvoyConfig config;
  private final ClusterIndex clusters;
  private final RuntimeSettings runtime;
  private volatile @Nullable ListenerSet compiled;
  private final Map<String, Optional<RouteTable>> byName = new ConcurrentHashMap<>();
  private final Map<RouteResource, RouteTable> byResource = new ConcurrentHashMap<>();
  private final Map<String, RouteTable> inline = new ConcurrentHashMap<>();

  CompiledTracer(EnvoyConfig config) {
    this.config = config;
    this.runtime = new RuntimeSettings(config);
    this.clusters = new ClusterIndex(config);
  }

  /** Traces that begin at a virtual host do without. */
  private ListenerSet listeners() {
    ListenerSet known = compiled;
    return known == null ? compileListeners() : known;
  }

  private synchronized ListenerSet compileListeners() {
    ListenerSet known = compiled;
    if (known == null) {
      known = new ListenerSet(config, runtime);
      compiled = known;
    }
    return known;
  }

  @Override
  public Trace trace(Connection connection, HttpRequest request) {
    return follow(new Trail(connection, request), connection);
  }

  @Override
  public Trace trace(Connection connection) {
    return follow(new Trail(connection, null), connection);
  }

  @Override
  public Trace trace(RouteResource routes, VirtualHost virtualHost, HttpRequest request) {
    Trail trail = new Trail(null, request);
    RouteTable table = byResource.computeIfAbsent(routes, this::compile);
    HostEntry host = table.host(virtualHost.pointer());
    Facts facts = Facts.alone(request);
    trail.facts(facts);
    trail.table(table);
    if (!facts.connect() && PathNormalizer.mayChange(request.path())) {
      return trail.end(
          new Outcome.Undecided(
              "an HTTP connection manager may change the path " + request.path(), List.of()));
    }
    return new HttpTracer(null).follow(trail, table, host, facts, null);
  }

  private Trace follow(Trail trail, Connection connection) {
    ListenerSet listeners = listeners();
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
    if (chain.transport() == FilterChainEntry.Transport.TLS) {
      String refusal = chain.certificates().refusal(connection.certificate());
      if (!refusal.isEmpty()) {
        return trail.end(new Outcome.Closed(refusal));
      }
      if (chain.certificates().open(connection.certificate())) {
        return trail.end(
            new Outcome.Undecided(
                "whether Envoy trusts the client's certificate is not given", List.of()));
      }
    }
    if (chain.transport() == FilterChainEntry.Transport.OTHER) {
      return trail.end(
          new Outcome.Undecided("the filter chain's transport socket is unknown here", List.of()));
    }
    HttpManager manager = chain.filters().http();
    if (manager != null) {
      return http(trail, connection, chain, manager, seen);
    }
    return new TcpTracer(clusters).follow(trail, chain);
  }

  private Trace http(
      Trail trail, Connection connection, FilterChainEntry chain, HttpManager manager, Seen seen) {
    HttpRequest request = trail.request();
    if (request == null) {
      return trail.end(new Outcome.Undecided("it depends on the HTTP requests in it", List.of()));
    }
    if (connection.encrypted() && chain.transport() == FilterChainEntry.Transport.PLAIN) {
      return trail.end(new Outcome.Closed("the filter chain wants plain HTTP, and gets TLS"));
    }
    HttpManager.Prepared prepared = manager.prepare(connection, chain, request);
    Facts facts = prepared.facts();
    if (facts == null) {
      Outcome answer = prepared.answer();
      return trail.end(
          answer == null ? new Outcome.Undecided(prepared.undecided(), List.of()) : answer);
    }
    trail.facts(facts);
    ScopedRoutes scoped = manager.scoped();
    Optional<RouteTable> table;
    String name = manager.routeConfigName();
    if (scoped == null) {
      table = table(manager);
    } else {
      ScopedRoutes.Found found = scoped.find(facts);
      ScopedRoutes.Scope scope = found.scope();
      if (scope == null) {
        return trail.end(
            found.undecided().isEmpty()
                ? OwnAnswer.of(
                    new Outcome.LocalReply(404, "no scope of routes has the request's key"), facts)
                : new Outcome.Undecided(found.undecided(), List.of()));
      }
      name = scope.config().getRouteConfigurationName();
      table = table(manager, scope);
    }
    if (table.isEmpty()) {
      return trail.end(
          new Outcome.Undecided(
              "the configuration has no route configuration '" + name + "'", List.of()));
    }
    trail.table(table.get());
    return new HttpTracer(manager).follow(trail, table.get(), facts, seen);
  }

  private Optional<RouteTable> table(HttpManager manager) {
    RouteConfiguration written = manager.inlineRoutes();
    return written == null
        ? named(manager.routeConfigName())
        : Optional.of(
            written(
                written,
                manager.pointer() + manager.unknownParts().spelled("/route_config"),
                manager));
  }

  private Optional<RouteTable> table(HttpManager manager, ScopedRoutes.Scope scope) {
    return scope.config().hasRouteConfiguration()
        ? Optional.of(
            written(
                scope.config().getRouteConfiguration(),
                scope.pointer() + manager.unknownParts().spelled("/route_configuration"),
                manager))
        : named(scope.config().getRouteConfigurationName());
  }

  private RouteTable written(RouteConfiguration routes, String pointer, HttpManager manager) {
    RouteTable known = inline.get(pointer);
    return known == null
        ? inline.computeIfAbsent(
            pointer, p -> new RouteTable(routes, p, clusters, runtime, manager.unknownParts()))
        : known;
  }

  private Optional<RouteTable> named(String name) {
    // Without computeIfAbsent first: it locks, and almost always there is one.
    Optional<RouteTable> known = byName.get(name);
    return known == null ? byName.computeIfAbsent(name, this::fetched) : known;
  }

  private Optional<RouteTable> fetched(String name) {
    return config
        .route(name)
        .filter(resource -> resource.state() != Resource.State.REJECTED)
        .map(resource -> byResource.computeIfAbsent(resource, this::compile));
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
    for (ListenerEntry listener : listeners().all()) {
      for (FilterChainEntry chain : listener.entries()) {
        HttpManager manager = chain.filters().http();
        if (manager == null) {
          continue;
        }
        ScopedRoutes scoped = manager.scoped();
        if (scoped == null) {
          table(manager).ifPresent(table -> tables.put(table.pointer(), table));
        } else {
          for (ScopedRoutes.Scope scope : scoped.all()) {
            table(manager, scope).ifPresent(table -> tables.put(table.pointer(), table));
          }
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
