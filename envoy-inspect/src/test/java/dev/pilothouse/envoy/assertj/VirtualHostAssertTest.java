package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.HTTPBIN;
import static dev.pilothouse.envoy.assertj.Samples.fails;

import dev.pilothouse.envoy.EnvoyConfig;
import org.junit.jupiter.api.Test;

/** Virtual hosts, and the route configurations that they are in. */
class VirtualHostAssertTest {
  private static final EnvoyConfig SIDECAR = Samples.sidecar();

  @Test
  void virtualHost() {
    routes().virtualHost(HTTPBIN + ":8000").hasDomain("httpbin");
    routes().virtualHost("httpbin").hasDomain(HTTPBIN);
    fails(
        () -> routes().virtualHost("httpbon"),
        "Expected route configuration \"8000\"",
        "to have the virtual host \"httpbon\"",
        "nearest: httpbin, ",
        "where: text, at /configs/5/dynamic_route_configs/0/route_config, line ");
  }

  @Test
  void hasVirtualHost() {
    routes().hasVirtualHost("allow_any").hasVirtualHost("httpbin");
    fails(() -> routes().hasVirtualHost("block_all"), "nearest: allow_any, ");
  }

  @Test
  void doesNotHaveVirtualHost() {
    routes().doesNotHaveVirtualHost("block_all");
    fails(
        () -> routes().doesNotHaveVirtualHost("allow_any"),
        "there it is: VirtualHost[allow_any, [*], 1 routes]");
  }

  @Test
  void hasOnlyVirtualHosts() {
    routes().hasOnlyVirtualHosts("allow_any", HTTPBIN + ":8000");
    fails(
        () -> routes().hasOnlyVirtualHosts("allow_any"),
        "it has [allow_any, " + HTTPBIN + ":8000]");
  }

  @Test
  void routeByName() {
    httpbin().route("moved").hasExactPath("/old");
    fails(() -> httpbin().route("mooved"), "to have the route \"mooved\"", "nearest: moved, ");
    fails(
        () -> httpbin().route("canary"),
        "to have one route named \"canary\"",
        "it has 2; take one by its index:\n  0: Route[canary: prefix \"/get\"");
  }

  @Test
  void routeByIndex() {
    httpbin().route(0).hasName("canary");
    fails(() -> httpbin().route(5), "to have a route at index 5", "it has 5 routes:\n  0: Route[");
    fails(() -> httpbin().route(-1), "it has 5 routes");
  }

  @Test
  void hasDomain() {
    httpbin().hasDomain("httpbin.default");
    fails(() -> httpbin().hasDomain("httpbin.defautl"), "nearest: httpbin, httpbin.default");
  }

  @Test
  void hasOnlyDomains() {
    routes().virtualHost("allow_any").hasOnlyDomains("*");
    fails(
        () -> routes().virtualHost("allow_any").hasOnlyDomains("httpbin"),
        "to have exactly these domains: [httpbin]",
        "it has [*]");
  }

  @Test
  void hasRoutesExactly() {
    httpbin().hasRoutesExactly("canary", "canary", "moved", "teapot", "");
    fails(
        () -> httpbin().hasRoutesExactly("moved", "canary"),
        "to have exactly these routes: moved, canary",
        "it has canary, canary, moved, teapot, ");
  }

  @Test
  void hasRouteBefore() {
    httpbin().hasRouteBefore("canary", "moved");
    fails(
        () -> httpbin().hasRouteBefore("moved", "canary"),
        "moved before canary",
        "the order is canary, canary, moved");
    fails(() -> httpbin().hasRouteBefore("moved", "nobody"), "to have nobody among its routes");
  }

  @Test
  void hasRoutes() {
    httpbin().hasRoutes(5);
    fails(() -> httpbin().hasRoutes(1), "to have 1 routes", "it has 5\n  0: Route[canary");
  }

  private static RouteConfigurationAssert routes() {
    return assertThat(SIDECAR).route("8000");
  }

  private static VirtualHostAssert httpbin() {
    return routes().virtualHost("httpbin");
  }
}
