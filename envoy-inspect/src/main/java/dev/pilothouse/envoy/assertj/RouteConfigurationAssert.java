package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.VirtualHost;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Assertions on a route configuration, and the way to its virtual hosts. */
public class RouteConfigurationAssert
    extends AbstractResourceAssert<RouteConfigurationAssert, RouteResource> {
  static final String KIND = "route configuration";

  /**
   * For AssertJ's proxies; use {@link EnvoyAssertions}.
   *
   * @param actual the route configuration
   */
  public RouteConfigurationAssert(@Nullable RouteResource actual) {
    super(actual, RouteConfigurationAssert.class, KIND);
  }

  /**
   * Goes to a virtual host, by its name or by a domain that is written in it.
   *
   * <pre>{@code
   * routes.virtualHost("httpbin.default.svc.cluster.local:8000").hasDomain("httpbin");  // passes
   * routes.virtualHost("httpbin").hasDomain("httpbin");  // passes: it is one of its domains
   * routes.virtualHost("httpbon").hasDomain("httpbin");  // fails: nearest: httpbin, …
   * }</pre>
   *
   * @param nameOrDomain as {@code httpbin.default.svc.cluster.local:8000} or {@code httpbin}; no
   *     wildcard is matched
   * @return assertions on the virtual host
   */
  public VirtualHostAssert virtualHost(String nameOrDomain) {
    return navigate(
        VirtualHostAssert.class,
        VirtualHost.class,
        VirtualHostAssert::new,
        () -> {
          VirtualHost host = actual.virtualHost(nameOrDomain).orElseThrow(() -> none(nameOrDomain));
          return new Found<>(host, spot(host));
        });
  }

  /**
   * Verifies that it has a virtual host.
   *
   * <pre>{@code
   * routes.hasVirtualHost("allow_any");  // passes
   * routes.hasVirtualHost("block_all");  // fails: nearest: allow_any, …
   * }</pre>
   *
   * @param nameOrDomain its name, or a domain that is written in it
   * @return this
   */
  public RouteConfigurationAssert hasVirtualHost(String nameOrDomain) {
    return verify(
        () -> {
          if (actual.virtualHost(nameOrDomain).isEmpty()) {
            throw none(nameOrDomain);
          }
        });
  }

  /**
   * Verifies that it has no such virtual host.
   *
   * <pre>{@code
   * routes.doesNotHaveVirtualHost("block_all");  // passes
   * routes.doesNotHaveVirtualHost("allow_any");  // fails: there it is
   * }</pre>
   *
   * @param nameOrDomain its name, or a domain that is written in it
   * @return this
   */
  public RouteConfigurationAssert doesNotHaveVirtualHost(String nameOrDomain) {
    return verify(
        () ->
            actual
                .virtualHost(nameOrDomain)
                .ifPresent(
                    there -> {
                      throw failed(
                          "not to have the virtual host \"" + nameOrDomain + "\"",
                          "there it is: %s%nat %s".formatted(there, there.pointer()));
                    }));
  }

  /**
   * Verifies the names of its virtual hosts: these and no others, in any order.
   *
   * <pre>{@code
   * routes.hasOnlyVirtualHosts("httpbin.default.svc.cluster.local:8000", "allow_any");  // passes
   * routes.hasOnlyVirtualHosts("allow_any");  // fails: it has besides httpbin.default.svc…
   * }</pre>
   *
   * @param names the names
   * @return this
   */
  public RouteConfigurationAssert hasOnlyVirtualHosts(String... names) {
    return verify(
        () -> {
          TreeSet<String> expected = new TreeSet<>(Arrays.asList(names));
          TreeSet<String> there = new TreeSet<>(hostNames());
          if (!there.equals(expected)) {
            throw differs(
                "to have exactly these virtual hosts: " + expected,
                "it has " + there,
                there,
                expected);
          }
        });
  }

  private Spot spot(VirtualHost host) {
    return spot().part(Spot.named("virtual host", host.name()), host.pointer(), null);
  }

  private AssertionError none(String nameOrDomain) {
    List<String> all =
        actual.virtualHosts().stream()
            .flatMap(host -> Stream.concat(Stream.of(host.name()), host.domains().stream()))
            .toList();
    return noSuch("virtual host", "virtual hosts", nameOrDomain, all);
  }

  private List<String> hostNames() {
    return actual.virtualHosts().stream().map(VirtualHost::name).toList();
  }
}
