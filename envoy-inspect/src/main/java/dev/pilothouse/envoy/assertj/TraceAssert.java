package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.VirtualHost;
import dev.pilothouse.envoy.trace.Decision;
import dev.pilothouse.envoy.trace.Destination;
import dev.pilothouse.envoy.trace.Outcome;
import dev.pilothouse.envoy.trace.Trace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on where a request goes, from its connection on. Reached from a configuration:
 *
 * <pre>{@code
 * assertThat(config)
 *     .request(Connection.outbound("10.96.0.7", 8000), HttpRequest.get("http://httpbin:8000/get"))
 *     .goesTo("outbound|8000|v1|httpbin.default.svc.cluster.local")
 *     .isMadeFrom("VirtualService", "default", "httpbin");
 * }</pre>
 *
 * <p>What the configuration does not tell is a failure called undecided. A failure has the whole
 * story: each step, and what nearly was taken.
 */
public class TraceAssert extends AbstractEnvoyAssert<TraceAssert, Trace> {

  /**
   * For AssertJ's proxies; navigate to it from {@link EnvoyConfigAssert#request}.
   *
   * @param actual the trace
   */
  public TraceAssert(@Nullable Trace actual) {
    super(actual, TraceAssert.class);
  }

  /**
   * Verifies that it is sent to one cluster, whatever Envoy chooses at random.
   *
   * <pre>{@code
   * request.goesTo("outbound|8000|v1|httpbin.default.svc.cluster.local");  // passes
   * request.goesTo("outbound|8000|v2|httpbin.default.svc.cluster.local");
   * // fails: it goes to [outbound|8000|v1|httpbin.default.svc.cluster.local]
   * }</pre>
   *
   * @param cluster the cluster's name
   * @return this
   */
  public TraceAssert goesTo(String cluster) {
    return verify(
        () -> {
          String wanted = "to go to " + cluster;
          List<String> there = clusters(wanted);
          if (!there.equals(List.of(cluster))) {
            throw differs(wanted, story("it goes to " + there), there, List.of(cluster));
          }
        });
  }

  /**
   * Verifies that it may be sent to a cluster, where Envoy chooses at random.
   *
   * <pre>{@code
   * request.mayGoTo("outbound|8000|v2|httpbin.default.svc.cluster.local");  // passes
   * request.mayGoTo("PassthroughCluster");  // fails: it goes to […|v2|…, …|v1|…]
   * }</pre>
   *
   * @param cluster the cluster's name
   * @return this
   */
  public TraceAssert mayGoTo(String cluster) {
    return verify(
        () -> {
          String wanted = "to go to " + cluster + " at times";
          List<String> there = clusters(wanted);
          if (!there.contains(cluster)) {
            throw differs(wanted, story("it goes to " + there), there, List.of(cluster));
          }
        });
  }

  /**
   * Verifies that Envoy answers it: by a direct response, a redirect, or because it can send it
   * nowhere.
   *
   * <pre>{@code
   * teapot.isAnsweredWith(418);  // passes
   * teapot.isAnsweredWith(404);  // fails: direct response 418
   * }</pre>
   *
   * @param status the HTTP status
   * @return this
   */
  public TraceAssert isAnsweredWith(int status) {
    return verify(
        () -> {
          String wanted = "to be answered with " + status;
          Outcome outcome = decided(wanted);
          int there = 0;
          if (outcome instanceof Outcome.DirectResponse response) {
            there = response.status();
          } else if (outcome instanceof Outcome.Redirect redirect) {
            there = redirect.status();
          } else if (outcome instanceof Outcome.LocalReply reply) {
            there = reply.status();
          }
          if (there != status) {
            throw failed(wanted, story(outcome.toString()));
          }
        });
  }

  /**
   * Verifies that it is redirected.
   *
   * <pre>{@code
   * old.isRedirectedTo("http://httpbin:8000/new");  // passes
   * old.isRedirectedTo("/newer");                   // fails: redirect 302 to http://httpbin:8000/new
   * }</pre>
   *
   * @param location where to, as in the response's header
   * @return this
   */
  public TraceAssert isRedirectedTo(String location) {
    return verify(
        () -> {
          String wanted = "to be redirected to " + location;
          Outcome outcome = decided(wanted);
          if (!(outcome instanceof Outcome.Redirect redirect)
              || !redirect.location().equals(location)) {
            throw failed(wanted, story(outcome.toString()));
          }
        });
  }

  /**
   * Verifies the Istio object that the route was made from.
   *
   * <pre>{@code
   * request.isMadeFrom("VirtualService", "default", "httpbin");  // passes
   * request.isMadeFrom("VirtualService", "default", "other");    // fails: it is made from …
   * }</pre>
   *
   * @param kind as {@code VirtualService}
   * @param namespace its namespace
   * @param name its name
   * @return this; a request that takes no route is a failure
   */
  public TraceAssert isMadeFrom(String kind, String namespace, String name) {
    return verify(() -> checkOwner(taken("to take a route").owner(), kind, namespace, name));
  }

  /**
   * Goes to the route that it takes.
   *
   * <pre>{@code
   * request.route().hasResponseHeader("x-from", "canary");  // passes
   * nobody.route();  // fails: 404 by Envoy: no route matches
   * }</pre>
   *
   * @return assertions on the route; one that is written inside a listener is undecided
   */
  public RouteAssert route() {
    return navigate(
        RouteAssert.class,
        Route.class,
        RouteAssert::new,
        () -> {
          Decision taken = taken("to take a route");
          EnvoyConfig config = config("to go to a route");
          for (RouteResource resource : config.routeConfigurations()) {
            if (taken.pointer().startsWith(resource.pointer() + "/")) {
              return route(resource, taken.pointer());
            }
          }
          throw undecided("to take a route", "it is written inside a listener: " + taken);
        });
  }

  private Found<Route> route(RouteResource resource, String pointer) {
    for (VirtualHost host : resource.virtualHosts()) {
      for (Route route : host.routes()) {
        if (route.pointer().equals(pointer)) {
          Spot at = spot().resource(resource, RouteConfigurationAssert.KIND);
          Spot inHost = at.part(Spot.named("virtual host", host.name()), host.pointer(), null);
          return new Found<>(route, VirtualHostAssert.spot(inHost, host, route));
        }
      }
    }
    throw undecided("to take a route", "there is none at " + pointer);
  }

  private Decision taken(String wanted) {
    Outcome outcome = decided(wanted);
    return actual.route().orElseThrow(() -> failed(wanted, story(outcome.toString())));
  }

  private List<String> clusters(String wanted) {
    Outcome outcome = decided(wanted);
    List<String> clusters =
        actual.destinations().stream().map(Destination::cluster).distinct().toList();
    boolean always =
        actual.choices().stream()
            .allMatch(
                c -> c.outcome() instanceof Outcome.Forward || c.outcome() instanceof Outcome.Tcp);
    if (clusters.isEmpty() || !always) {
      throw failed(wanted, story(outcome.toString()));
    }
    return clusters;
  }

  private Outcome decided(String wanted) {
    if (!actual.decided()) {
      Outcome outcome = actual.outcome();
      throw undecided(
          wanted,
          story(outcome instanceof Outcome.Undecided open ? open.why() : outcome.toString()));
    }
    return actual.outcome();
  }

  private String story(String said) {
    return said + "\n" + actual.explain().indent(2).stripTrailing();
  }
}
