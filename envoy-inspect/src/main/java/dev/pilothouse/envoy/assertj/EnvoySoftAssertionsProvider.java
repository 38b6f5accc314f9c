package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EndpointResource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.SecretResource;
import java.util.function.Supplier;
import org.assertj.core.api.SoftAssertionsProvider;
import org.jspecify.annotations.Nullable;

/**
 * The assertions of {@link EnvoyAssertions}, collected instead of thrown. Implement it beside other
 * providers to make soft assertions of your own:
 *
 * <pre>{@code
 * class MySoftAssertions extends AbstractSoftAssertions
 *     implements EnvoySoftAssertionsProvider, StandardSoftAssertionsProvider {}
 * }</pre>
 */
public interface EnvoySoftAssertionsProvider extends SoftAssertionsProvider {
  /**
   * Begins at a whole configuration.
   *
   * @param actual the configuration
   * @return assertions on it, collected
   */
  default EnvoyConfigAssert assertThat(@Nullable EnvoyConfig actual) {
    return Softly.proxy(this, EnvoyConfigAssert.class, EnvoyConfig.class, actual);
  }

  /**
   * Begins at a listener.
   *
   * @param actual the listener
   * @return assertions on it, collected
   */
  default ListenerAssert assertThat(@Nullable ListenerResource actual) {
    return Softly.proxy(this, ListenerAssert.class, ListenerResource.class, actual);
  }

  /**
   * Begins at a route configuration.
   *
   * @param actual the route configuration
   * @return assertions on it, collected
   */
  default RouteConfigurationAssert assertThat(@Nullable RouteResource actual) {
    return Softly.proxy(this, RouteConfigurationAssert.class, RouteResource.class, actual);
  }

  /**
   * Begins at a cluster.
   *
   * @param actual the cluster
   * @return assertions on it, collected
   */
  default ClusterAssert assertThat(@Nullable ClusterResource actual) {
    return Softly.proxy(this, ClusterAssert.class, ClusterResource.class, actual);
  }

  /**
   * Begins at the endpoints of a cluster.
   *
   * @param actual the endpoints
   * @return assertions on them, collected
   */
  default EndpointsAssert assertThat(@Nullable EndpointResource actual) {
    return EndpointsAssert.of(actual, this);
  }

  /**
   * Begins at a secret.
   *
   * @param actual the secret
   * @return assertions on it, collected
   */
  default SecretAssert assertThat(@Nullable SecretResource actual) {
    return Softly.proxy(this, SecretAssert.class, SecretResource.class, actual);
  }

  /**
   * Waits for a configuration; a wait in vain is collected.
   *
   * @param source where the configuration comes from; read again and again
   * @return assertions that wait; see {@link EnvoyAssertions#assertThatConfig(ConfigSource)}
   */
  default WaitingConfigAssert assertThatConfig(ConfigSource source) {
    return WaitingConfigAssert.of(source).collectedBy(this);
  }

  /**
   * Waits for a configuration; a wait in vain is collected.
   *
   * @param supplier gives the configuration as it is now; asked again and again
   * @return assertions that wait; see {@link EnvoyAssertions#assertThatConfig(Supplier)}
   */
  default WaitingConfigAssert assertThatConfig(Supplier<EnvoyConfig> supplier) {
    return WaitingConfigAssert.of(supplier).collectedBy(this);
  }
}
