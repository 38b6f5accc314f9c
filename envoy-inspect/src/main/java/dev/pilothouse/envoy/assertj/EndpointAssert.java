package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Endpoint;
import dev.pilothouse.envoy.Endpoint.Health;
import dev.pilothouse.envoy.EndpointStatus;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Assertions on one endpoint of a cluster. Reached from {@link EndpointsAssert#endpoint}. */
public class EndpointAssert extends AbstractEnvoyAssert<EndpointAssert, Endpoint> {

  /**
   * For AssertJ's proxies; navigate to it from {@link EnvoyAssertions}.
   *
   * @param actual the endpoint
   */
  public EndpointAssert(@Nullable Endpoint actual) {
    super(actual, EndpointAssert.class);
  }

  /**
   * Verifies that Envoy takes it as healthy: its health is said to be good, or nobody says
   * anything.
   *
   * <pre>{@code
   * endpoints.endpoint("10.1.0.1:8080").isHealthy();  // passes
   * endpoints.endpoint("10.1.0.2:8080").isHealthy();  // fails: it is unhealthy
   * }</pre>
   *
   * @return this
   */
  public EndpointAssert isHealthy() {
    return verify(
        () -> {
          if (!actual.healthy()) {
            throw same("health_status", text(actual.health()), "healthy");
          }
        });
  }

  /**
   * Verifies that Envoy does not take it as healthy.
   *
   * <pre>{@code
   * endpoints.endpoint("10.1.0.2:8080").isNotHealthy();  // passes
   * endpoints.endpoint("10.1.0.1:8080").isNotHealthy();  // fails: it is healthy
   * }</pre>
   *
   * @return this
   */
  public EndpointAssert isNotHealthy() {
    return verify(
        () -> {
          if (actual.healthy()) {
            throw failed("not to be healthy", "its health_status is " + text(actual.health()));
          }
        });
  }

  /**
   * Verifies its health as it is said.
   *
   * <pre>{@code
   * endpoint.hasHealth(Endpoint.Health.DRAINING);  // passes
   * endpoint.hasHealth(Endpoint.Health.HEALTHY);   // fails: its health_status is draining
   * }</pre>
   *
   * @param expected the health
   * @return this
   */
  public EndpointAssert hasHealth(Health expected) {
    return verify(
        () -> {
          if (actual.health() != expected) {
            throw same("health_status", text(actual.health()), text(expected));
          }
        });
  }

  /**
   * Verifies its weight within its locality.
   *
   * <pre>{@code
   * endpoint.hasWeight(3);  // passes
   * endpoint.hasWeight(1);  // fails: its load_balancing_weight is 3
   * }</pre>
   *
   * @param expected the weight; 0 when the dump does not tell
   * @return this
   */
  public EndpointAssert hasWeight(long expected) {
    return verify(
        () -> {
          if (actual.weight() != expected) {
            throw same("load_balancing_weight", actual.weight(), expected);
          }
        });
  }

  /**
   * Verifies the priority of its locality.
   *
   * <pre>{@code
   * endpoint.hasPriority(0);  // passes
   * endpoint.hasPriority(1);  // fails: its priority is 0
   * }</pre>
   *
   * @param expected the priority; 0 is used first
   * @return this
   */
  public EndpointAssert hasPriority(int expected) {
    return verify(
        () -> {
          if (actual.priority() != expected) {
            throw same("priority", actual.priority(), expected);
          }
        });
  }

  /**
   * Verifies its locality.
   *
   * <pre>{@code
   * endpoint.hasLocality("north/n1");  // passes
   * endpoint.hasLocality("south/s1");  // fails: its locality is north/n1
   * }</pre>
   *
   * @param expected region, zone and sub-zone joined by slashes; empty for none
   * @return this
   */
  public EndpointAssert hasLocality(String expected) {
    return verify(
        () -> {
          if (!actual.locality().equals(expected)) {
            throw same("locality", actual.locality(), expected);
          }
        });
  }

  /**
   * Verifies that outlier detection has ejected it.
   *
   * <pre>{@code
   * endpoints.endpoint("10.1.0.2:8080").isEjected();  // passes
   * endpoints.endpoint("10.1.0.1:8080").isEjected();  // fails: nothing speaks against it
   * }</pre>
   *
   * @return this; a source without Envoy's {@code /clusters} is a failure called undecided
   */
  public EndpointAssert isEjected() {
    return verify(
        () -> {
          EndpointStatus status = status("to be ejected");
          if (!status.ejected()) {
            throw failed("to be ejected", against(status));
          }
        });
  }

  /**
   * Verifies that outlier detection has not ejected it.
   *
   * <pre>{@code
   * endpoints.endpoint("10.1.0.1:8080").isNotEjected();  // passes
   * endpoints.endpoint("10.1.0.2:8080").isNotEjected();
   * // fails: against it speaks [failed_outlier_check]
   * }</pre>
   *
   * @return this; a source without Envoy's {@code /clusters} is a failure called undecided
   */
  public EndpointAssert isNotEjected() {
    return verify(
        () -> {
          EndpointStatus status = status("not to be ejected");
          if (status.ejected()) {
            throw failed("not to be ejected", against(status));
          }
        });
  }

  private EndpointStatus status(String wanted) {
    return actual
        .status()
        .orElseThrow(
            () -> undecided(wanted, "a dump does not tell; the source lacks Envoy's /clusters"));
  }

  private static String against(EndpointStatus status) {
    return status.failures().isEmpty()
        ? "nothing speaks against it"
        : "against it speaks "
            + status.failures().stream().sorted().toList().toString().toLowerCase(Locale.ROOT);
  }

  private AssertionError same(String field, Object there, Object expected) {
    return differs(
        "to have the %s %s".formatted(field, expected.equals("") ? "(none)" : expected),
        "its %s is %s".formatted(field, there.equals("") ? "(none)" : there),
        Yaml.field(field, there),
        Yaml.field(field, expected));
  }

  private static String text(Health health) {
    return health.name().toLowerCase(Locale.ROOT);
  }
}
