package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.SecretResource;
import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.RequestTracer;
import dev.pilothouse.envoy.trace.Trace;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a whole configuration, and the way to its parts. A part that is not there is a
 * failure that tells the nearest names.
 *
 * <pre>{@code
 * assertThat(config).hasNoRejectedConfig().hasNothingWarming();
 * assertThat(config).route("8000").virtualHost("httpbin").route("canary").hasRetries(3);
 * }</pre>
 */
public class EnvoyConfigAssert extends AbstractConfigAssert<EnvoyConfigAssert> {

  /**
   * For AssertJ's proxies; use {@link EnvoyAssertions}.
   *
   * @param actual the configuration
   */
  public EnvoyConfigAssert(@Nullable EnvoyConfig actual) {
    super(actual, EnvoyConfigAssert.class);
    if (actual != null) {
      at(Spot.of(actual));
    }
  }

  /**
   * Goes to a listener. When several have the name, in different states, it is the active one.
   *
   * <pre>{@code
   * assertThat(config).listener("127.0.0.1_8000").hasPort(8000);  // passes
   * assertThat(config).listener("8000").hasPort(8000);  // fails: nearest: 127.0.0.1_8000, …
   * }</pre>
   *
   * @param name its name
   * @return assertions on the listener
   */
  public ListenerAssert listener(String name) {
    return navigate(
        ListenerAssert.class,
        ListenerResource.class,
        ListenerAssert::new,
        () -> {
          List<ListenerResource> all = actual.listeners();
          return found(actual.listener(name), all, ListenerAssert.KIND, "listeners", name);
        });
  }

  /**
   * Goes to the active listener on a port, whatever it is named.
   *
   * <pre>{@code
   * assertThat(config).listenerOn(8000).usesRouteConfiguration("8000");  // passes
   * assertThat(config).listenerOn(7999).isActive();  // fails: it has listeners on 443, 8000, …
   * }</pre>
   *
   * @param port the port of its address, or of one of its additional addresses
   * @return assertions on the listener; several on that port are a failure, as is none
   */
  public ListenerAssert listenerOn(int port) {
    return navigate(
        ListenerAssert.class,
        ListenerResource.class,
        ListenerAssert::new,
        () -> {
          ListenerResource listener = onlyListener(port);
          return new Found<>(listener, spot().resource(listener, ListenerAssert.KIND));
        });
  }

  /**
   * Goes to a route configuration.
   *
   * <pre>{@code
   * assertThat(config).route("8000").hasVirtualHost("allow_any");  // passes
   * assertThat(config).route("800").hasVirtualHost("allow_any");   // fails: nearest: 8000, …
   * }</pre>
   *
   * @param name its name, as {@code 8000}
   * @return assertions on the route configuration
   */
  public RouteConfigurationAssert route(String name) {
    return navigate(
        RouteConfigurationAssert.class,
        RouteResource.class,
        RouteConfigurationAssert::new,
        () ->
            found(
                actual.route(name),
                actual.routeConfigurations(),
                RouteConfigurationAssert.KIND,
                "route configurations",
                name));
  }

  /**
   * Follows a request, from its connection through listener, filter chain, virtual host and route.
   *
   * <pre>{@code
   * assertThat(config).request(Connection.to("127.41.232.1", 8000), request).isAnsweredWith(418);
   * // passes
   * assertThat(config).request(Connection.to("127.41.232.1", 8000), request).goesTo("nobody");
   * // fails: direct response 418, and the whole story
   * }</pre>
   *
   * @param connection the connection that it comes over
   * @param request the request
   * @return assertions on where it goes
   */
  public TraceAssert request(Connection connection, HttpRequest request) {
    return navigate(
        TraceAssert.class,
        Trace.class,
        TraceAssert::new,
        () -> {
          Trace trace = RequestTracer.of(actual).trace(connection, request);
          String name = "the request %s over %s".formatted(request, connection);
          return new Found<>(trace, spot().named(name));
        });
  }

  /**
   * Goes to a cluster.
   *
   * <pre>{@code
   * assertThat(config).cluster("outbound|8000|v1|httpbin.default.svc.cluster.local").isActive();
   * // passes
   * assertThat(config).cluster("outbound|8000|v3|httpbin.default.svc.cluster.local").isActive();
   * // fails: nearest: outbound|8000|v1|httpbin.default.svc.cluster.local, …
   * }</pre>
   *
   * @param name its name
   * @return assertions on the cluster
   */
  public ClusterAssert cluster(String name) {
    return navigate(
        ClusterAssert.class,
        ClusterResource.class,
        ClusterAssert::new,
        () -> ClusterAssert.find(this, actual, name));
  }

  /**
   * Goes to the endpoints of a cluster.
   *
   * <pre>{@code
   * assertThat(config).endpoints("outbound|8000||httpbin.default.svc.cluster.local").hasSize(2);
   * // passes
   * assertThat(config).endpoints("outbound|8000||nobody").hasSize(2);  // fails: nearest: …
   * }</pre>
   *
   * @param cluster the cluster's name
   * @return assertions on the endpoints, joined from all that the source tells of them, as by
   *     {@link EnvoyConfig#hosts(String)}; a source without endpoints is a failure called undecided
   */
  public EndpointsAssert endpoints(String cluster) {
    return EndpointsAssert.of(this, () -> cluster);
  }

  /**
   * Goes to a secret.
   *
   * <pre>{@code
   * assertThat(config).secret("default").isActive();  // passes
   * assertThat(config).secret("defautl").isActive();  // fails: nearest: default, ROOTCA
   * }</pre>
   *
   * @param name its name, as {@code default}
   * @return assertions on the secret
   */
  public SecretAssert secret(String name) {
    return navigate(
        SecretAssert.class,
        SecretResource.class,
        SecretAssert::new,
        () -> found(actual.secret(name), actual.secrets(), SecretAssert.KIND, "secrets", name));
  }

  final <R extends Resource> Found<R> found(
      Optional<R> resource, List<R> all, String kind, String plural, String name) {
    R there = resource.orElseThrow(() -> noSuch(kind, plural, name, names(all)));
    return new Found<>(there, spot().resource(there, kind));
  }

  private ListenerResource onlyListener(int port) {
    String wanted = "to have one active listener on port " + port;
    List<ListenerResource> active =
        actual.listeners().stream().filter(l -> l.state() == State.ACTIVE).toList();
    List<ListenerResource> there =
        active.stream().filter(listener -> ListenerAssert.ports(listener).contains(port)).toList();
    if (there.isEmpty()) {
      TreeSet<Integer> ports = new TreeSet<>();
      active.forEach(listener -> ports.addAll(ListenerAssert.ports(listener)));
      throw failed(wanted, "it has listeners on " + ports);
    }
    if (there.size() > 1) {
      throw failed(wanted, "it has " + names(there) + "; take one by its name");
    }
    return there.get(0);
  }
}
