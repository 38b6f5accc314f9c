package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.Route.WeightedCluster;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a route: what it matches, where it leads, timeouts, retries, mirrors, rewrites and
 * headers. What Envoy takes by default counts as if it were written. Reached from a virtual host:
 *
 * <pre>{@code
 * assertThat(config).route("8000").virtualHost("httpbin").route(0)
 *     .hasPathPrefix("/get")
 *     .forwardsTo("outbound|8000|v2|httpbin.default.svc.cluster.local", 25)
 *     .hasTimeout(Duration.ofSeconds(4))
 *     .hasRetries(3);
 * }</pre>
 */
public class RouteAssert extends AbstractRouteTrafficAssert<RouteAssert> {
  /**
   * For AssertJ's proxies; navigate to it from {@link EnvoyAssertions}.
   *
   * @param actual the route
   */
  public RouteAssert(@Nullable Route actual) {
    super(actual, RouteAssert.class);
  }

  /**
   * Verifies its name.
   *
   * <pre>{@code
   * host.route(0).hasName("canary");   // passes
   * host.route(0).hasName("default");  // fails: its name is "canary"
   * }</pre>
   *
   * @param expected the name; empty for none
   * @return this
   */
  public RouteAssert hasName(String expected) {
    return verify(() -> same("name", "its name is", actual.name(), expected));
  }

  /**
   * Verifies the Istio object that it was made from.
   *
   * <pre>{@code
   * host.route(0).isMadeFrom("VirtualService", "default", "httpbin");  // passes
   * host.route(0).isMadeFrom("HTTPRoute", "default", "httpbin");
   * // fails: it is made from VirtualService default/httpbin
   * }</pre>
   *
   * @param kind as {@code VirtualService}
   * @param namespace its namespace
   * @param name its name
   * @return this
   */
  public RouteAssert isMadeFrom(String kind, String namespace, String name) {
    return verify(() -> checkOwner(actual.owner(), kind, namespace, name));
  }

  /**
   * Verifies that it takes paths with a prefix.
   *
   * <pre>{@code
   * host.route(0).hasPathPrefix("/get");  // passes
   * host.route(0).hasPathPrefix("/");     // fails: it matches prefix "/get", header …
   * }</pre>
   *
   * @param expected the prefix
   * @return this
   */
  public RouteAssert hasPathPrefix(String expected) {
    return verify(() -> path("prefix", match().getPrefix(), expected));
  }

  /**
   * Verifies that it takes one path.
   *
   * <pre>{@code
   * host.route("moved").hasExactPath("/old");  // passes
   * host.route("moved").hasExactPath("/new");  // fails: it matches path "/old"
   * }</pre>
   *
   * @param expected the path
   * @return this
   */
  public RouteAssert hasExactPath(String expected) {
    return verify(() -> path("path", match().getPath(), expected));
  }

  /**
   * Verifies that it takes a path and all below it.
   *
   * <pre>{@code
   * route.hasPathSeparatedPrefix("/api");  // passes
   * route.hasPathSeparatedPrefix("/ap");   // fails: it matches path_separated_prefix "/api"
   * }</pre>
   *
   * @param expected the path, without a slash at its end
   * @return this
   */
  public RouteAssert hasPathSeparatedPrefix(String expected) {
    return verify(() -> path("path_separated_prefix", match().getPathSeparatedPrefix(), expected));
  }

  /**
   * Verifies that it takes the paths of a regular expression.
   *
   * <pre>{@code
   * host.route(1).hasPathRegex("/status/[0-9]+");  // passes
   * host.route(1).hasPathRegex("/status/.*");      // fails: it matches regex "/status/[0-9]+"
   * }</pre>
   *
   * @param expected the expression, as it is written
   * @return this
   */
  public RouteAssert hasPathRegex(String expected) {
    return verify(() -> path("safe_regex.regex", match().getSafeRegex().getRegex(), expected));
  }

  /**
   * Verifies that it takes only requests with a header of a value. {@code :method} is one too.
   *
   * <pre>{@code
   * host.route(0).hasHeaderMatch("x-user", "jane");  // passes
   * host.route(0).hasHeaderMatch("x-user", "joe");   // fails: it matches … x-user exact "jane"
   * }</pre>
   *
   * @param header the header's name
   * @param value its exact value; for other kinds of matches see {@link #hasMessageSatisfying}
   * @return this
   */
  @SuppressWarnings("deprecation") // Old control planes still write exact_match.
  public RouteAssert hasHeaderMatch(String header, String value) {
    return verify(
        () -> {
          for (HeaderMatcher there : match().getHeadersList()) {
            String exact =
                there.hasExactMatch() ? there.getExactMatch() : there.getStringMatch().getExact();
            boolean some = there.hasExactMatch() || there.getStringMatch().hasExact();
            boolean same = there.getName().equalsIgnoreCase(header) && exact.equals(value);
            if (some && same && !there.getInvertMatch()) {
              return;
            }
          }
          throw differs(
              "to match the header %s: %s".formatted(header, value),
              "it matches " + actual.match(),
              Yaml.field("match.headers", match().getHeadersList()),
              Yaml.field(
                  "match.headers",
                  List.of(Yaml.field("name", header), Yaml.field("string_match.exact", value))));
        });
  }

  /**
   * Verifies that it configures an HTTP filter for its own requests, as a fault.
   *
   * <pre>{@code
   * route.hasFilterConfig("envoy.filters.http.fault");  // passes
   * route.hasFilterConfig("envoy.filters.http.cors");   // fails: nearest: envoy.filters.http.fault
   * }</pre>
   *
   * @param filter the filter's name
   * @return this
   */
  public RouteAssert hasFilterConfig(String filter) {
    return verify(
        () -> {
          if (!message().containsTypedPerFilterConfig(filter)) {
            throw noSuch(
                "configuration of the filter",
                "configurations of filters",
                filter,
                message().getTypedPerFilterConfigMap().keySet());
          }
        });
  }

  /**
   * Verifies the whole route as a protobuf message: for all that has no assertion of its own.
   *
   * <pre>{@code
   * route.hasMessageSatisfying(
   *     r -> assertThat(r.getMatch().getQueryParametersCount()).isEqualTo(1));  // passes
   * route.hasMessageSatisfying(
   *     r -> assertThat(r.getMatch().getQueryParametersCount()).isEqualTo(2));
   * // fails: expected: 2 but was: 1
   * }</pre>
   *
   * @param requirements what to assert on it
   * @return this
   */
  public RouteAssert hasMessageSatisfying(
      Consumer<? super io.envoyproxy.envoy.config.route.v3.Route> requirements) {
    return verify(() -> requirements.accept(message()));
  }

  /**
   * Goes to the cluster that it sends everything to.
   *
   * <pre>{@code
   * host.route(4).cluster().hasType("EDS");        // passes
   * host.route("canary").cluster().hasType("EDS");  // fails: it forwards to several
   * }</pre>
   *
   * @return assertions on the cluster; several are a failure, as is one that does not exist
   */
  public ClusterAssert cluster() {
    return navigate(
        ClusterAssert.class,
        ClusterResource.class,
        ClusterAssert::new,
        () -> {
          String wanted = "to forward to one cluster";
          List<WeightedCluster> clusters = clusters(wanted);
          if (clusters.size() > 1) {
            throw failed(wanted, forwards());
          }
          return ClusterAssert.find(this, config(wanted), clusters.get(0).name());
        });
  }

  @Override
  Map<String, HeaderEffects> requestHeaders() {
    return levels(false).of(Deep.virtualHost(spot(), actual), message());
  }

  @Override
  Map<String, HeaderEffects> responseHeaders() {
    return levels(true).of(Deep.virtualHost(spot(), actual), message());
  }

  private HeaderLevels levels(boolean responses) {
    return new HeaderLevels(responses, Deep.routeConfiguration(spot()));
  }

  private RouteMatch match() {
    return message().getMatch();
  }

  private void path(String field, String there, String expected) {
    if (!there.equals(expected) || there.isEmpty()) {
      throw differs(
          "to match the %s \"%s\"".formatted(field, expected),
          "it matches " + actual.match(),
          actual.match(),
          Yaml.field("match." + field, expected));
    }
  }
}
