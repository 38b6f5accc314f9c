package dev.pilothouse.envoy.assertj;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import dev.pilothouse.envoy.ClusterResource;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on the circuit breakers and the outlier detection of a cluster. What Envoy takes by
 * default counts as if it were written.
 *
 * @param <S> the assertion's own type
 */
public abstract class AbstractClusterTrafficAssert<S extends AbstractClusterTrafficAssert<S>>
    extends AbstractResourceAssert<S, ClusterResource> {
  private static final int DEFAULT_LIMIT = 1024;
  private static final int DEFAULT_RETRIES = 3;
  private static final Duration DEFAULT_INTERVAL = Durations.fromSeconds(10);
  private static final Duration DEFAULT_EJECTION = Durations.fromSeconds(30);

  AbstractClusterTrafficAssert(@Nullable ClusterResource actual, Class<?> type, String kind) {
    super(actual, type, kind);
  }

  /**
   * Verifies how many connections its circuit breaker allows, for requests of default priority.
   *
   * <pre>{@code
   * cluster.hasMaxConnections(7);   // passes
   * cluster.hasMaxConnections(10);  // fails: its max_connections is 7
   * }</pre>
   *
   * @param expected the limit; Envoy's own default is 1024, istiod writes 4294967295 for none
   * @return this
   */
  public S hasMaxConnections(long expected) {
    return limit(
        "max_connections",
        expected,
        t -> t.hasMaxConnections() ? unsigned(t.getMaxConnections()) : DEFAULT_LIMIT);
  }

  /**
   * Verifies how many requests may wait for a connection, of default priority.
   *
   * <pre>{@code
   * cluster.hasMaxPendingRequests(3);  // passes
   * cluster.hasMaxPendingRequests(4);  // fails: its max_pending_requests is 3
   * }</pre>
   *
   * @param expected the limit; Envoy's own default is 1024, istiod writes 4294967295 for none
   * @return this
   */
  public S hasMaxPendingRequests(long expected) {
    return limit(
        "max_pending_requests",
        expected,
        t -> t.hasMaxPendingRequests() ? unsigned(t.getMaxPendingRequests()) : DEFAULT_LIMIT);
  }

  /**
   * Verifies how many requests may be under way at once, of default priority.
   *
   * <pre>{@code
   * cluster.hasMaxRequests(100);  // passes
   * cluster.hasMaxRequests(50);   // fails: its max_requests is 100
   * }</pre>
   *
   * @param expected the limit; Envoy's own default is 1024, istiod writes 4294967295 for none
   * @return this
   */
  public S hasMaxRequests(long expected) {
    return limit(
        "max_requests",
        expected,
        t -> t.hasMaxRequests() ? unsigned(t.getMaxRequests()) : DEFAULT_LIMIT);
  }

  /**
   * Verifies how many retries may be under way at once, of default priority.
   *
   * <pre>{@code
   * cluster.hasMaxRetries(3);  // passes
   * cluster.hasMaxRetries(4);  // fails: its max_retries is 3
   * }</pre>
   *
   * @param expected the limit; Envoy's own default is 3, istiod writes 4294967295 for none
   * @return this
   */
  public S hasMaxRetries(long expected) {
    return limit(
        "max_retries",
        expected,
        t -> t.hasMaxRetries() ? unsigned(t.getMaxRetries()) : DEFAULT_RETRIES);
  }

  /**
   * Verifies that it takes endpoints out that fail.
   *
   * <pre>{@code
   * httpbin.hasOutlierDetection();  // passes
   * reviews.hasOutlierDetection();  // fails: it has no outlier_detection
   * }</pre>
   *
   * @return this
   */
  public S hasOutlierDetection() {
    return verify(() -> outlierDetection("to have outlier detection"));
  }

  /**
   * Verifies that it keeps endpoints that fail.
   *
   * <pre>{@code
   * reviews.doesNotHaveOutlierDetection();  // passes
   * httpbin.doesNotHaveOutlierDetection();  // fails: it has
   * }</pre>
   *
   * @return this
   */
  public S doesNotHaveOutlierDetection() {
    return verify(
        () -> {
          if (message().hasOutlierDetection()) {
            throw differs(
                "not to have outlier detection",
                "it has",
                Yaml.field("outlier_detection", message().getOutlierDetection()),
                "{}");
          }
        });
  }

  /**
   * Verifies after how many server errors in a row an endpoint is taken out.
   *
   * <pre>{@code
   * cluster.hasConsecutive5xx(4);  // passes
   * cluster.hasConsecutive5xx(5);  // fails: its consecutive_5xx is 4
   * }</pre>
   *
   * @param expected how many; Envoy's own default is 5
   * @return this
   */
  public S hasConsecutive5xx(int expected) {
    return outlier(
        "consecutive_5xx",
        (long) expected,
        o -> o.hasConsecutive5Xx() ? unsigned(o.getConsecutive5Xx()) : 5L);
  }

  /**
   * Verifies after how many gateway errors (502, 503, 504) in a row an endpoint is taken out.
   *
   * <pre>{@code
   * cluster.hasConsecutiveGatewayErrors(5);  // passes
   * cluster.hasConsecutiveGatewayErrors(6);  // fails: its consecutive_gateway_failure is 5
   * }</pre>
   *
   * @param expected how many; Envoy's own default is 5
   * @return this
   */
  public S hasConsecutiveGatewayErrors(int expected) {
    return outlier(
        "consecutive_gateway_failure",
        (long) expected,
        o -> o.hasConsecutiveGatewayFailure() ? unsigned(o.getConsecutiveGatewayFailure()) : 5L);
  }

  /**
   * Verifies how often endpoints are looked at.
   *
   * <pre>{@code
   * cluster.hasOutlierInterval(Duration.ofSeconds(2));  // passes
   * cluster.hasOutlierInterval(Duration.ofSeconds(3));  // fails: its interval is 2s
   * }</pre>
   *
   * @param expected the interval; Envoy's own default is 10 s
   * @return this
   */
  public S hasOutlierInterval(java.time.Duration expected) {
    return outlier(
        "interval",
        Times.text(expected),
        o -> Durations.toString(o.hasInterval() ? o.getInterval() : DEFAULT_INTERVAL));
  }

  /**
   * Verifies how long an endpoint is taken out, the first time.
   *
   * <pre>{@code
   * cluster.hasBaseEjectionTime(Duration.ofSeconds(9));   // passes
   * cluster.hasBaseEjectionTime(Duration.ofSeconds(30));  // fails: its base_ejection_time is 9s
   * }</pre>
   *
   * @param expected the time; Envoy's own default is 30 s
   * @return this
   */
  public S hasBaseEjectionTime(java.time.Duration expected) {
    return outlier(
        "base_ejection_time",
        Times.text(expected),
        o ->
            Durations.toString(
                o.hasBaseEjectionTime() ? o.getBaseEjectionTime() : DEFAULT_EJECTION));
  }

  /**
   * Verifies how many of its endpoints may be taken out at once.
   *
   * <pre>{@code
   * cluster.hasMaxEjectionPercent(10);   // passes
   * cluster.hasMaxEjectionPercent(100);  // fails: its max_ejection_percent is 10
   * }</pre>
   *
   * @param expected how many of a hundred; Envoy's own default is 10
   * @return this
   */
  public S hasMaxEjectionPercent(int expected) {
    return outlier(
        "max_ejection_percent",
        (long) expected,
        o -> o.hasMaxEjectionPercent() ? unsigned(o.getMaxEjectionPercent()) : 10L);
  }

  final Cluster message() {
    return actual.message(Cluster.class);
  }

  private S limit(String field, long expected, Function<Thresholds, Long> reader) {
    return verify(
        () -> {
          Thresholds thresholds =
              message().getCircuitBreakers().getThresholdsList().stream()
                  .filter(t -> t.getPriority() == RoutingPriority.DEFAULT)
                  .findFirst()
                  .orElse(Thresholds.getDefaultInstance());
          long there = reader.apply(thresholds);
          if (there != expected) {
            throw differs(
                "to have %s %d".formatted(field, expected),
                "its %s is %d".formatted(field, there),
                thresholds(field, there),
                thresholds(field, expected));
          }
        });
  }

  private static Object thresholds(String field, long value) {
    return Yaml.field("circuit_breakers.thresholds", List.of(Yaml.field(field, value)));
  }

  private S outlier(String field, Object expected, Function<OutlierDetection, Object> reader) {
    return verify(
        () -> {
          String wanted = "to have the outlier detection %s %s".formatted(field, expected);
          Object there = reader.apply(outlierDetection(wanted));
          if (!there.equals(expected)) {
            throw differs(
                wanted,
                "its %s is %s".formatted(field, there),
                Yaml.field("outlier_detection." + field, there),
                Yaml.field("outlier_detection." + field, expected));
          }
        });
  }

  private OutlierDetection outlierDetection(String wanted) {
    if (!message().hasOutlierDetection()) {
      throw failed(wanted, "it has no outlier_detection");
    }
    return message().getOutlierDetection();
  }

  private static long unsigned(UInt32Value value) {
    return Integer.toUnsignedLong(value.getValue());
  }
}
