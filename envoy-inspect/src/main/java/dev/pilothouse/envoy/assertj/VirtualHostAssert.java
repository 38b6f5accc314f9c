package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.VirtualHost;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.RequestTracer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a virtual host, and the way to its routes. Reached from a route configuration:
 *
 * <pre>{@code
 * assertThat(config).route("8000").virtualHost("httpbin").hasRoutesExactly("canary", "default");
 * }</pre>
 */
public class VirtualHostAssert extends AbstractHeadersAssert<VirtualHostAssert, VirtualHost> {

  /**
   * For AssertJ's proxies; navigate to it from {@link EnvoyAssertions}.
   *
   * @param actual the virtual host
   */
  public VirtualHostAssert(@Nullable VirtualHost actual) {
    super(actual, VirtualHostAssert.class);
  }

  /**
   * Goes to a route by its name. istiod gives the routes of a VirtualService the names that they
   * have there, so each {@code match} of one has the same name: then take it {@linkplain
   * #route(int) by its place}.
   *
   * <pre>{@code
   * host.route("moved").redirectsToPath("/new");  // passes
   * host.route("mooved").redirectsToPath("/new");  // fails: nearest: moved, …
   * }</pre>
   *
   * @param name its name
   * @return assertions on the route; several of that name are a failure, as is none
   */
  public RouteAssert route(String name) {
    return toRoute(
        () -> {
          List<Route> named =
              actual.routes().stream().filter(route -> route.name().equals(name)).toList();
          if (named.isEmpty()) {
            throw noSuch("route", "routes", name, routeNames());
          }
          if (named.size() > 1) {
            throw failed(
                "to have one route named \"" + name + "\"",
                "it has %d; take one by its index:%s"
                    .formatted(named.size(), Listing.of(actual.routes())));
          }
          return named.get(0);
        });
  }

  /**
   * Goes to a route by its place.
   *
   * <pre>{@code
   * host.route(0).hasPathPrefix("/get");  // passes
   * host.route(9).hasPathPrefix("/get");  // fails: it has 5 routes
   * }</pre>
   *
   * @param index from 0, in the order in which Envoy tries them
   * @return assertions on the route
   */
  public RouteAssert route(int index) {
    return toRoute(
        () -> {
          List<Route> all = actual.routes();
          if (index < 0 || index >= all.size()) {
            throw failed(
                "to have a route at index " + index,
                "it has " + all.size() + " routes:" + Listing.of(all));
          }
          return all.get(index);
        });
  }

  /**
   * Goes to the route that takes a request: the first whose match holds, by {@link
   * RequestTracer#trace(RouteResource, VirtualHost, HttpRequest)}. What the virtual host alone does
   * not tell is a failure called undecided: a path that an HTTP connection manager may change, a
   * header that Envoy sets itself, a condition on TLS, a route that takes requests by chance, a
   * match that this library does not know.
   *
   * <pre>{@code
   * host.routeFor(get("/old")).redirectsToPath("/new");                     // passes
   * host.routeFor(get("/get").header("x-user", "jane")).hasName("canary");  // passes
   * host.routeFor(get("/get")).hasName("canary");  // fails: its name is "default"
   * }</pre>
   *
   * @param request the request, as {@link EnvoyAssertions#get}
   * @return assertions on the route; none that takes it is a failure
   */
  public RouteAssert routeFor(RouteRequest request) {
    return toRoute(() -> RouteChoice.of(this, actual, request).taken());
  }

  /**
   * Verifies that no route takes a request, so that Envoy answers 404.
   *
   * <pre>{@code
   * strict.hasNoRouteFor(get("/unknown"));  // passes
   * host.hasNoRouteFor(get("/old"));        // fails: route 2: Route[moved: path "/old" → …
   * }</pre>
   *
   * @param request the request
   * @return this
   */
  public VirtualHostAssert hasNoRouteFor(RouteRequest request) {
    return verify(() -> RouteChoice.of(this, actual, request).none());
  }

  /**
   * Verifies that it serves a domain, as it is written in it.
   *
   * <pre>{@code
   * host.hasDomain("httpbin.default");  // passes
   * host.hasDomain("httpbin.prod");     // fails: nearest: httpbin.default, …
   * }</pre>
   *
   * @param domain as {@code *.example.com}; no wildcard is matched
   * @return this
   */
  public VirtualHostAssert hasDomain(String domain) {
    return verify(
        () -> {
          if (!actual.domains().contains(domain)) {
            throw noSuch("domain", "domains", domain, actual.domains());
          }
        });
  }

  /**
   * Verifies its domains: these and no others, in any order.
   *
   * <pre>{@code
   * host.hasOnlyDomains("*");        // passes
   * host.hasOnlyDomains("httpbin");  // fails: it has [*]
   * }</pre>
   *
   * @param domains the domains
   * @return this
   */
  public VirtualHostAssert hasOnlyDomains(String... domains) {
    return verify(
        () -> {
          TreeSet<String> there = new TreeSet<>(actual.domains());
          TreeSet<String> expected = new TreeSet<>(Arrays.asList(domains));
          if (!there.equals(expected)) {
            throw differs(
                "to have exactly these domains: " + expected,
                "it has " + there,
                Yaml.field("domains", there),
                Yaml.field("domains", expected));
          }
        });
  }

  /**
   * Verifies the names of its routes: these, in this order.
   *
   * <pre>{@code
   * host.hasRoutesExactly("canary", "canary", "moved", "teapot", "");  // passes
   * host.hasRoutesExactly("moved", "canary");  // fails: it has canary, canary, moved, …
   * }</pre>
   *
   * @param names the names; an empty one for a route without a name
   * @return this
   */
  public VirtualHostAssert hasRoutesExactly(String... names) {
    return verify(() -> NamesInOrder.of("routes", routeNames()).exactly(this, names));
  }

  /**
   * Verifies that it has two routes in this order, whatever lies between them: the one that Envoy
   * tries first wins.
   *
   * <pre>{@code
   * host.hasRouteBefore("canary", "moved");  // passes
   * host.hasRouteBefore("moved", "canary");  // fails: the order is canary, canary, moved, …
   * }</pre>
   *
   * @param first the name of the earlier one
   * @param second the name of the later one
   * @return this
   */
  public VirtualHostAssert hasRouteBefore(String first, String second) {
    return verify(() -> NamesInOrder.of("routes", routeNames()).before(this, first, second));
  }

  /**
   * Verifies how many routes it has.
   *
   * <pre>{@code
   * host.hasRoutes(5);  // passes
   * host.hasRoutes(1);  // fails: it has 5
   * }</pre>
   *
   * @param expected how many
   * @return this
   */
  public VirtualHostAssert hasRoutes(int expected) {
    return verify(
        () -> {
          int there = actual.routes().size();
          if (there != expected) {
            throw differs(
                "to have " + expected + " routes",
                "it has " + there + Listing.of(actual.routes()),
                there,
                expected);
          }
        });
  }

  @Override
  Map<String, HeaderEffects> requestHeaders() {
    return oneWay(levels(false).of(Deep.virtualHost(spot(), actual)));
  }

  @Override
  Map<String, HeaderEffects> responseHeaders() {
    return oneWay(levels(true).of(Deep.virtualHost(spot(), actual)));
  }

  final RouteAssert toRoute(Supplier<Route> finder) {
    return navigate(
        RouteAssert.class,
        Route.class,
        RouteAssert::new,
        () -> {
          Route route = finder.get();
          return new Found<>(route, spot(spot(), actual, route));
        });
  }

  /** Where a route stands, given where its virtual host does. */
  static Spot spot(Spot ofHost, VirtualHost host, Route route) {
    String name = route.name().isEmpty() ? "" : " \"" + route.name() + '"';
    return ofHost.part(
        "route " + host.routes().indexOf(route) + name,
        route.pointer(),
        route.owner().orElse(null));
  }

  private HeaderLevels levels(boolean responses) {
    return new HeaderLevels(responses, Deep.routeConfiguration(spot()));
  }

  private List<String> routeNames() {
    return actual.routes().stream().map(Route::name).toList();
  }
}
