package dev.pilothouse.envoy.trace;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows a request through virtual hosts and routes. */
final class HttpTracer {
  private final @Nullable HttpManager manager;

  /**
   * Makes one.
   *
   * @param manager null when nothing is known of the way to the virtual host
   */
  HttpTracer(@Nullable HttpManager manager) {
    this.manager = manager;
  }

  Trace follow(Trail trail, RouteTable table, Facts facts, Seen seen) {
    if (!table.unknown().isEmpty()) {
      return trail.end(new Outcome.Undecided(table.unknown(), List.of()));
    }
    HostEntry host = table.find(facts.authority());
    if (host == null || table.onDemand()) {
      return end(
          trail,
          facts,
          table.onDemand()
              ? new Outcome.Undecided("virtual hosts come when they are asked for", List.of())
              : new Outcome.LocalReply(404, "no virtual host has " + facts.authority()));
    }
    return follow(trail, table, host, facts, seen);
  }

  /** From a virtual host on. */
  Trace follow(Trail trail, RouteTable table, HostEntry host, Facts facts, @Nullable Seen seen) {
    trail.host(host);
    if (facts.forwardedProto().isEmpty()) {
      return end(
          trail, facts, new Outcome.LocalReply(404, "the header x-forwarded-proto is empty"));
    }
    if (manager == null && host.requireTls() != VirtualHost.TlsRequirementType.NONE) {
      return trail.end(
          new Outcome.Undecided("the virtual host may redirect to TLS first", List.of()));
    }
    if (manager != null
        && host.requireTls() != VirtualHost.TlsRequirementType.NONE
        && !facts.forwardedProto().equals("https")) {
      if (host.requireTls() == VirtualHost.TlsRequirementType.EXTERNAL_ONLY
          && !manager.internalAddressesKnown()) {
        return trail.end(
            new Outcome.Undecided("whether the request counts as internal is unknown", List.of()));
      }
      String to = "https://" + facts.authority() + facts.path();
      return end(
          trail,
          facts,
          facts.upgrade().isEmpty() || manager.takesUpgrade(facts.upgrade())
              ? new Outcome.Redirect(301, to, "the virtual host requires TLS")
              : refusal(facts));
    }
    HostEntry.Routes routes = host.routes(new MatchData(seen, facts));
    if (!routes.undecided().isEmpty()) {
      return trail.end(new Outcome.Undecided(routes.undecided(), List.of()));
    }
    trail.routes(routes.list());
    choose(trail, routes.list(), facts);
    return manager == null
        ? trail.finish()
        : finish(trail, table, host, manager.filters(facts.upgrade()));
  }

  private static Trace end(Trail trail, Facts facts, Outcome outcome) {
    return trail.end(OwnAnswer.of(outcome, facts));
  }

  private static Outcome refusal(Facts facts) {
    return new Outcome.LocalReply(403, "nothing says that " + facts.upgrade() + " may be used");
  }

  /** What a route does; without a route, Envoy does not come to refuse upgrades. */
  private Outcome outcome(RouteEntry route, Facts facts, RandomDraw draw) {
    String upgrade = facts.upgrade();
    Verdict otherwise =
        manager == null ? Verdict.UNKNOWN : Verdict.of(manager.takesUpgrade(upgrade));
    return switch (upgrade.isEmpty() ? Verdict.YES : route.takesUpgrade(upgrade, otherwise)) {
      case YES -> OwnAnswer.of(route.outcome(facts, draw), facts);
      case NO -> OwnAnswer.of(refusal(facts), facts);
      case UNKNOWN ->
          new Outcome.Undecided("an HTTP connection manager may refuse " + upgrade, List.of());
    };
  }

  /** Takes the first route that matches, and all before it that may. */
  private void choose(Trail trail, List<RouteEntry> routes, Facts facts) {
    RandomDraw draw = RandomDraw.ANY;
    for (int i = 0; i < routes.size(); i++) {
      RouteEntry route = routes.get(i);
      Verdict verdict = route.test(facts);
      if (verdict == Verdict.NO) {
        continue;
      }
      RandomDraw taken = draw;
      RandomDraw left = null;
      if (route.random()) {
        RuntimeSettings.Fraction fraction = route.fraction();
        if (fraction == null) {
          trail.maybe(route, outcome(route, facts, draw), "a runtime setting is not known");
          continue;
        }
        taken = draw.inside(fraction);
        left = draw.outside(fraction);
        if (taken.share() == 0) {
          continue;
        }
        left = left.share() == 0 ? null : left;
      }
      if (verdict == Verdict.UNKNOWN) {
        trail.maybe(route, outcome(route, facts, taken), route.reason(facts));
        continue;
      }
      trail.choose(route, outcome(route, facts, taken), taken.share());
      if (left == null) {
        return;
      }
      draw = left;
    }
    trail.choose(
        null, OwnAnswer.of(new Outcome.LocalReply(404, "no route matches"), facts), draw.share());
  }

  private static Trace finish(Trail trail, RouteTable table, HostEntry host, HttpFilters filters) {
    @Nullable RouteEntry only = trail.onlyRoute();
    List<Map<String, Any>> perRoute = new ArrayList<>();
    if (only != null) {
      perRoute.add(only.perFilter());
    }
    perRoute.add(host.perFilter());
    perRoute.add(table.perFilter());
    List<String> rerouting = filters.rerouting(perRoute);
    if (!rerouting.isEmpty()) {
      trail.doubt(
          "the HTTP filter "
              + String.join(", ", rerouting)
              + " may make Envoy look for a route again");
    }
    trail.answering(filters.answering(perRoute));
    return trail.finish();
  }
}
