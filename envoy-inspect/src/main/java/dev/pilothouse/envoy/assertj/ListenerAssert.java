package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Address;
import dev.pilothouse.envoy.FilterChain;
import dev.pilothouse.envoy.ListenerResource;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Assertions on a listener, and the way to its filter chains. */
public class ListenerAssert extends AbstractResourceAssert<ListenerAssert, ListenerResource> {
  static final String KIND = "listener";

  /**
   * For AssertJ's proxies; use {@link EnvoyAssertions}.
   *
   * @param actual the listener
   */
  public ListenerAssert(@Nullable ListenerResource actual) {
    super(actual, ListenerAssert.class, KIND);
  }

  /**
   * Verifies that it listens on an address, among others perhaps.
   *
   * <pre>{@code
   * assertThat(config).listener("virtualInbound").hasAddress("0.0.0.0:15006");  // passes
   * assertThat(config).listener("virtualInbound").hasAddress("0.0.0.0:15001");
   * // fails: it listens on 0.0.0.0:15006
   * }</pre>
   *
   * @param expected as {@code 127.0.0.1:8000}, {@code [::1]:8000}, {@code unix:/path}
   * @return this
   */
  public ListenerAssert hasAddress(String expected) {
    return verify(
        () -> {
          List<String> there = addresses(actual).map(Address::toString).toList();
          if (!there.contains(expected)) {
            throw differs(
                "to listen on " + expected,
                "it listens on " + String.join(", ", there),
                there,
                List.of(expected));
          }
        });
  }

  /**
   * Verifies that it listens on a port, on whatever address.
   *
   * <pre>{@code
   * assertThat(config).listener("127.0.0.1_8000").hasPort(8000);  // passes
   * assertThat(config).listener("127.0.0.1_8000").hasPort(80);    // fails: it listens on …:8000
   * }</pre>
   *
   * @param expected the port
   * @return this
   */
  public ListenerAssert hasPort(int expected) {
    return verify(
        () -> {
          if (!ports(actual).contains(expected)) {
            throw differs(
                "to listen on port " + expected,
                "it listens on " + addresses(actual).toList(),
                ports(actual),
                List.of(expected));
          }
        });
  }

  /**
   * Goes to a filter chain by its name.
   *
   * <pre>{@code
   * assertThat(config).listener("0.0.0.0_8443").filterChain("httpbin").hasTls();  // passes
   * assertThat(config).listener("0.0.0.0_8443").filterChain("nobody").hasTls();   // fails: nearest: …
   * }</pre>
   *
   * @param name its name
   * @return assertions on the filter chain; several of that name are a failure, as is none
   */
  public FilterChainAssert filterChain(String name) {
    return chain(
        () -> {
          List<FilterChain> named =
              actual.filterChains().stream().filter(c -> c.name().equals(name)).toList();
          if (named.isEmpty()) {
            List<String> names = actual.filterChains().stream().map(FilterChain::name).toList();
            throw noSuch("filter chain", "filter chains", name, names);
          }
          if (named.size() > 1) {
            throw failed(
                "to have one filter chain named " + name,
                "it has %d; take one by its index:%s"
                    .formatted(named.size(), Listing.of(actual.filterChains())));
          }
          return named.get(0);
        });
  }

  /**
   * Goes to a filter chain by its place.
   *
   * <pre>{@code
   * assertThat(config).listener("127.0.0.1_8000").filterChain(0).isPlaintext();  // passes
   * assertThat(config).listener("127.0.0.1_8000").filterChain(9).isPlaintext();  // fails: it has 1
   * }</pre>
   *
   * @param index from 0, in the order of the listener, the default chain last
   * @return assertions on the filter chain
   */
  public FilterChainAssert filterChain(int index) {
    return chain(
        () -> {
          List<FilterChain> all = actual.filterChains();
          if (index < 0 || index >= all.size()) {
            throw failed("to have a filter chain at index " + index, "it has " + all.size());
          }
          return all.get(index);
        });
  }

  /**
   * Goes to the only filter chain.
   *
   * <pre>{@code
   * assertThat(config).listener("127.0.0.1_8000").onlyFilterChain().isPlaintext();  // passes
   * assertThat(config).listener("virtualInbound").onlyFilterChain().isPlaintext();  // fails: it has 8
   * }</pre>
   *
   * @return assertions on the filter chain
   */
  public FilterChainAssert onlyFilterChain() {
    return chain(
        () -> {
          List<FilterChain> all = actual.filterChains();
          if (all.size() != 1) {
            throw failed("to have one filter chain", "it has " + all.size() + Listing.of(all));
          }
          return all.get(0);
        });
  }

  /**
   * Goes to the filter chain that takes what no other takes.
   *
   * <pre>{@code
   * assertThat(config).listener("0.0.0.0_8000").defaultFilterChain()
   *     .forwardsTo("PassthroughCluster");                              // passes
   * assertThat(config).listener("127.0.0.1_8000").defaultFilterChain();  // fails: it has none
   * }</pre>
   *
   * @return assertions on the filter chain
   */
  public FilterChainAssert defaultFilterChain() {
    return chain(
        () ->
            actual.filterChains().stream()
                .filter(FilterChain::isDefault)
                .findFirst()
                .orElseThrow(
                    () ->
                        failed(
                            "to have a default filter chain",
                            "it has only" + Listing.of(actual.filterChains()))));
  }

  /**
   * Verifies how many filter chains it has, the default one counted.
   *
   * <pre>{@code
   * assertThat(config).listener("127.0.0.1_8000").hasFilterChains(1);  // passes
   * assertThat(config).listener("127.0.0.1_8000").hasFilterChains(2);  // fails: it has 1
   * }</pre>
   *
   * @param expected how many
   * @return this
   */
  public ListenerAssert hasFilterChains(int expected) {
    return verify(
        () -> {
          List<FilterChain> all = actual.filterChains();
          if (all.size() != expected) {
            throw differs(
                "to have " + expected + " filter chains",
                "it has " + all.size() + Listing.of(all),
                all.size(),
                expected);
          }
        });
  }

  /**
   * Verifies the names of its filter chains: these, in this order, the default one last.
   *
   * <pre>{@code
   * assertThat(config).listener("0.0.0.0_8443").hasFilterChainsExactly("a.example", "b.example");
   * // passes
   * assertThat(config).listener("0.0.0.0_8443").hasFilterChainsExactly("b.example", "a.example");
   * // fails: it has them in the order a.example, b.example
   * }</pre>
   *
   * @param expected the names; an empty one for a chain without a name
   * @return this
   */
  public ListenerAssert hasFilterChainsExactly(String... expected) {
    return verify(
        () ->
            NamesInOrder.of(
                    "filter chains", actual.filterChains().stream().map(FilterChain::name).toList())
                .exactly(this, expected));
  }

  /**
   * Verifies the names of its listener filters: these, in this order.
   *
   * <pre>{@code
   * assertThat(config).listener("virtualInbound").hasListenerFiltersExactly(
   *     "envoy.filters.listener.original_dst", "envoy.filters.listener.tls_inspector");  // passes
   * assertThat(config).listener("virtualInbound").hasListenerFiltersExactly();
   * // fails: it has envoy.filters.listener.original_dst, …
   * }</pre>
   *
   * @param expected the names
   * @return this
   */
  public ListenerAssert hasListenerFiltersExactly(String... expected) {
    return verify(() -> listenerFilters().exactly(this, expected));
  }

  /**
   * Verifies that it has a listener filter.
   *
   * <pre>{@code
   * assertThat(config).listener("virtualInbound")
   *     .hasListenerFilter("envoy.filters.listener.tls_inspector");   // passes
   * assertThat(config).listener("virtualInbound")
   *     .hasListenerFilter("envoy.filters.listener.proxy_protocol");  // fails: it has …
   * }</pre>
   *
   * @param name its name
   * @return this
   */
  public ListenerAssert hasListenerFilter(String name) {
    return verify(() -> listenerFilters().contain(this, name));
  }

  static Set<Integer> ports(ListenerResource listener) {
    TreeSet<Integer> ports = new TreeSet<>();
    addresses(listener)
        .filter(address -> address.kind() == Address.Kind.SOCKET)
        .forEach(address -> ports.add(address.port()));
    return ports;
  }

  private NamesInOrder listenerFilters() {
    List<ListenerFilter> filters = actual.message(Listener.class).getListenerFiltersList();
    return NamesInOrder.of(
        "listener filters", filters.stream().map(ListenerFilter::getName).toList());
  }

  private static Stream<Address> addresses(ListenerResource listener) {
    return Stream.concat(Stream.of(listener.address()), listener.additionalAddresses().stream());
  }

  private FilterChainAssert chain(java.util.function.Supplier<FilterChain> finder) {
    return navigate(
        FilterChainAssert.class,
        FilterChain.class,
        FilterChainAssert::new,
        () -> {
          FilterChain chain = finder.get();
          String name = chain.isDefault() ? "default filter chain" : "filter chain";
          return new Found<>(
              chain,
              spot()
                  .part(
                      chain.name().isEmpty()
                          ? name + " " + actual.filterChains().indexOf(chain)
                          : Spot.named(name, chain.name()),
                      chain.pointer(),
                      chain.owner().orElse(null)));
        });
  }
}
