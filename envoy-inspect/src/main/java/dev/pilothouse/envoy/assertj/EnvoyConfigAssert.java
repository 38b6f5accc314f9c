package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.SecretResource;
import dev.pilothouse.envoy.Unknown;
import dev.pilothouse.envoy.diff.DiffOptions;
import dev.pilothouse.envoy.diff.Difference;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.RequestTracer;
import dev.pilothouse.envoy.trace.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
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
public class EnvoyConfigAssert extends AbstractEnvoyAssert<EnvoyConfigAssert, EnvoyConfig> {

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

  /**
   * Verifies that there is no cluster of that name, in any state.
   *
   * <pre>{@code
   * assertThat(config).doesNotHaveCluster("outbound|8000|v3|httpbin");  // passes
   * assertThat(config).doesNotHaveCluster("BlackHoleCluster");          // fails: there it is
   * }</pre>
   *
   * @param name the name
   * @return this
   */
  public EnvoyConfigAssert doesNotHaveCluster(String name) {
    return verify(() -> absent(actual.cluster(name), ClusterAssert.KIND, name));
  }

  /**
   * Verifies that there is no listener of that name, in any state.
   *
   * <pre>{@code
   * assertThat(config).doesNotHaveListener("0.0.0.0_9999");    // passes
   * assertThat(config).doesNotHaveListener("127.0.0.1_8000");  // fails: there it is
   * }</pre>
   *
   * @param name the name
   * @return this
   */
  public EnvoyConfigAssert doesNotHaveListener(String name) {
    return verify(() -> absent(actual.listener(name), ListenerAssert.KIND, name));
  }

  /**
   * Verifies that there is no route configuration of that name, in any state.
   *
   * <pre>{@code
   * assertThat(config).doesNotHaveRoute("9999");  // passes
   * assertThat(config).doesNotHaveRoute("8000");  // fails: there it is
   * }</pre>
   *
   * @param name the name
   * @return this
   */
  public EnvoyConfigAssert doesNotHaveRoute(String name) {
    return verify(() -> absent(actual.route(name), RouteConfigurationAssert.KIND, name));
  }

  /**
   * Verifies which subsets of a service have an outbound cluster in use: these and no others.
   *
   * <pre>{@code
   * assertThat(config).hasSubsets("httpbin.default.svc.cluster.local", 8000, "v1", "v2");
   * // passes
   * assertThat(config).hasSubsets("httpbin.default.svc.cluster.local", 8000, "v1");
   * // fails: it has v1, v2
   * }</pre>
   *
   * @param host the service's host
   * @param port the service's port
   * @param subsets the names, in any order; none for a service without subsets
   * @return this
   */
  public EnvoyConfigAssert hasSubsets(String host, int port, String... subsets) {
    return verify(
        () -> {
          TreeSet<String> there =
              actual.clusters().stream()
                  .filter(cluster -> cluster.state() == State.ACTIVE)
                  .flatMap(cluster -> cluster.parsedName().stream())
                  .filter(name -> name.direction().equals("outbound"))
                  .filter(name -> name.host().equals(host) && name.port() == port)
                  .map(ClusterName::subset)
                  .collect(Collectors.toCollection(TreeSet::new));
          if (there.isEmpty()) {
            String wanted = new ClusterName("outbound", port, "", host).toString();
            throw noSuch(ClusterAssert.KIND, "clusters", wanted, names(actual.clusters()));
          }
          there.remove("");
          TreeSet<String> wanted = new TreeSet<>(Arrays.asList(subsets));
          if (!there.equals(wanted)) {
            throw differs(
                "to have for %s, port %d, the subsets %s".formatted(host, port, wanted),
                "it has " + there,
                there,
                wanted);
          }
        });
  }

  /**
   * Verifies that Envoy refused nothing that it shows. Two things it does not show: a dump never
   * has the clusters that were rejected (the statistic {@code cluster_manager.cds.update_rejected}
   * counts them, and istiod keeps the reason), and not every source could deliver everything, which
   * is a failure called undecided.
   *
   * <pre>{@code
   * assertThat(config).hasNoRejectedConfig();    // passes
   * assertThat(rejecting).hasNoRejectedConfig();
   * // fails: 1 was rejected: listener "outbound": error adding listener …
   * }</pre>
   *
   * @return this
   */
  public EnvoyConfigAssert hasNoRejectedConfig() {
    return verify(
        () -> {
          hasNone(State.REJECTED, "to have no rejected configuration", "rejected");
          if (!actual.omissions().isEmpty()) {
            throw undecided(
                "to have no rejected configuration",
                "the source could not deliver " + actual.omissions());
          }
        });
  }

  /**
   * Verifies that nothing waits for something else before it is used, as a cluster for its
   * endpoints. A dump that does not tell the state of a resource is a failure called undecided.
   *
   * <pre>{@code
   * assertThat(config).hasNothingWarming();   // passes
   * assertThat(warming).hasNothingWarming();  // fails: 1 is warming: cluster "waits-for-eds"
   * }</pre>
   *
   * @return this
   */
  public EnvoyConfigAssert hasNothingWarming() {
    return verify(
        () -> {
          hasNone(State.WARMING, "to have nothing warming", "warming");
          List<Resource> untold = actual.resources(State.UNKNOWN);
          if (!untold.isEmpty()) {
            throw undecided(
                "to have nothing warming",
                "the state of these is not told: " + names(untold).stream().limit(20).toList());
          }
        });
  }

  /**
   * Verifies that this library knows every type, field and enum value in the configuration.
   *
   * <pre>{@code
   * assertThat(config).hasNothingUnknown();  // passes
   * assertThat(istiod).hasNothingUnknown();  // fails: 9 unknown parts: TYPE …stats.PluginConfig …
   * }</pre>
   *
   * @return this
   */
  public EnvoyConfigAssert hasNothingUnknown() {
    return verify(
        () -> {
          List<Unknown> unknown = actual.unknown();
          if (!unknown.isEmpty()) {
            throw failed(
                "to hold nothing unknown",
                "it holds " + AbstractResourceAssert.unknownText(unknown));
          }
        });
  }

  /**
   * Verifies that Envoy runs with what a control plane has for it, and with nothing else that could
   * have been pushed: nothing differs in meaning, nothing was rejected and nothing is warming.
   *
   * <pre>{@code
   * assertThat(envoy).isInSyncWith(istiod);  // passes
   * assertThat(stale).isInSyncWith(istiod);
   * // fails: route configuration 8000: ~ virtual_hosts[…].routes[0].route.timeout "4s" → "5s"
   * }</pre>
   *
   * @param pushed what the control plane has, as istiod's {@code /debug/config_dump}, or what a
   *     client of xDS with the same identity got
   * @return this
   * @see DiffOptions#controlPlaneAndEnvoy()
   */
  public EnvoyConfigAssert isInSyncWith(EnvoyConfig pushed) {
    return verify(
        () -> {
          String wanted = "to be in sync with " + pushed;
          hasNone(State.REJECTED, wanted, "rejected");
          hasNone(State.WARMING, wanted, "warming");
          same(wanted, EnvoyDiff.between(pushed, actual, DiffOptions.controlPlaneAndEnvoy()));
        });
  }

  /**
   * Verifies that it means the same as another one: versions, times and the order of what has no
   * order do not count.
   *
   * <pre>{@code
   * assertThat(after).meansTheSameAs(before, DiffOptions.oneProxy());  // passes
   * assertThat(after).meansTheSameAs(other, DiffOptions.oneProxy());
   * // fails: cluster outbound|80||a: ~ connect_timeout "10s" → "3s"
   * }</pre>
   *
   * @param other the other configuration
   * @param options what counts as a difference
   * @return this
   */
  public EnvoyConfigAssert meansTheSameAs(EnvoyConfig other, DiffOptions options) {
    return verify(
        () -> same("to mean the same as " + other, EnvoyDiff.between(other, actual, options)));
  }

  private void same(String wanted, EnvoyDiff diff) {
    if (!diff.isEmpty()) {
      List<String> lines = diff.differences().stream().map(Difference::toString).toList();
      String leftOut =
          diff.leftOut().isEmpty() ? "" : "\nnot compared:" + Listing.of(diff.leftOut());
      throw differs(
          wanted, "there are differences:" + Listing.of(lines) + leftOut, lines, List.of());
    }
  }

  final <R extends Resource> Found<R> found(
      Optional<R> resource, List<R> all, String kind, String plural, String name) {
    R there = resource.orElseThrow(() -> noSuch(kind, plural, name, names(all)));
    return new Found<>(there, spot().resource(there, kind));
  }

  static List<String> names(List<? extends Resource> all) {
    return all.stream().map(Resource::name).toList();
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

  private void absent(Optional<? extends Resource> resource, String kind, String name) {
    resource.ifPresent(
        there -> {
          throw failed(
              "not to have the %s \"%s\"".formatted(kind, name),
              "there it is: %s%nat %s".formatted(there, there.place(there.pointer())));
        });
  }

  private void hasNone(State state, String wanted, String how) {
    List<Resource> there = actual.resources(state);
    if (!there.isEmpty()) {
      List<String> lines =
          there.stream().map(r -> r + "\n    at " + r.place(r.pointer())).limit(20).toList();
      String is = there.size() == 1 ? "1 is " : there.size() + " are ";
      throw differs(
          wanted,
          is + how + ":\n  " + String.join("\n  ", lines),
          there.stream().map(Resource::toString).toList(),
          List.of());
    }
  }
}
