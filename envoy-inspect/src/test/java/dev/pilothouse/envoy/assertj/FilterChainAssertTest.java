package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.EnvoyConfig;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import org.junit.jupiter.api.Test;

class FilterChainAssertTest {
  private static final String MANAGER = "envoy.filters.network.http_connection_manager";
  private static final String TCP_PROXY = "envoy.filters.network.tcp_proxy";
  private static final String EXCHANGE = "istio.metadata_exchange";
  private static final String FAULT = "envoy.filters.http.fault";
  private static final String ROUTER = "envoy.filters.http.router";
  private static final EnvoyConfig ISTIOD = Samples.read("istiod-debug.json");
  private static final EnvoyConfig VARIOUS = Samples.various();

  @Test
  void hasFiltersExactly() {
    chain("shop").hasFiltersExactly(MANAGER);
    fails(
        () -> chain("shop").hasFiltersExactly(TCP_PROXY),
        "Expected filter chain \"shop\" of listener \"various\"",
        "to have exactly these filters: " + TCP_PROXY,
        "it has " + MANAGER);
  }

  @Test
  void hasFilter() {
    chain("shop").hasFilter(MANAGER);
    fails(() -> chain("shop").hasFilter(TCP_PROXY), "among its filters", "it has " + MANAGER);
  }

  @Test
  void doesNotHaveFilter() {
    chain("shop").doesNotHaveFilter(TCP_PROXY);
    fails(() -> chain("shop").doesNotHaveFilter(MANAGER), "not to have " + MANAGER);
  }

  @Test
  void hasFilterBefore() {
    inbound(1).hasFilterBefore(EXCHANGE, MANAGER);
    fails(
        () -> inbound(1).hasFilterBefore(MANAGER, EXCHANGE),
        MANAGER + " before " + EXCHANGE,
        "the order is " + EXCHANGE + ", " + MANAGER);
  }

  @Test
  void hasFilterSatisfying() {
    chain("tcp").hasFilterSatisfying(TCP_PROXY, TcpProxy.class, proxy -> attempts(proxy, 3));
    fails(
        () ->
            chain("tcp")
                .hasFilterSatisfying(TCP_PROXY, TcpProxy.class, proxy -> attempts(proxy, 4)),
        "expected: 4");
    fails(
        () -> chain("tcp").hasFilterSatisfying(TCP_PROXY, HTTPFault.class, fault -> {}),
        "its type is type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy");
  }

  @Test
  void hasHttpFiltersExactly() {
    chain("shop").hasHttpFiltersExactly(FAULT, ROUTER);
    fails(
        () -> chain("shop").hasHttpFiltersExactly(ROUTER, FAULT),
        "to have exactly these HTTP filters: " + ROUTER + ", " + FAULT,
        "it has " + FAULT + ", " + ROUTER);
    fails(
        () -> chain("tcp").hasHttpFiltersExactly(ROUTER),
        "it has no HTTP connection manager, only [" + TCP_PROXY + "]");
  }

  @Test
  void hasHttpFilter() {
    chain("shop").hasHttpFilter(FAULT);
    fails(() -> chain("shop").hasHttpFilter("envoy.filters.http.lua"), "it has " + FAULT);
  }

  @Test
  void doesNotHaveHttpFilter() {
    chain("shop").doesNotHaveHttpFilter("envoy.filters.http.lua");
    chain("tcp").doesNotHaveHttpFilter(FAULT);
    fails(() -> chain("shop").doesNotHaveHttpFilter(FAULT), "not to have " + FAULT);
  }

  @Test
  void hasHttpFilterBefore() {
    chain("shop").hasHttpFilterBefore(FAULT, ROUTER);
    fails(() -> chain("shop").hasHttpFilterBefore(ROUTER, FAULT), "the order is " + FAULT);
  }

  @Test
  void hasHttpFilterSatisfying() {
    chain("shop").hasHttpFilterSatisfying(FAULT, HTTPFault.class, fault -> active(fault, 7));
    fails(
        () -> chain("shop").hasHttpFilterSatisfying(FAULT, HTTPFault.class, f -> active(f, 8)),
        "expected: 8");
  }

  @Test
  void hasHttpFilterSatisfyingOfATypeThatIsUnknown() {
    FilterChainAssert outbound = assertThat(ISTIOD).listener("0.0.0.0_9080").filterChain(0);
    fails(
        () -> outbound.hasHttpFilterSatisfying("istio.alpn", HTTPFault.class, fault -> {}),
        "its type is type.googleapis.com/istio.envoy.config.filter.http.alpn");
  }

  @Test
  void usesRouteConfiguration() {
    chain("shop").usesRouteConfiguration("various");
    fails(() -> chain("shop").usesRouteConfiguration("80"), "it uses \"various\"");
    fails(() -> chain("tcp").usesRouteConfiguration("80"), "it has no HTTP connection manager");
  }

  @Test
  void routeConfiguration() {
    chain("shop").routeConfiguration().hasVirtualHost("shop");
    fails(() -> chain("shop").routeConfiguration().hasVirtualHost("x"), "nearest: ");
    fails(() -> chain("tcp").routeConfiguration(), "it has no HTTP connection manager");
    fails(
        () ->
            assertThat(VARIOUS.listener("various").orElseThrow())
                .filterChain("shop")
                .routeConfiguration(),
        "undecided: ",
        "begin with assertThat(EnvoyConfig)");
    fails(
        () ->
            assertThat(Samples.read("discovered.json"))
                .listener("inline")
                .onlyFilterChain()
                .routeConfiguration(),
        "undecided: it names none: scopes choose one");
  }

  @Test
  void forwardsTo() {
    chain("tcp").forwardsTo("plain");
    fails(() -> chain("tcp").forwardsTo("simple"), "it forwards to plain");
    fails(() -> chain("rest").forwardsTo("plain"), "it forwards to several:", "weight: 2");
    fails(() -> chain("shop").forwardsTo("plain"), "it has no TCP proxy, only [" + MANAGER);
  }

  @Test
  void hasTls() {
    chain("shop").hasTls();
    fails(() -> chain("tcp").hasTls(), "to have TLS", "it is plain text");
  }

  @Test
  void isPlaintext() {
    chain("tcp").isPlaintext();
    fails(() -> chain("shop").isPlaintext(), "it has TLS");
  }

  @Test
  void requiresClientCertificate() {
    chain("shop").requiresClientCertificate();
    fails(() -> chain("tcp").requiresClientCertificate(), "it is plain text");
  }

  @Test
  void hasServerNames() {
    chain("shop").hasServerNames("shop.example.com");
    chain("tcp").hasServerNames();
    fails(
        () -> chain("shop").hasServerNames("example.com"),
        "to take connections with server_names [example.com]",
        "it takes [shop.example.com]");
    fails(() -> chain("tcp").hasServerNames("example.com"), "it takes any");
  }

  @Test
  void hasApplicationProtocols() {
    chain("shop").hasApplicationProtocols("http/1.1", "h2");
    fails(() -> chain("shop").hasApplicationProtocols("h2"), "it takes [h2, http/1.1]");
  }

  @Test
  void hasTransportProtocol() {
    chain("shop").hasTransportProtocol("tls");
    fails(() -> chain("shop").hasTransportProtocol("raw_buffer"), "it takes [tls]");
  }

  @Test
  void hasDestinationPort() {
    chain("tcp").hasDestinationPort(9000);
    chain("shop").hasDestinationPort(0);
    fails(() -> chain("tcp").hasDestinationPort(80), "it takes [9000]");
  }

  private static FilterChainAssert chain(String name) {
    return assertThat(VARIOUS).listener("various").filterChain(name);
  }

  private static FilterChainAssert inbound(int index) {
    return assertThat(ISTIOD).listener("virtualInbound").filterChain(index);
  }

  private static void attempts(TcpProxy proxy, int expected) {
    assertThat(proxy.getMaxConnectAttempts().getValue()).isEqualTo(expected);
  }

  private static void active(HTTPFault fault, int expected) {
    assertThat(fault.getMaxActiveFaults().getValue()).isEqualTo(expected);
  }
}
