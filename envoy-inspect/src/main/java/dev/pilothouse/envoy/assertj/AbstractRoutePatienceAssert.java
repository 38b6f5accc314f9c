package dev.pilothouse.envoy.assertj;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.pilothouse.envoy.Route;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Arrays;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on how long a route waits, and how often it tries. What Envoy takes by default counts
 * as if it were written.
 *
 * @param <S> the assertion's own type
 */
public abstract class AbstractRoutePatienceAssert<S extends AbstractRoutePatienceAssert<S>>
    extends AbstractRouteAnswerAssert<S> {
  private static final Duration DEFAULT_TIMEOUT = Durations.fromSeconds(15);

  AbstractRoutePatienceAssert(@Nullable Route actual, Class<?> type) {
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

  final RouteAction forward(String wanted) {
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
}
