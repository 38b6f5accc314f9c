package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.Samples.HTTPBIN;
import static dev.pilothouse.envoy.assertj.Samples.V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractSoftAssertions;
import org.assertj.core.api.Condition;
import org.assertj.core.api.StandardSoftAssertionsProvider;
import org.assertj.core.api.junit.jupiter.InjectSoftAssertions;
import org.assertj.core.api.junit.jupiter.SoftAssertionsExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Failures that are collected: on the way, at its end, and where there is no way on. */
@ExtendWith(SoftAssertionsExtension.class)
class EnvoySoftAssertionsTest {
  private static final EnvoyConfig SIDECAR = Samples.sidecar();

  @SuppressWarnings("NullAway.Init") // The extension does.
  @InjectSoftAssertions
  private EnvoySoftAssertions injected;

  @Test
  void allFailuresAreReported() {
    assertThatThrownBy(
            () ->
                EnvoySoftAssertions.assertSoftly(
                    softly -> {
                      softly.assertThat(SIDECAR).cluster(V1).hasMaxConnections(8).hasSubset("v2");
                      softly.assertThat(SIDECAR).route("8000").isStatic();
                      softly.assertThat("AssertJ's own").isEmpty();
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll(
            "(4 failures)",
            "its max_connections is 7",
            "its subset is v1",
            "it is dynamic",
            "AssertJ's own");
  }

  @Test
  void eachFailureNamesTheLineOfTheTest() {
    assertThatThrownBy(
            () ->
                EnvoySoftAssertions.assertSoftly(
                    softly -> {
                      softly.assertThat(SIDECAR).cluster("away").hasMaxConnections(8);
                      softly.assertThat(SIDECAR).cluster(V1).hasMaxConnections(8);
                      softly
                          .assertThatConfig(() -> SIDECAR)
                          .within(Duration.ZERO)
                          .satisfies(config -> config.cluster("away"));
                    }))
        .satisfies(
            failures ->
                assertThat(String.valueOf(failures.getMessage()).lines())
                    .filteredOn(line -> line.startsWith("at "))
                    .hasSize(3)
                    .allMatch(line -> line.contains("(EnvoySoftAssertionsTest.java:")));
  }

  @Test
  void aFailureBeginsInTheTest() {
    assertThatThrownBy(() -> EnvoyAssertions.assertThat(SIDECAR).cluster("away"))
        .satisfies(
            failure ->
                assertThat(failure.getStackTrace()[0].getClassName())
                    .isEqualTo(EnvoySoftAssertionsTest.class.getName()));
  }

  @Test
  void whatHoldsIsNoFailure() {
    injected.assertThat(SIDECAR).hasNoRejectedConfig().cluster(V1).hasMaxConnections(7);
    injected.assertThat(SIDECAR.cluster(V1).orElseThrow()).hasSubset("v1");
    injected.assertThat(SIDECAR.route("8000").orElseThrow()).hasVirtualHost("httpbin");
    injected.assertThat(SIDECAR.listener("127.0.0.1_8000").orElseThrow()).hasPort(8000);
    injected.assertThat(SIDECAR.endpoint(V1).orElseThrow()).hasSize(1);
    injected.assertThat(Samples.various().secret("ca").orElseThrow()).isActive();

    assertThat(injected.errorsCollected()).isEmpty();
  }

  @Test
  void aParameterIsInjectedToo(EnvoySoftAssertions softly) {
    softly.assertThat(SIDECAR).cluster(V1).endpoints().endpoint("10.1.0.1:18000").isHealthy();
    assertThat(softly.errorsCollected()).isEmpty();
  }

  @Test
  void aPartThatIsNotThereIsOneFailure() {
    EnvoySoftAssertions softly = new EnvoySoftAssertions();

    softly
        .assertThat(SIDECAR)
        .route("80")
        .virtualHost("httpbin")
        .route(0)
        .hasRetries(1)
        .matches(route -> route.name().isEmpty())
        .satisfies(route -> assertThat(route.clusters()).isEmpty())
        .has(new Condition<>(route -> route.name().isEmpty(), "no name"))
        .cluster()
        .hasType("EDS")
        .endpoints()
        .endpoint("10.1.0.1:18000")
        .isHealthy();
    softly.assertThat(SIDECAR).listenerOn(1).onlyFilterChain().routeConfiguration().isActive();
    softly.assertThat(SIDECAR).secret("default").isValid();

    assertThat(messages(softly)).hasSize(3);
    assertThat(messages(softly).get(0)).contains("to have the route configuration \"80\"");
    assertThat(messages(softly).get(1)).contains("to have one active listener on port 1");
    assertThat(messages(softly).get(2)).contains("to have the secret \"default\"");
  }

  @Test
  void theWayGoesOnAfterAFailure() {
    EnvoySoftAssertions softly = new EnvoySoftAssertions();

    softly
        .assertThat(SIDECAR)
        .as("the canary")
        .hasSubsets(HTTPBIN, 8000, "v3")
        .route("8000")
        .isStatic()
        .virtualHost("httpbin")
        .hasDomain("nowhere")
        .route(0)
        .hasRetries(9)
        .satisfies(route -> assertThat(route.name()).isEqualTo("other"));

    assertThat(messages(softly)).hasSize(5).allMatch(m -> m.contains("[the canary]"), "described");
  }

  @Test
  void aWaitInVainIsOneFailure() {
    EnvoySoftAssertions softly = new EnvoySoftAssertions();

    softly
        .assertThatConfig(ConfigSource.text(Samples.text("istio-sidecar.json")))
        .within(Duration.ZERO)
        .satisfies(config -> config.route("80"))
        .route("80")
        .isActive();
    softly
        .assertThatConfig(() -> SIDECAR)
        .satisfies(config -> config.route("8000"))
        .route("8000")
        .isStatic();

    assertThat(messages(softly)).hasSize(2);
    assertThat(messages(softly).get(0)).contains("Not satisfied within 0s", "history:");
    assertThat(messages(softly).get(1)).contains("it is dynamic");
  }

  @Test
  void aProviderOfOnesOwnHasThem() {
    Own softly = new Own();

    softly.assertThat(SIDECAR).cluster(V1).hasMaxConnections(8);
    softly.assertThat(1).isEqualTo(2);

    assertThat(softly.errorsCollected()).hasSize(2);
  }

  private static List<String> messages(EnvoySoftAssertions softly) {
    return softly.errorsCollected().stream().map(e -> String.valueOf(e.getMessage())).toList();
  }

  private static final class Own extends AbstractSoftAssertions
      implements EnvoySoftAssertionsProvider, StandardSoftAssertionsProvider {}
}
