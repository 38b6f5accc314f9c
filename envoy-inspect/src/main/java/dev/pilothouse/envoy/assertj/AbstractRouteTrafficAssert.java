package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on what a route makes of requests that it sends on: mirrors and rewrites.
 *
 * @param <S> the assertion's own type
 */
public abstract class AbstractRouteTrafficAssert<S extends AbstractRouteTrafficAssert<S>>
    extends AbstractRoutePatienceAssert<S> {

  AbstractRouteTrafficAssert(@Nullable Route actual, Class<?> type) {
    super(actual, type);
  }

  /**
   * Verifies that it sends a copy of requests to a cluster. The policies of the virtual host, and
   * then of the route configuration, count where the route has none.
   *
   * <pre>{@code
   * host.route("canary").mirrorsTo("outbound|9080||reviews.default.svc.cluster.local");  // passes
   * host.route("canary").mirrorsTo("outbound|9080||ratings.default.svc.cluster.local");
   * // fails: it mirrors to {outbound|9080||reviews.default.svc.cluster.local=100.0}
   * }</pre>
   *
   * @param cluster the cluster's name
   * @return this
   */
  public S mirrorsTo(String cluster) {
    return verify(
        () -> {
          Map<String, Double> there = mirrors("to mirror to " + cluster);
          if (!there.containsKey(cluster)) {
            throw differs(
                "to mirror to " + cluster, mirrored(there), there, Map.of(cluster, 100.0));
          }
        });
  }

  /**
   * Verifies that it sends a copy of some requests to a cluster.
   *
   * <pre>{@code
   * host.route("canary").mirrorsTo("outbound|9080||reviews.default.svc.cluster.local", 100);
   * // passes
   * host.route("canary").mirrorsTo("outbound|9080||reviews.default.svc.cluster.local", 50);
   * // fails: it mirrors to {outbound|9080||reviews.default.svc.cluster.local=100.0}
   * }</pre>
   *
   * @param cluster the cluster's name
   * @param percent how many of a hundred requests, unless Envoy's runtime says otherwise
   * @return this
   */
  public S mirrorsTo(String cluster, double percent) {
    return verify(
        () -> {
          String wanted = "to mirror %s %% to %s".formatted(percent, cluster);
          Map<String, Double> there = mirrors(wanted);
          Double share = there.get(cluster);
          if (share == null || Math.abs(share - percent) > 1e-9) {
            throw differs(wanted, mirrored(there), there, Map.of(cluster, percent));
          }
        });
  }

  /**
   * Verifies that it sends no copies of requests.
   *
   * <pre>{@code
   * host.route(4).doesNotMirror();         // passes
   * host.route("canary").doesNotMirror();  // fails: it mirrors to {…=100.0}
   * }</pre>
   *
   * @return this
   */
  public S doesNotMirror() {
    return verify(
        () -> {
          Map<String, Double> there = mirrors("not to mirror");
          if (!there.isEmpty()) {
            throw differs("not to mirror", mirrored(there), there, Map.of());
          }
        });
  }

  /**
   * Verifies that it replaces the matched prefix of the path.
   *
   * <pre>{@code
   * route.rewritesPrefixTo("/v2/");  // passes
   * route.rewritesPrefixTo("/v3/");  // fails: it rewrites the prefix to "/v2/"
   * }</pre>
   *
   * @param expected the new prefix; empty for none
   * @return this
   */
  public S rewritesPrefixTo(String expected) {
    return verify(
        () -> {
          RouteAction action = forward("to rewrite the prefix to " + expected);
          same(
              "route.prefix_rewrite",
              "it rewrites the prefix to",
              action.getPrefixRewrite(),
              expected);
        });
  }

  /**
   * Verifies that it replaces what a regular expression finds in the path.
   *
   * <pre>{@code
   * route.rewritesPath("^/api/(.*)", "/\\1");  // passes
   * route.rewritesPath("^/api/(.*)", "/");     // fails: it rewrites ^/api/(.*) to /\1
   * }</pre>
   *
   * @param pattern the expression, as it is written
   * @param substitution what takes its place, as it is written
   * @return this
   */
  public S rewritesPath(String pattern, String substitution) {
    return verify(
        () -> {
          RouteAction action = forward("to rewrite the path");
          same(
              "route.regex_rewrite",
              "it rewrites the path by",
              action.getRegexRewrite().getPattern().getRegex()
                  + " → "
                  + action.getRegexRewrite().getSubstitution(),
              pattern + " → " + substitution);
        });
  }

  /**
   * Verifies that it sends requests on with another host.
   *
   * <pre>{@code
   * route.rewritesHostTo("backend.internal");  // passes
   * route.rewritesHostTo("backend");           // fails: it rewrites the host to backend.internal
   * }</pre>
   *
   * @param expected the host; empty for none
   * @return this
   */
  public S rewritesHostTo(String expected) {
    return verify(
        () -> {
          RouteAction action = forward("to rewrite the host to " + expected);
          same(
              "route.host_rewrite_literal",
              "it rewrites the host to",
              action.getHostRewriteLiteral(),
              expected);
        });
  }

  private Map<String, Double> mirrors(String wanted) {
    List<RequestMirrorPolicy> policies = forward(wanted).getRequestMirrorPoliciesList();
    if (policies.isEmpty()) {
      policies = Deep.virtualHost(spot(), actual).getRequestMirrorPoliciesList();
    }
    if (policies.isEmpty()) {
      policies = Deep.routeConfiguration(spot()).getRequestMirrorPoliciesList();
    }
    Map<String, Double> mirrors = new LinkedHashMap<>();
    for (RequestMirrorPolicy policy : policies) {
      if (policy.getCluster().isEmpty()) {
        throw undecided(wanted, "the mirror is chosen by the header " + policy.getClusterHeader());
      }
      double percent =
          policy.hasRuntimeFraction()
              ? percent(policy.getRuntimeFraction().getDefaultValue())
              : 100;
      mirrors.merge(policy.getCluster(), percent, Double::sum);
    }
    return mirrors;
  }

  private static String mirrored(Map<String, Double> there) {
    return there.isEmpty() ? "it does not mirror" : "it mirrors to " + there;
  }

  private static double percent(FractionalPercent fraction) {
    return fraction.getNumerator()
        * switch (fraction.getDenominator()) {
          case HUNDRED, UNRECOGNIZED -> 1.0;
          case TEN_THOUSAND -> 0.01;
          case MILLION -> 0.0001;
        };
  }
}
