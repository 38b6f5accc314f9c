package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.fails;

import dev.pilothouse.envoy.EnvoyConfig;
import org.junit.jupiter.api.Test;

class ListenerAssertTest {
  private static final String TLS_INSPECTOR = "envoy.filters.listener.tls_inspector";
  private static final String HTTP_INSPECTOR = "envoy.filters.listener.http_inspector";
  private static final EnvoyConfig ISTIOD = Samples.read("istiod-debug.json");
  private static final EnvoyConfig VARIOUS = Samples.various();

  @Test
  void hasAddress() {
    inbound().hasAddress("0.0.0.0:15006");
    fails(
        () -> inbound().hasAddress("0.0.0.0:15001"),
        "to listen on 0.0.0.0:15001",
        "it listens on 0.0.0.0:15006");
  }

  @Test
  void hasPort() {
    inbound().hasPort(15006);
    fails(() -> inbound().hasPort(80), "to listen on port 80", "0.0.0.0:15006");
  }

  @Test
  void filterChainByName() {
    various().filterChain("tcp").isPlaintext();
    fails(() -> various().filterChain("tpc"), "to have the filter chain \"tpc\"", "nearest: tcp, ");
    fails(
        () -> inbound().filterChain("virtualInbound"),
        "to have one filter chain named virtualInbound",
        "it has 3; take one by its index:\n  0: FilterChain[virtualInbound-blackhole");
  }

  @Test
  void filterChainByIndex() {
    various().filterChain(1).hasDestinationPort(9000);
    fails(() -> various().filterChain(9), "to have a filter chain at index 9", "it has 3");
  }

  @Test
  void onlyFilterChain() {
    assertThat(Samples.sidecar()).listenerOn(8000).onlyFilterChain().isPlaintext();
    fails(() -> various().onlyFilterChain(), "to have one filter chain", "it has 3");
  }

  @Test
  void defaultFilterChain() {
    various().defaultFilterChain().hasFilter("envoy.filters.network.tcp_proxy");
    fails(
        () -> inbound().defaultFilterChain(),
        "to have a default filter chain",
        "it has only\n  0:");
  }

  @Test
  void hasFilterChains() {
    various().hasFilterChains(3);
    fails(() -> various().hasFilterChains(1), "it has 3\n  0: FilterChain[shop");
  }

  @Test
  void hasFilterChainsExactly() {
    various().hasFilterChainsExactly("shop", "tcp", "rest");
    fails(
        () -> various().hasFilterChainsExactly("tcp", "shop", "rest"),
        "to have exactly these filter chains: tcp, shop, rest",
        "it has shop, tcp, rest",
        "expected:\n  - tcp\n  - shop\n  - rest\nactual:\n  - shop\n  - tcp\n  - rest\n");
  }

  @Test
  void hasListenerFiltersExactly() {
    various().hasListenerFiltersExactly(TLS_INSPECTOR, HTTP_INSPECTOR);
    fails(
        () -> various().hasListenerFiltersExactly(HTTP_INSPECTOR, TLS_INSPECTOR),
        "to have exactly these listener filters",
        "it has " + TLS_INSPECTOR + ", " + HTTP_INSPECTOR);
  }

  @Test
  void hasListenerFilter() {
    various().hasListenerFilter(TLS_INSPECTOR);
    fails(
        () -> various().hasListenerFilter("envoy.filters.listener.proxy_protocol"),
        "to have envoy.filters.listener.proxy_protocol among its listener filters");
  }

  private static ListenerAssert inbound() {
    return assertThat(ISTIOD).listener("virtualInbound");
  }

  private static ListenerAssert various() {
    return assertThat(VARIOUS).listener("various");
  }
}
