package dev.pilothouse.envoy.assertj;

import com.google.protobuf.Any;
import dev.pilothouse.envoy.Filter;
import dev.pilothouse.envoy.FilterChain;
import dev.pilothouse.envoy.RouteResource;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a filter chain: what connections it takes, its TLS, its filters in order, and where
 * it leads. Reached from a listener:
 *
 * <pre>{@code
 * assertThat(config).listener("127.0.0.1_8000").onlyFilterChain()
 *     .isPlaintext()
 *     .hasHttpFilterBefore("envoy.filters.http.fault", "envoy.filters.http.router")
 *     .usesRouteConfiguration("8000");
 * }</pre>
 */
public class FilterChainAssert extends AbstractFiltersAssert<FilterChainAssert> {

  /**
   * For AssertJ's proxies; navigate to it from {@link EnvoyAssertions}.
   *
   * @param actual the filter chain
   */
  public FilterChainAssert(@Nullable FilterChain actual) {
    super(actual, FilterChainAssert.class);
  }

  /**
   * Verifies which route configuration its HTTP connection manager uses.
   *
   * <pre>{@code
   * chain.usesRouteConfiguration("8000");  // passes
   * chain.usesRouteConfiguration("80");    // fails: it uses "8000"
   * }</pre>
   *
   * @param expected the route configuration's name
   * @return this
   */
  public FilterChainAssert usesRouteConfiguration(String expected) {
    return verify(
        () -> {
          String wanted = "to use the route configuration \"" + expected + "\"";
          Filter manager = requireConnectionManager(wanted);
          if (!manager.routeConfigName().equals(expected)) {
            throw differs(
                wanted,
                "it uses \"" + manager.routeConfigName() + "\"",
                Yaml.field("rds.route_config_name", manager.routeConfigName()),
                Yaml.field("rds.route_config_name", expected));
          }
        });
  }

  /**
   * Goes to the route configuration that its HTTP connection manager uses.
   *
   * <pre>{@code
   * chain.routeConfiguration().hasVirtualHost("allow_any");  // passes
   * chain.routeConfiguration().hasVirtualHost("nobody");     // fails: nearest: allow_any, …
   * }</pre>
   *
   * @return assertions on the route configuration; scopes, and routes without a name that are
   *     written inside the listener, are a failure called undecided
   */
  public RouteConfigurationAssert routeConfiguration() {
    return navigate(
        RouteConfigurationAssert.class,
        RouteResource.class,
        RouteConfigurationAssert::new,
        () -> {
          String wanted = "to use a route configuration";
          String name = requireConnectionManager(wanted).routeConfigName();
          if (name.isEmpty()) {
            throw undecided(
                wanted, "it names none: scopes choose one, or the routes are inside the listener");
          }
          RouteResource used =
              config(wanted)
                  .route(name)
                  .orElseThrow(
                      () ->
                          failed(
                              wanted,
                              "the configuration has none named \"%s\"; %s"
                                  .formatted(
                                      name,
                                      NearestNames.text(
                                          name,
                                          AbstractConfigAssert.names(
                                              config(wanted).routeConfigurations()),
                                          "route configurations"))));
          return new Found<>(used, spot().resource(used, RouteConfigurationAssert.KIND));
        });
  }

  /**
   * Verifies that its TCP proxy sends everything to one cluster.
   *
   * <pre>{@code
   * chain.forwardsTo("outbound|9000||httpbin.default.svc.cluster.local");  // passes
   * chain.forwardsTo("PassthroughCluster");  // fails: it forwards to outbound|9000||…
   * }</pre>
   *
   * @param cluster the cluster's name
   * @return this
   */
  public FilterChainAssert forwardsTo(String cluster) {
    return verify(
        () -> {
          String wanted = "to forward to " + cluster;
          TcpProxy proxy = tcpProxy(wanted);
          if (!proxy.getCluster().equals(cluster)) {
            throw differs(
                wanted,
                proxy.hasWeightedClusters()
                    ? "it forwards to several:\n" + Yaml.of(proxy.getWeightedClusters())
                    : "it forwards to " + proxy.getCluster(),
                Yaml.field(
                    "cluster",
                    proxy.hasWeightedClusters() ? "(weighted_clusters)" : proxy.getCluster()),
                Yaml.field("cluster", cluster));
          }
        });
  }

  /**
   * Verifies that connections to it are encrypted.
   *
   * <pre>{@code
   * gateway.filterChain(0).hasTls();              // passes
   * sidecar.onlyFilterChain().hasTls();  // fails: it is plain text
   * }</pre>
   *
   * @return this
   */
  public FilterChainAssert hasTls() {
    return verify(
        () -> {
          TransportSecurity security = security("to have TLS");
          if (!security.tls()) {
            throw failed("to have TLS", "it is plain text");
          }
        });
  }

  /**
   * Verifies that connections to it are not encrypted, as far as Envoy is concerned: it may still
   * pass on what is.
   *
   * <pre>{@code
   * sidecar.onlyFilterChain().isPlaintext();  // passes
   * gateway.filterChain(0).isPlaintext();     // fails: it has TLS
   * }</pre>
   *
   * @return this
   */
  public FilterChainAssert isPlaintext() {
    return verify(
        () -> {
          if (security("to be plain text").tls()) {
            throw failed("to be plain text", "it has TLS");
          }
        });
  }

  /**
   * Verifies that clients must show a certificate.
   *
   * <pre>{@code
   * strict.filterChain("0.0.0.0_8000").requiresClientCertificate();  // passes
   * gateway.filterChain(0).requiresClientCertificate();              // fails: it does not ask
   * }</pre>
   *
   * @return this
   */
  public FilterChainAssert requiresClientCertificate() {
    return verify(
        () -> {
          String wanted = "to require a certificate of its clients";
          TransportSecurity security = security(wanted);
          if (!security.requiresClientCertificate()) {
            throw failed(wanted, security.tls() ? "it does not ask for one" : "it is plain text");
          }
        });
  }

  /**
   * Verifies the server names (SNI) that it takes: these and no others, in any order.
   *
   * <pre>{@code
   * chain.hasServerNames("httpbin.example.com");  // passes
   * chain.hasServerNames("example.com");          // fails: it takes [httpbin.example.com]
   * }</pre>
   *
   * @param expected the names; none for a chain that takes any
   * @return this
   */
  public FilterChainAssert hasServerNames(String... expected) {
    return verify(
        () -> matching("server_names", match().getServerNamesList(), Arrays.asList(expected)));
  }

  /**
   * Verifies the application protocols (ALPN) that it takes: these and no others, in any order.
   *
   * <pre>{@code
   * chain.hasApplicationProtocols("istio", "istio-peer-exchange");  // passes
   * chain.hasApplicationProtocols("h2");                            // fails: it takes […]
   * }</pre>
   *
   * @param expected the protocols; none for a chain that takes any
   * @return this
   */
  public FilterChainAssert hasApplicationProtocols(String... expected) {
    return verify(
        () ->
            matching(
                "application_protocols",
                match().getApplicationProtocolsList(),
                Arrays.asList(expected)));
  }

  /**
   * Verifies the transport protocol that it takes.
   *
   * <pre>{@code
   * chain.hasTransportProtocol("tls");         // passes
   * chain.hasTransportProtocol("raw_buffer");  // fails: it takes [tls]
   * }</pre>
   *
   * @param expected {@code tls}, {@code raw_buffer}, or empty for any
   * @return this
   */
  public FilterChainAssert hasTransportProtocol(String expected) {
    return verify(
        () ->
            matching(
                "transport_protocol", List.of(match().getTransportProtocol()), List.of(expected)));
  }

  /**
   * Verifies the destination port that it takes.
   *
   * <pre>{@code
   * chain.hasDestinationPort(8080);  // passes
   * chain.hasDestinationPort(80);    // fails: it takes [8080]
   * }</pre>
   *
   * @param expected the port; 0 for any
   * @return this
   */
  public FilterChainAssert hasDestinationPort(int expected) {
    return verify(
        () ->
            matching(
                "destination_port",
                List.of(match().getDestinationPort().getValue()),
                List.of(expected)));
  }

  private void matching(String field, Collection<?> there, Collection<?> expected) {
    if (!new TreeSet<Object>(there).equals(new TreeSet<Object>(expected))) {
      throw differs(
          "to take connections with %s %s".formatted(field, expected),
          there.isEmpty() ? "it takes any" : "it takes " + there,
          Yaml.field("filter_chain_match." + field, there),
          Yaml.field("filter_chain_match." + field, expected));
    }
  }

  private FilterChainMatch match() {
    return Deep.chain(spot(), actual).getFilterChainMatch();
  }

  private TransportSecurity security(String wanted) {
    io.envoyproxy.envoy.config.listener.v3.FilterChain chain = Deep.chain(spot(), actual);
    return chain.hasTransportSocket()
        ? TransportSecurity.of(chain.getTransportSocket(), why -> undecided(wanted, why))
        : TransportSecurity.PLAINTEXT;
  }

  private TcpProxy tcpProxy(String wanted) {
    for (io.envoyproxy.envoy.config.listener.v3.Filter filter :
        Deep.chain(spot(), actual).getFiltersList()) {
      Any config = filter.getTypedConfig();
      if (config.is(TcpProxy.class)) {
        return Deep.unpack(config, TcpProxy.class);
      }
    }
    throw failed(wanted, "it has no TCP proxy, only " + actual.filters());
  }
}
