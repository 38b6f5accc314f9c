package dev.pilothouse.envoy.assertj;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.pilothouse.envoy.Route;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on how a route sends requests on: timeouts, retries, mirrors, rewrites. What Envoy
 * takes by default counts as if it were written.
 *
 * @param <S> the assertion's own type
 */
public abstract class AbstractRouteTrafficAssert<S extends AbstractRouteTrafficAssert<S>>
    extends AbstractRouteTargetAssert<S> {
  private static final Duration DEFAULT_TIMEOUT = Durations.fromSeconds(15);

  AbstractRouteTrafficAssert(@Nullable Route actual, Class<?> type) {
    super(actual, type);
  }

  /**
   * Verifies how long Envoy waits for the whole response.
   *
   * <pre>{@code
   * host.route("canary").hasTimeout(Duration.ofSeconds(4));  // passes
   * host.route("canary").hasTimeout(Duration.ofSeconds(5));  // fails: its timeout is 4s
   * }</pre>
   *
   * @param expected the timeout; zero for none. Envoy's own default, where none is written, is 15 s
   * @return this
   */
  public S hasTimeout(java.time.Duration expected) {
    return verify(
        () -> {
          RouteAction action = forward("to have the timeout " + Times.text(expected));
          Duration there = action.hasTimeout() ? action.getTimeout() : DEFAULT_TIMEOUT;
          same("route.timeout", "its timeout is", Durations.toString(there), Times.text(expected));
        });
  }

  /**
   * Verifies that the response may take as long as it likes, as istiod sets it by default.
   *
   * <pre>{@code
   * host.route(4).hasNoTimeout();  // passes
   * host.route(0).hasNoTimeout();  // fails: its timeout is 4s
   * }</pre>
   *
   * @return this
   */
  public S hasNoTimeout() {
    return hasTimeout(java.time.Duration.ZERO);
  }

  /**
   * Verifies how often a request is tried again. The policy of the virtual host counts where the
   * route has none.
   *
   * <pre>{@code
   * host.route("canary").hasRetries(3);  // passes
   * host.route("canary").hasRetries(2);  // fails: it retries 3 times
   * }</pre>
   *
   * @param expected how often, the first try not counted; Envoy's own default is 1
   * @return this
   */
  public S hasRetries(int expected) {
    return verify(
        () -> {
          String wanted = "to retry " + expected + " times";
          int there = retries(retryPolicy(wanted));
          if (there != expected) {
            throw differs(
                wanted,
                "it retries " + there + " times",
                Yaml.field("route.retry_policy.num_retries", there),
                Yaml.field("route.retry_policy.num_retries", expected));
          }
        });
  }

  /**
   * Verifies that nothing is tried again: there is no policy, or it has no retries, or nothing to
   * retry on.
   *
   * <pre>{@code
   * host.route("allow_any").hasNoRetries();  // passes
   * host.route("canary").hasNoRetries();     // fails: it retries 3 times on 5xx
   * }</pre>
   *
   * @return this
   */
  public S hasNoRetries() {
    return verify(
        () -> {
          String wanted = "not to retry";
          forward(wanted);
          RetryPolicy policy = effectiveRetryPolicy(wanted);
          if (policy != null && retries(policy) > 0 && !policy.getRetryOn().isEmpty()) {
            throw differs(
                wanted,
                "it retries %d times on %s".formatted(retries(policy), policy.getRetryOn()),
                Yaml.field("route.retry_policy", shown(policy)),
                "route: {}");
          }
        });
  }

  /**
   * Verifies on what a request is tried again: these conditions and no others, in any order.
   *
   * <pre>{@code
   * host.route("canary").retriesOn("5xx");           // passes
   * host.route("canary").retriesOn("5xx", "reset");  // fails: it retries on [5xx]
   * }</pre>
   *
   * @param conditions Envoy's words, as {@code connect-failure}
   * @return this
   */
  public S retriesOn(String... conditions) {
    return verify(
        () -> {
          TreeSet<String> expected = new TreeSet<>(Arrays.asList(conditions));
          TreeSet<String> there = new TreeSet<>();
          for (String one : retryPolicy("to retry on " + expected).getRetryOn().split(",", -1)) {
            if (!one.isBlank()) {
              there.add(one.strip());
            }
          }
          same("route.retry_policy.retry_on", "it retries on", there, expected);
        });
  }

  /**
   * Verifies how long each try may take.
   *
   * <pre>{@code
   * host.route("canary").hasPerTryTimeout(Duration.ofSeconds(1));  // passes
   * host.route("canary").hasPerTryTimeout(Duration.ofSeconds(2));  // fails: it is 1s
   * }</pre>
   *
   * @param expected the timeout; zero where none is written, so that the route's own holds
   * @return this
   */
  public S hasPerTryTimeout(java.time.Duration expected) {
    return verify(
        () -> {
          RetryPolicy policy =
              retryPolicy("to have the timeout " + Times.text(expected) + " a try");
          same(
              "route.retry_policy.per_try_timeout",
              "a try may take",
              Durations.toString(policy.getPerTryTimeout()),
              Times.text(expected));
        });
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

  private RouteAction forward(String wanted) {
    requireForward(wanted);
    return message().getRoute();
  }

  private RetryPolicy retryPolicy(String wanted) {
    forward(wanted);
    RetryPolicy policy = effectiveRetryPolicy(wanted);
    if (policy == null) {
      throw failed(wanted, "it has no retry policy");
    }
    return policy;
  }

  private @Nullable RetryPolicy effectiveRetryPolicy(String wanted) {
    RouteAction action = message().getRoute();
    VirtualHost host = Deep.virtualHost(spot(), actual);
    if (action.hasRetryPolicy()) {
      return action.getRetryPolicy();
    }
    if (action.hasRetryPolicyTypedConfig()) {
      throw undecided(wanted, "its retries are an extension's: retry_policy_typed_config");
    }
    if (host.hasRetryPolicy()) {
      return host.getRetryPolicy();
    }
    if (host.hasRetryPolicyTypedConfig()) {
      throw undecided(wanted, "its virtual host's retries are an extension's");
    }
    return null;
  }

  private static int retries(RetryPolicy policy) {
    return policy.hasNumRetries() ? policy.getNumRetries().getValue() : 1;
  }

  /** Without what may hold an Any. */
  private static RetryPolicy shown(RetryPolicy policy) {
    return policy.toBuilder()
        .clearRetryHostPredicate()
        .clearRetryPriority()
        .clearRetryOptionsPredicates()
        .build();
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
