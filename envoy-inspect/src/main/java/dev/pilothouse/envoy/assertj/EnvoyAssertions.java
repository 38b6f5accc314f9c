package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EndpointResource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.SecretResource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where assertions on Envoy's configuration start. Import it statically, beside AssertJ's own
 * {@code Assertions.assertThat} if you like: the compiler tells them apart.
 *
 * <pre>{@code
 * import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
 * import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThatConfig;
 *
 * assertThat(config).hasNoRejectedConfig().hasNothingWarming();
 * assertThat(config).cluster("outbound|8000|v1|httpbin.default.svc.cluster.local").hasType("EDS");
 *
 * assertThatConfig(source)
 *     .within(Duration.ofSeconds(10))
 *     .satisfies(c -> c.route("8000").hasVirtualHost("httpbin.default.svc.cluster.local:8000"));
 * }</pre>
 *
 * <p>Begin at an {@link EnvoyConfig} where you can: then an assertion can follow a name from one
 * resource to the next, as from a route to its cluster.
 */
public final class EnvoyAssertions {
  private EnvoyAssertions() {}

  /**
   * Begins at a whole configuration.
   *
   * @param actual the configuration
   * @return assertions on it
   */
  public static EnvoyConfigAssert assertThat(@Nullable EnvoyConfig actual) {
    return new EnvoyConfigAssert(actual);
  }

  /**
   * Begins at a listener.
   *
   * @param actual the listener
   * @return assertions on it
   */
  public static ListenerAssert assertThat(@Nullable ListenerResource actual) {
    return new ListenerAssert(actual);
  }

  /**
   * Begins at a route configuration.
   *
   * @param actual the route configuration
   * @return assertions on it
   */
  public static RouteConfigurationAssert assertThat(@Nullable RouteResource actual) {
    return new RouteConfigurationAssert(actual);
  }

  /**
   * Begins at a cluster.
   *
   * @param actual the cluster
   * @return assertions on it
   */
  public static ClusterAssert assertThat(@Nullable ClusterResource actual) {
    return new ClusterAssert(actual);
  }

  /**
   * Begins at the endpoints of a cluster, without what the rest of the configuration tells of them,
   * as {@code /clusters}. {@link EnvoyConfigAssert#endpoints} has it.
   *
   * @param actual the endpoints
   * @return assertions on them
   */
  public static EndpointsAssert assertThat(@Nullable EndpointResource actual) {
    return EndpointsAssert.of(actual);
  }

  /**
   * Begins at a secret.
   *
   * @param actual the secret
   * @return assertions on it
   */
  public static SecretAssert assertThat(@Nullable SecretResource actual) {
    return new SecretAssert(actual);
  }

  /**
   * A GET, for {@link VirtualHostAssert#routeFor}.
   *
   * @param path with the query, as {@code /get?a=b}
   * @return the request, without headers
   * @throws IllegalArgumentException if the path does not begin with a slash
   */
  public static RouteRequest get(String path) {
    return RouteRequest.get(path);
  }

  /**
   * Waits for a configuration. The source is read every few milliseconds; the assertions are run
   * once for each configuration that differs from the one before.
   *
   * <pre>{@code
   * assertThatConfig(client.proxy().config())
   *     .within(Duration.ofSeconds(10))
   *     .satisfies(c -> c.hasNoRejectedConfig().hasNothingWarming());
   * }</pre>
   *
   * @param source where the configuration comes from
   * @return assertions that wait
   */
  public static WaitingConfigAssert assertThatConfig(ConfigSource source) {
    return WaitingConfigAssert.of(source);
  }

  /**
   * Waits for a configuration that something else keeps, as a client of xDS. The supplier is asked
   * every few milliseconds; the assertions are run once for each configuration object that it has
   * not given before.
   *
   * @param supplier gives the configuration as it is now; a runtime exception means "not yet"
   * @return assertions that wait
   */
  public static WaitingConfigAssert assertThatConfig(Supplier<EnvoyConfig> supplier) {
    return WaitingConfigAssert.of(supplier);
  }
}
