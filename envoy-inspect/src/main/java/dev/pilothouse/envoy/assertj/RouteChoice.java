package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.VirtualHost;
import dev.pilothouse.envoy.trace.Choice;
import dev.pilothouse.envoy.trace.Decision;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.NearMiss;
import dev.pilothouse.envoy.trace.Outcome;
import dev.pilothouse.envoy.trace.RequestTracer;
import dev.pilothouse.envoy.trace.Trace;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Which route of a virtual host takes a request, as the tracer tells. */
final class RouteChoice {
  private static final int MOST_REASONS = 20;

  private final VirtualHostAssert on;
  private final RouteRequest request;
  private final List<Route> routes;
  private final Trace trace;

  private RouteChoice(VirtualHostAssert on, RouteRequest request, List<Route> routes, Trace trace) {
    this.on = on;
    this.request = request;
    this.routes = routes;
    this.trace = trace;
  }

  static RouteChoice of(VirtualHostAssert on, VirtualHost host, RouteRequest request) {
    EnvoyConfig config = on.spot().config();
    RouteResource table = (RouteResource) Deep.resource(on.spot());
    HttpRequest asked = HttpRequest.of(request.method(), "http://unknown" + request.path());
    for (RouteRequest.Header header : request.headers()) {
      asked = asked.header(header.name(), header.value());
    }
    Trace trace = RequestTracer.of(config == null ? nothing() : config).trace(table, host, asked);
    return new RouteChoice(on, request, host.routes(), trace);
  }

  /** For a route configuration that stands alone. */
  private static EnvoyConfig nothing() {
    return EnvoyConfigInspector.create().read(ConfigSource.text("{\"configs\": []}"));
  }

  /** The route, or a failure. */
  Route taken() {
    String wanted = "to have a route for " + request;
    Route taken = taker(wanted);
    if (taken == null) {
      throw on.failed(wanted, "none of its routes takes it:" + reasons());
    }
    return taken;
  }

  /** A failure if there is one. */
  void none() {
    String wanted = "to have no route for " + request;
    Route taken = taker(wanted);
    if (taken != null) {
      throw on.failed(wanted, "this one takes it: route " + routes.indexOf(taken) + ", " + taken);
    }
  }

  /** The route, whatever comes of it there; null for none. */
  private @Nullable Route taker(String wanted) {
    Outcome outcome = trace.outcome();
    if (trace.choices().size() > 1) {
      throw on.undecided(
          wanted,
          (outcome instanceof Outcome.Undecided undecided ? undecided.why() : "it goes by chance")
              + "; it may be"
              + trace.choices().stream().map(this::text).collect(Collectors.joining()));
    }
    Choice only = trace.choices().get(0);
    Decision route = only.route().orElse(null);
    if (route == null) {
      if (outcome instanceof Outcome.Undecided undecided) {
        throw on.undecided(wanted, undecided.why());
      }
      return null;
    }
    return there(route);
  }

  private Route there(Decision decision) {
    return routes.stream()
        .filter(route -> route.pointer().equals(decision.pointer()))
        .findFirst()
        .orElseThrow(() -> on.undecided("to take a route", "a matcher tree holds it: " + decision));
  }

  private String text(Choice choice) {
    String share = Double.isNaN(choice.share()) ? "" : Math.round(choice.share() * 100) + " %: ";
    return "\n  "
        + share
        + choice
            .route()
            .map(this::there)
            .map(route -> "route " + routes.indexOf(route) + ": " + route)
            .orElse("no route");
  }

  private String reasons() {
    List<NearMiss> misses =
        trace.nearMisses().stream().filter(m -> m.kind() == Decision.Kind.ROUTE).toList();
    return IntStream.range(0, routes.size())
        .limit(MOST_REASONS)
        .mapToObj(i -> "\n  %d: %s: %s".formatted(i, reason(misses, routes.get(i)), routes.get(i)))
        .collect(Collectors.joining());
  }

  private static String reason(List<NearMiss> misses, Route route) {
    return misses.stream()
        .filter(miss -> miss.pointer().equals(route.pointer()))
        .map(NearMiss::reason)
        .findFirst()
        .orElse("it is not tried");
  }
}
