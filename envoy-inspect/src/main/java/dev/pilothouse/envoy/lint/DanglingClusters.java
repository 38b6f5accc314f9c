package dev.pilothouse.envoy.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ClusterName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds names of clusters that are not there, wherever Envoy's API has a place for one. */
final class DanglingClusters implements PartCheck {
  private static final String ROUTE = "envoy.config.route.v3.";
  private static final String ROUTE_ACTION = ROUTE + "RouteAction";
  private static final String CALLS = ClusterPlaces.CALLS;
  private static final String HTTP_FILTER =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter";

  /** Filters that ask for a cluster when the first request needs it. */
  private static final Set<String> DISCOVERY =
      Set.of(
          "envoy.extensions.filters.http.on_demand.v3.OnDemand",
          "envoy.extensions.filters.http.on_demand.v3.PerRouteConfig",
          "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.OnDemand");

  private final List<Missing> missing = new ArrayList<>();
  private boolean discovered;
  private final Facts facts;
  private final Findings findings;

  private record Missing(String name, Severity severity, Part part, String message) {}

  DanglingClusters(Facts facts, Findings findings) {
    this.facts = facts;
    this.findings = findings;
  }

  @Override
  public void check(Part part) {
    discovered = discovered || (DISCOVERY.contains(part.typeName()) && part.has("odcds"));
    ClusterPlaces.Place place = ClusterPlaces.ALL.get(part.typeName());
    if (place == null || !part.has(place.field())) {
      return;
    }
    JsonNode names = part.value(place.field());
    for (JsonNode name : names.isArray() ? names : List.of(names)) {
      String unclear = name.asText().isEmpty() ? "" : facts.cannotTellOfCluster(name.asText());
      if (!unclear.isEmpty()) {
        findings.undecided(LintRule.DANGLING_CLUSTER, unclear, name.asText());
      } else if (!name.asText().isEmpty()
          && facts.lacksCluster(name.asText())
          && !isOfNoPort(part, name.asText())) {
        String outcome = place.outcome().equals(CALLS) ? callOutcome(part) : place.outcome();
        outcome = outcome.replace("503", status(part)).replace("@", where(part));
        String message = "There is no cluster " + name.asText() + ": " + outcome + ".";
        missing.add(new Missing(name.asText(), place.severity(), part, message));
      }
    }
  }

  @Override
  public void finish() {
    if (discovered) {
      missing.forEach(
          one ->
              findings.undecided(
                  LintRule.DANGLING_CLUSTER, "clusters come when they are asked for", one.name));
    } else {
      missing.forEach(
          one ->
              findings.add(
                  LintRule.DANGLING_CLUSTER,
                  one.severity,
                  one.part.resource(),
                  one.part.owner(),
                  one.part.pointer(),
                  one.message));
    }
  }

  /**
   * In the routes of port 80, istiod gives each host of a VirtualService a virtual host, even when
   * the service has no such port. Nobody has an address of it to ask.
   */
  private boolean isOfNoPort(Part part, String cluster) {
    return part.resource().name().equals("80")
        && ClusterName.parse(cluster).filter(n -> n.port() == 80).isPresent()
        && facts.hasOnlyOtherPorts(cluster);
  }

  /** Which requests it is about. */
  private static String where(Part part) {
    Part route = part.around(ROUTE + "Route").orElse(null);
    if (route != null) {
      String host =
          part.around(ROUTE + "VirtualHost")
              .map(h -> " in virtual host " + h.text("name"))
              .orElse("");
      return " of route " + RouteText.of(route) + host;
    }
    return part.around(HTTP_FILTER).map(f -> " of HTTP filter " + f.text("name")).orElse("");
  }

  /** What a failed call means to traffic, where that is certain. */
  private static String callOutcome(Part part) {
    if (part.around("envoy.config.core.v3.ApiConfigSource").isPresent()) {
      return "no configuration comes from it";
    }
    Optional<Part> authorizer = part.around("envoy.extensions.filters.http.ext_authz.v3.ExtAuthz");
    if (authorizer.isPresent()) {
      return authorizer.get().text("failure_mode_allow").equals("true")
          ? CALLS + ", and requests pass unchecked"
          : CALLS + ", and requests are denied";
    }
    Optional<Part> limiter = part.around("envoy.extensions.filters.http.ratelimit.v3.RateLimit");
    if (limiter.isPresent()) {
      return limiter.get().text("failure_mode_deny").equals("true")
          ? CALLS + ", and requests are denied"
          : CALLS + ", and requests pass without a limit";
    }
    boolean log = part.around("envoy.config.accesslog.v3.AccessLog").isPresent();
    return log ? CALLS + ", and access logs are lost" : CALLS;
  }

  /** A route may ask for another status than 503. */
  private static String status(Part part) {
    Part action = part.is(ROUTE_ACTION) ? part : part.around(ROUTE_ACTION).orElse(part);
    return switch (action.text("cluster_not_found_response_code")) {
      case "NOT_FOUND", "1" -> "404";
      case "INTERNAL_SERVER_ERROR", "2" -> "500";
      default -> "503";
    };
  }
}
