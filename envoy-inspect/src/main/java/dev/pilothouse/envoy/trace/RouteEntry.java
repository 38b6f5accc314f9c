package dev.pilothouse.envoy.trace;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A route, compiled. */
final class RouteEntry {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

  private final Route route;
  private final Decision decision;
  private final List<Condition> conditions;
  private final boolean random;
  private final RouteTarget target;
  private final RuntimeSettings runtime;
  private final UnaryOperator<String> rewrite;
  private final Duration timeout;
  private final Duration attemptTimeout;
  private final String retries;
  private final List<String> mirrors;
  private final List<HeaderChange> changes;

  RouteEntry(Route route, String pointer, TableContext context) {
    this.route = route;
    RouteMatch match = route.getMatch();
    this.decision =
        new Decision(
            Decision.Kind.ROUTE,
            route.getName(),
            pointer,
            Owners.of(route.getMetadata()),
            MatchText.of(match));
    this.conditions = conditions(match, pointer + "/match", context);
    this.random = match.hasRuntimeFraction();
    this.runtime = context.runtime();
    this.target = new RouteTarget(route.getRoute(), context.clusters(), context.runtime());
    this.rewrite =
        route.hasRedirect()
            ? Rewrites.path(match, route.getRedirect())
            : Rewrites.path(match, route.getRoute());
    RouteAction action = route.getRoute();
    this.timeout = action.hasTimeout() ? duration(action.getTimeout()) : DEFAULT_TIMEOUT;
    RetryPolicy policy =
        action.hasRetryPolicy() ? action.getRetryPolicy() : context.host().getRetryPolicy();
    this.attemptTimeout = attemptTimeout(policy);
    this.retries = retries(policy);
    this.mirrors = mirrors(context);
    this.changes = HeaderChanges.of(context.table(), context.host(), route);
  }

  private static List<Condition> conditions(
      RouteMatch match, String pointer, TableContext context) {
    List<Condition> all = new ArrayList<>();
    all.add(
        PathMatch.of(
            match,
            PathParameters.of(
                context.table().getIgnorePathParametersInPathMatching(), context.runtime()),
            !context.runtime().switchedOff("uri_template_match_on_asterisk")));
    match.getHeadersList().forEach(header -> all.add(HeaderMatch.of(header, context.runtime())));
    match.getQueryParametersList().forEach(query -> all.add(ParameterMatch.query(query)));
    if (match.hasGrpc()) {
      all.add(new GrpcMatch());
    }
    if (match.hasTlsContext()) {
      all.add(new TlsMatch(match.getTlsContext()));
    }
    match.getDynamicMetadataList().forEach(metadata -> all.add(MetadataMatch.of(metadata)));
    match.getFilterStateList().forEach(state -> all.add(new FilterStateMatch(state.getKey())));
    all.addAll(NewerConditions.of(context.unknownParts(), pointer));
    return List.copyOf(all);
  }

  private static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  /** One that is no shorter than the whole does not count. */
  private Duration attemptTimeout(RetryPolicy policy) {
    Duration each = duration(policy.getPerTryTimeout());
    return timeout.isZero() || each.compareTo(timeout) < 0 ? each : Duration.ZERO;
  }

  private String retries(RetryPolicy policy) {
    if (policy.getRetryOn().isEmpty()) {
      return "";
    }
    int attempts = policy.hasNumRetries() ? policy.getNumRetries().getValue() : 1;
    String each = attemptTimeout.isZero() ? "" : ", each within " + attemptTimeout;
    return attempts + " on " + policy.getRetryOn() + each;
  }

  private List<String> mirrors(TableContext context) {
    List<RequestMirrorPolicy> policies = route.getRoute().getRequestMirrorPoliciesList();
    if (policies.isEmpty()) {
      policies = context.host().getRequestMirrorPoliciesList();
    }
    if (policies.isEmpty()) {
      policies = context.table().getRequestMirrorPoliciesList();
    }
    return policies.stream().map(this::mirror).toList();
  }

  private String mirror(RequestMirrorPolicy policy) {
    String cluster =
        policy.getCluster().isEmpty()
            ? "the cluster in the header " + policy.getClusterHeader()
            : policy.getCluster();
    if (!policy.hasRuntimeFraction()) {
      return cluster;
    }
    RuntimeSettings.Fraction fraction = runtime.fraction(policy.getRuntimeFraction());
    return fraction == null
        ? cluster + " as the runtime says"
        : cluster + " " + Choice.percent((double) fraction.part() / fraction.of());
  }

  Decision decision() {
    return decision;
  }

  /** The settings of HTTP filters for this route alone. */
  Map<String, Any> perFilter() {
    return route.getTypedPerFilterConfigMap();
  }

  Verdict test(Facts facts) {
    return Condition.all(conditions, facts);
  }

  String reason(Facts facts) {
    return Condition.reason(conditions, facts);
  }

  /**
   * Whether it takes an upgrade to another protocol.
   *
   * @param type as websocket, or CONNECT
   * @param otherwise what holds when it does not say
   */
  Verdict takesUpgrade(String type, Verdict otherwise) {
    for (RouteAction.UpgradeConfig upgrade : route.getRoute().getUpgradeConfigsList()) {
      if (Ascii.equal(upgrade.getUpgradeType(), type)) {
        return Verdict.of(!upgrade.hasEnabled() || upgrade.getEnabled().getValue());
      }
    }
    return otherwise;
  }

  /** Whether a random number has its say too. */
  boolean random() {
    return random;
  }

  /** How often it is taken when all else matches; null when nobody can tell. */
  RuntimeSettings.@Nullable Fraction fraction() {
    return runtime.fraction(route.getMatch().getRuntimeFraction());
  }

  Outcome outcome(Facts facts, RandomDraw draw) {
    return switch (route.getActionCase()) {
      case ROUTE -> forward(facts, draw);
      case REDIRECT ->
          new Outcome.Redirect(
              switch (route.getRedirect().getResponseCode()) {
                case FOUND -> 302;
                case SEE_OTHER -> 303;
                case TEMPORARY_REDIRECT -> 307;
                case PERMANENT_REDIRECT -> 308;
                default -> 301;
              },
              Rewrites.location(route.getRedirect(), facts, rewrite.apply(facts.path())),
              "");
      case DIRECT_RESPONSE ->
          new Outcome.DirectResponse(
              route.getDirectResponse().getStatus(), body(route.getDirectResponse().getBody()));
      default -> new Outcome.Undecided("the route's action is of an unknown kind", List.of());
    };
  }

  private static String body(DataSource source) {
    return source.getInlineBytes().isEmpty()
        ? source.getInlineString()
        : source.getInlineBytes().toStringUtf8();
  }

  private Outcome forward(Facts facts, RandomDraw draw) {
    RouteTarget.Found found = target.find(facts, draw);
    if (!found.undecided().isEmpty()) {
      return new Outcome.Undecided(found.undecided(), List.of());
    }
    List<Destination> destinations = found.destinations();
    if (destinations.size() == 1 && !destinations.get(0).exists()) {
      boolean notFound =
          route.getRoute().getClusterNotFoundResponseCode()
              == RouteAction.ClusterNotFoundResponseCode.NOT_FOUND;
      return new Outcome.LocalReply(
          notFound ? 404 : 503, "there is no cluster '" + destinations.get(0).cluster() + "'");
    }
    RouteAction action = route.getRoute();
    return new Outcome.Forward(
        destinations,
        new Forwarding(
            rewrite.apply(facts.path()),
            Rewrites.host(action, facts),
            timeout,
            attemptTimeout,
            retries,
            mirrors,
            changes,
            action.hasInternalRedirectPolicy()));
  }
}
