package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import org.junit.jupiter.api.Test;

/** What is said of headers, at all the levels that can change them. */
class HeadersAssertTest {
  private static final EnvoyConfig SIDECAR = Samples.sidecar();
  private static final EnvoyConfig VARIOUS = Samples.various();

  @Test
  void hasResponseHeader() {
    canary().hasResponseHeader("x-from", "canary").hasResponseHeader("X-From");
    fails(
        () -> canary().hasResponseHeader("x-from", "other"),
        "to set the response header x-from: other",
        "the route sets it to canary",
        "expected:\n  response_headers_to_add:\n  - header:\n      key: x-from\n      value: other",
        "actual:\n  response_headers_to_add:\n  - header:\n      key: x-from\n      value: canary");
    fails(() -> canary().hasResponseHeader("x-nobody"), "it sets x-from, x-more");
    fails(() -> last().hasResponseHeader("x-nobody"), "it sets none");
  }

  @Test
  void hasResponseHeaderCountsWhatALessSpecificLevelOverwrites() {
    shop("api").hasResponseHeader("x-level", "configuration");
    fails(
        () -> shop("api").hasResponseHeader("x-level", "route"),
        "the route adds route; the route configuration sets it to configuration");
  }

  @Test
  void hasResponseHeaderCountsTheOrderThatTheRouteConfigurationSays() {
    String turned =
        Samples.text("various.json")
            .replace(
                "route.v3.RouteConfiguration\",",
                "route.v3.RouteConfiguration\", \"most_specific_header_mutations_wins\": true,");
    assertThat(turned).isNotEqualTo(Samples.text("various.json"));
    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.text(turned));

    assertThat(config)
        .route("various")
        .virtualHost("shop")
        .route("api")
        .hasResponseHeader("x-level", "configuration")
        .hasResponseHeader("x-level", "route")
        .hasResponseHeader("x-hidden", "route")
        .hasResponseHeader("x-absent", "late");
  }

  @Test
  void hasResponseHeaderCountsAHeaderThatIsSetIfItIsAbsent() {
    shop("api").hasResponseHeader("x-absent", "early");
    fails(() -> shop("api").hasResponseHeader("x-absent", "late"), "the virtual host adds early");
  }

  @Test
  void hasResponseHeaderCountsEachWayOfAWeightedRoute() {
    fails(
        () -> shop("split").hasResponseHeader("x-arm", "plain"),
        "on its way to simple, it sets x-absent, x-level");
  }

  @Test
  void doesNotHaveResponseHeader() {
    canary().doesNotHaveResponseHeader("x-nobody").doesNotHaveResponseHeader("x-gone");
    shop("api").doesNotHaveResponseHeader("x-hidden");
    fails(() -> canary().doesNotHaveResponseHeader("x-from"), "the route sets it to canary");
  }

  @Test
  void removesResponseHeader() {
    canary().removesResponseHeader("x-gone");
    shop("api").removesResponseHeader("x-hidden");
    fails(() -> canary().removesResponseHeader("x-more"), "the route adds 1");
    fails(() -> last().removesResponseHeader("x-more"), "it removes none");
    fails(() -> canary().removesResponseHeader("x-nobody"), "it removes x-gone");
  }

  @Test
  void hasRequestHeader() {
    shop("api").hasRequestHeader("x-tenant", "blue").hasRequestHeader("x-tenant");
    shop("api").hasRequestHeader("x-path", "route").hasRequestHeader("x-path", "host");
    fails(() -> shop("api").hasRequestHeader("x-tenant", "green"), "the route sets it to blue");
  }

  @Test
  void doesNotHaveRequestHeader() {
    shop("api").doesNotHaveRequestHeader("x-secret");
    fails(() -> shop("api").doesNotHaveRequestHeader("x-tenant"), "the route sets it to blue");
  }

  @Test
  void removesRequestHeader() {
    shop("api").removesRequestHeader("x-secret");
    fails(() -> shop("api").removesRequestHeader("x-tenant"), "the route sets it to blue");
  }

  @Test
  void aVirtualHostHasThemToo() {
    VirtualHostAssert host = assertThat(VARIOUS).route("various").virtualHost("shop");
    host.hasRequestHeader("x-path", "host").removesResponseHeader("x-hidden");
    fails(() -> host.hasRequestHeader("x-tenant"), "it sets x-path");
  }

  @Test
  void anUnknownActionIsUndecided() {
    String newer =
        Samples.text("istio-sidecar.json")
            .replace("OVERWRITE_IF_EXISTS_OR_ADD", "OVERWRITE_ON_TUESDAYS");
    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.text(newer));

    fails(
        () ->
            assertThat(config)
                .route("8000")
                .virtualHost("httpbin")
                .route(0)
                .hasResponseHeader("x-from", "canary"),
        "undecided: nothing is known of the append_action OVERWRITE_ON_TUESDAYS");
  }

  private static RouteAssert canary() {
    return assertThat(SIDECAR).route("8000").virtualHost("httpbin").route(0);
  }

  private static RouteAssert last() {
    return assertThat(SIDECAR).route("8000").virtualHost("httpbin").route(4);
  }

  private static RouteAssert shop(String route) {
    return assertThat(VARIOUS).route("various").virtualHost("shop").route(route);
  }
}
