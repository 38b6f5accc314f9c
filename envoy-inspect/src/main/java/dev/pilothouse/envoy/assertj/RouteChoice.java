package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.Unknown;
import dev.pilothouse.envoy.VirtualHost;
import dev.pilothouse.envoy.assertj.Judgement.Verdict;
import io.envoyproxy.envoy.config.route.v3.VirtualHost.TlsRequirementType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which route of a virtual host takes a request. */
final class RouteChoice {
  private final VirtualHostAssert on;
  private final RouteRequest request;
  private final List<Route> routes;
  private final List<Judgement> judgements;

  private RouteChoice(
      VirtualHostAssert on, RouteRequest request, List<Route> routes, List<Judgement> judgements) {
    this.on = on;
    this.request = request;
    this.routes = routes;
    this.judgements = judgements;
  }

  /** Judges the routes in order, up to the first that takes the request. */
  static RouteChoice of(VirtualHostAssert on, VirtualHost host, RouteRequest request) {
    io.envoyproxy.envoy.config.route.v3.VirtualHost deep = Deep.virtualHost(on.spot(), host);
    RouteJudge judge = new RouteJudge(request);
    String obstacle = judge.obstacle();
    if (deep.hasMatcher()) {
      obstacle = "a matcher tree chooses its routes";
    }
    if (deep.getRequireTls() != TlsRequirementType.NONE) {
      obstacle = "it may redirect to TLS first";
    }
    if (!obstacle.isEmpty()) {
      throw on.undecided("to have a route for " + request, obstacle);
    }
    List<Judgement> judgements = new ArrayList<>();
    for (int i = 0; i < host.routes().size(); i++) {
      String unknown = unknown(on, host.routes().get(i));
      judgements.add(
          unknown.isEmpty()
              ? judge.judge(deep.getRoutes(i).getMatch())
              : judge.judge(deep.getRoutes(i).getMatch()).and(Judgement.undecided(unknown)));
      if (judgements.get(i).verdict() == Verdict.YES) {
        break;
      }
    }
    return new RouteChoice(on, request, host.routes(), judgements);
  }

  /** The route, or a failure. */
  Route taken() {
    String wanted = "to have a route for " + request;
    decided(wanted);
    Route taken = taker();
    if (taken == null) {
      throw on.failed(wanted, "none of its routes takes it:" + reasons());
    }
    return taken;
  }

  /** A failure if there is one. */
  void none() {
    String wanted = "to have no route for " + request;
    decided(wanted);
    Route taken = taker();
    if (taken != null) {
      throw on.failed(wanted, "this one takes it: route " + routes.indexOf(taken) + ", " + taken);
    }
  }

  private @Nullable Route taker() {
    int last = judgements.size() - 1;
    return last >= 0 && judgements.get(last).verdict() == Verdict.YES ? routes.get(last) : null;
  }

  private void decided(String wanted) {
    for (int i = 0; i < judgements.size(); i++) {
      if (judgements.get(i).verdict() == Verdict.UNDECIDED) {
        throw on.undecided(
            wanted, "route %d: %s\n  %s".formatted(i, judgements.get(i).reason(), routes.get(i)));
      }
    }
  }

  private String reasons() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(judgements.size(), 20); i++) {
      text.append("\n  %d: %s: %s".formatted(i, judgements.get(i).reason(), routes.get(i)));
    }
    return text.toString();
  }

  /** What in a route's match this library does not know; the message is without it. */
  private static String unknown(VirtualHostAssert on, Route route) {
    Resource resource = on.spot().resource();
    if (resource != null) {
      for (Unknown unknown : resource.unknown()) {
        if (unknown.pointer().startsWith(route.pointer() + "/match")) {
          return "nothing is known of " + unknown.name();
        }
      }
    }
    return "";
  }
}
