package dev.pilothouse.envoy.assertj;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.pilothouse.envoy.Filter;
import dev.pilothouse.envoy.FilterChain;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on the filters of a filter chain, network filters and HTTP filters.
 *
 * @param <S> the assertion's own type
 */
public abstract class AbstractFiltersAssert<S extends AbstractFiltersAssert<S>>
    extends AbstractEnvoyAssert<S, FilterChain> {

  AbstractFiltersAssert(@Nullable FilterChain actual, Class<?> type) {
    super(actual, type);
  }

  /**
   * Verifies its network filters: these, in this order.
   *
   * <pre>{@code
   * chain.hasFiltersExactly("envoy.filters.network.http_connection_manager");  // passes
   * chain.hasFiltersExactly("envoy.filters.network.tcp_proxy");
   * // fails: it has envoy.filters.network.http_connection_manager
   * }</pre>
   *
   * @param names the filters' names
   * @return this
   */
  public S hasFiltersExactly(String... names) {
    return verify(() -> filters().exactly(this, names));
  }

  /**
   * Verifies that it has a network filter.
   *
   * <pre>{@code
   * chain.hasFilter("envoy.filters.network.http_connection_manager");  // passes
   * chain.hasFilter("envoy.filters.network.tcp_proxy");                // fails: it has …
   * }</pre>
   *
   * @param name the filter's name
   * @return this
   */
  public S hasFilter(String name) {
    return verify(() -> filters().contain(this, name));
  }

  /**
   * Verifies that it does not have a network filter.
   *
   * <pre>{@code
   * chain.doesNotHaveFilter("istio.metadata_exchange");                        // passes
   * chain.doesNotHaveFilter("envoy.filters.network.http_connection_manager");  // fails: it has …
   * }</pre>
   *
   * @param name the filter's name
   * @return this
   */
  public S doesNotHaveFilter(String name) {
    return verify(() -> filters().lack(this, name));
  }

  /**
   * Verifies that it has two network filters in this order, whatever lies between them.
   *
   * <pre>{@code
   * chain.hasFilterBefore("envoy.filters.network.rbac", "envoy.filters.network.tcp_proxy");
   * // passes
   * chain.hasFilterBefore("envoy.filters.network.tcp_proxy", "envoy.filters.network.rbac");
   * // fails: the order is …
   * }</pre>
   *
   * @param first the name of the earlier one
   * @param second the name of the later one
   * @return this
   */
  public S hasFilterBefore(String first, String second) {
    return verify(() -> filters().before(this, first, second));
  }

  /**
   * Verifies a network filter's configuration.
   *
   * <pre>{@code
   * chain.hasFilterSatisfying("envoy.filters.network.tcp_proxy", TcpProxy.class,
   *     proxy -> assertThat(proxy.getMaxConnectAttempts().getValue()).isEqualTo(3));  // passes
   * chain.hasFilterSatisfying("envoy.filters.network.tcp_proxy", TcpProxy.class,
   *     proxy -> assertThat(proxy.getMaxConnectAttempts().getValue()).isEqualTo(4));
   * // fails: Expecting 3 to be 4
   * }</pre>
   *
   * @param name the filter's name; the first of it is taken
   * @param type its configuration's class
   * @param requirements what to assert on it
   * @param <M> its configuration's class
   * @return this
   */
  public <M extends Message> S hasFilterSatisfying(
      String name, Class<M> type, Consumer<? super M> requirements) {
    return verify(
        () -> {
          filters().contain(this, name);
          int index = filters().names().indexOf(name);
          Any config = Deep.chain(spot(), actual).getFilters(index).getTypedConfig();
          requirements.accept(unpacked(name, config, type));
        });
  }

  /**
   * Verifies its HTTP filters: these, in this order.
   *
   * <pre>{@code
   * chain.hasHttpFiltersExactly("envoy.filters.http.fault", "envoy.filters.http.router");
   * // passes
   * chain.hasHttpFiltersExactly("envoy.filters.http.router");
   * // fails: it has envoy.filters.http.fault, envoy.filters.http.router
   * }</pre>
   *
   * @param names the filters' names
   * @return this
   */
  public S hasHttpFiltersExactly(String... names) {
    return verify(() -> httpFilters().exactly(this, names));
  }

  /**
   * Verifies that it has an HTTP filter.
   *
   * <pre>{@code
   * chain.hasHttpFilter("envoy.filters.http.fault");  // passes
   * chain.hasHttpFilter("envoy.filters.http.lua");    // fails: it has …
   * }</pre>
   *
   * @param name the filter's name
   * @return this
   */
  public S hasHttpFilter(String name) {
    return verify(() -> httpFilters().contain(this, name));
  }

  /**
   * Verifies that it does not have an HTTP filter. A chain without an HTTP connection manager has
   * none.
   *
   * <pre>{@code
   * chain.doesNotHaveHttpFilter("envoy.filters.http.lua");    // passes
   * chain.doesNotHaveHttpFilter("envoy.filters.http.fault");  // fails: it has …
   * }</pre>
   *
   * @param name the filter's name
   * @return this
   */
  public S doesNotHaveHttpFilter(String name) {
    return verify(
        () -> {
          if (connectionManager().isPresent()) {
            httpFilters().lack(this, name);
          }
        });
  }

  /**
   * Verifies that it has two HTTP filters in this order, whatever lies between them.
   *
   * <pre>{@code
   * chain.hasHttpFilterBefore("envoy.filters.http.fault", "envoy.filters.http.router");
   * // passes
   * chain.hasHttpFilterBefore("envoy.filters.http.router", "envoy.filters.http.fault");
   * // fails: the order is …
   * }</pre>
   *
   * @param first the name of the earlier one
   * @param second the name of the later one
   * @return this
   */
  public S hasHttpFilterBefore(String first, String second) {
    return verify(() -> httpFilters().before(this, first, second));
  }

  /**
   * Verifies an HTTP filter's configuration.
   *
   * <pre>{@code
   * chain.hasHttpFilterSatisfying("envoy.filters.http.grpc_stats", FilterConfig.class,
   *     stats -> assertThat(stats.getEmitFilterState()).isTrue());   // passes
   * chain.hasHttpFilterSatisfying("envoy.filters.http.grpc_stats", FilterConfig.class,
   *     stats -> assertThat(stats.getEmitFilterState()).isFalse());  // fails: Expecting false …
   * }</pre>
   *
   * @param name the filter's name; the first of it is taken
   * @param type its configuration's class
   * @param requirements what to assert on it
   * @param <M> its configuration's class
   * @return this
   */
  public <M extends Message> S hasHttpFilterSatisfying(
      String name, Class<M> type, Consumer<? super M> requirements) {
    return verify(
        () -> {
          httpFilters().contain(this, name);
          HttpFilter filter = manager().getHttpFilters(httpFilters().names().indexOf(name));
          if (filter.hasConfigDiscovery()) {
            throw undecided("to have " + name + " configured so", "its configuration is from ECDS");
          }
          requirements.accept(unpacked(name, filter.getTypedConfig(), type));
        });
  }

  /** The first HTTP connection manager. */
  final Optional<Filter> connectionManager() {
    return actual.filters().stream()
        .filter(filter -> filter.typeUrl().endsWith(".v3.HttpConnectionManager"))
        .findFirst();
  }

  final Filter requireConnectionManager(String expected) {
    return connectionManager()
        .orElseThrow(
            () -> failed(expected, "it has no HTTP connection manager, only " + actual.filters()));
  }

  private HttpConnectionManager manager() {
    Filter filter = requireConnectionManager("to have HTTP filters");
    Any config =
        Deep.chain(spot(), actual).getFilters(actual.filters().indexOf(filter)).getTypedConfig();
    return unpacked(filter.name(), config, HttpConnectionManager.class);
  }

  private NamesInOrder filters() {
    return NamesInOrder.of("filters", actual.filters().stream().map(Filter::name).toList());
  }

  private NamesInOrder httpFilters() {
    List<Filter> filters = requireConnectionManager("to have HTTP filters").httpFilters();
    return NamesInOrder.of("HTTP filters", filters.stream().map(Filter::name).toList());
  }

  private <M extends Message> M unpacked(String name, Any config, Class<M> type) {
    try {
      if (!config.is(type)) {
        throw failed(
            "to have %s with a configuration of the type %s".formatted(name, type.getName()),
            "its type is " + Deep.typeUrl(config));
      }
      return config.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("made by this library from JSON: " + config, e);
    }
  }
}
