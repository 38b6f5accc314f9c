package dev.pilothouse.envoy.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.VirtualHost;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On the recorded dump of a sidecar of Istio's; what Envoy makes of it, the oracle tells. */
class RequestTracerTest {
  private final EnvoyConfig config =
      EnvoyConfigInspector.create()
          .read(ConfigSource.file(Path.of("src/test/resources/dumps/istio-sidecar.json")));
  private final RequestTracer tracer = RequestTracer.of(config);
  private final Connection connection = Connection.to("127.41.232.1", 8000).from("10.1.1.1", 4444);

  @Test
  void followsARequestToItsEndpoints() {
    Trace trace = tracer.trace(connection, HttpRequest.get("http://httpbin.default:8000/x"));
    assertThat(trace.decided()).isTrue();
    assertThat(trace.outcome()).isInstanceOf(Outcome.Forward.class);
    Destination destination = trace.destinations().get(0);
    assertThat(destination.cluster())
        .isEqualTo("outbound|8000|v1|httpbin.default.svc.cluster.local");
    assertThat(destination.owner()).hasToString("Optional[DestinationRule default/httpbin]");
    assertThat(destination.endpoints()).isNotEmpty();
    assertThat(trace.route().orElseThrow().owner())
        .hasToString("Optional[VirtualService default/httpbin]");
    assertThat(trace.decisions())
        .extracting(Decision::kind)
        .containsExactly(
            Decision.Kind.LISTENER,
            Decision.Kind.FILTER_CHAIN,
            Decision.Kind.NETWORK_FILTER,
            Decision.Kind.ROUTE_CONFIGURATION,
            Decision.Kind.VIRTUAL_HOST,
            Decision.Kind.ROUTE);
  }

  @Test
  void pointsIntoWhatIstioctlWroteInCamelCase() {
    Path folder = Path.of("src/test/resources/dumps/istioctl");
    EnvoyConfig listed =
        EnvoyConfigInspector.create()
            .read(
                ConfigSource.files(
                    folder.resolve("listeners.json"), folder.resolve("routes.json")));
    RouteResource routes = listed.route("8000").orElseThrow();
    VirtualHost host = routes.virtualHosts().get(0);
    String address =
        listed.listeners().stream()
            .map(ListenerResource::address)
            .filter(each -> each.port() == 8000)
            .findFirst()
            .orElseThrow()
            .host();
    HttpRequest request = HttpRequest.get("http://httpbin:8000/x");
    RequestTracer there = RequestTracer.of(listed);
    for (Trace trace :
        List.of(
            there.trace(routes, host, request),
            there.trace(Connection.to(address, 8000).from("10.1.1.1", 4444), request))) {
      assertThat(trace.route()).isPresent();
      assertThat(trace.decisions())
          .allSatisfy(step -> assertThat(listed.raw().at(step.pointer())).isNotEmpty());
    }
  }

  @Test
  void saysWhyRoutesDidNotMatch() {
    Trace trace = tracer.trace(connection, HttpRequest.get("http://httpbin/get"));
    assertThat(trace.nearMisses())
        .extracting(NearMiss::reason)
        .contains(
            "the header x-user is missing",
            "the path '/get' is not '/old'",
            "its domain * matches too, but another is more specific");
    assertThat(trace.explain())
        .contains("GET http://httpbin/get", "VirtualService default/httpbin", "not taken:");
    assertThat(trace.toString())
        .doesNotContain("\n")
        .startsWith("GET http://httpbin/get ⇒ forward");
  }

  @Test
  void tellsRedirectsAndDirectResponses() {
    assertThat(tracer.trace(connection, HttpRequest.get("http://httpbin/old")).outcome())
        .isEqualTo(new Outcome.Redirect(302, "http://httpbin/new", ""));
    assertThat(tracer.trace(connection, HttpRequest.get("http://httpbin/teapot")).outcome())
        .isInstanceOfSatisfying(
            Outcome.DirectResponse.class, r -> assertThat(r.status()).isEqualTo(418));
  }

  @Test
  void tellsWhatHappensWithoutAListener() {
    Trace trace = tracer.trace(Connection.to("10.0.0.1", 8000), HttpRequest.get("http://httpbin/"));
    assertThat(trace.outcome())
        .isEqualTo(new Outcome.Closed("no listener is bound to 10.0.0.1:8000"));
    assertThat(trace.nearMisses())
        .extracting(NearMiss::reason)
        .containsExactly("its address is 127.41.232.1, not 10.0.0.1");
  }

  @Test
  void doesNotGuessWhatAConnectionCarries() {
    Trace trace = tracer.trace(connection);
    assertThat(trace.decided()).isFalse();
    assertThat(trace.outcome()).hasToString("undecided: it depends on the HTTP requests in it");
  }

  @Test
  void reportsRoutesThatNoRequestReached() {
    List<Trace> traces =
        List.of(
            tracer.trace(connection, HttpRequest.get("http://httpbin/old")),
            tracer.trace(
                connection, HttpRequest.get("http://httpbin/get").header("x-user", "jane")));
    RouteCoverage coverage = tracer.coverage(traces);
    assertThat(coverage.reached()).hasSize(2);
    assertThat(coverage.unreached()).hasSize(tracer.routes().size() - 2);
    assertThat(coverage.table()).contains("not reached: route teapot");
  }

  @Test
  void beginsAtAVirtualHost() {
    RouteResource routes = config.route("8000").orElseThrow();
    VirtualHost host = routes.virtualHost("httpbin").orElseThrow();
    HttpRequest request = HttpRequest.get("http://whatever/get").header("x-user", "jane");
    Trace trace = tracer.trace(routes, host, request);
    assertThat(trace.route().orElseThrow().name()).isEqualTo("canary");
    assertThat(trace.connection()).isEmpty();
    assertThat(trace.destinations()).isNotEmpty();
    assertThat(trace.decisions())
        .extracting(Decision::kind)
        .containsExactly(
            Decision.Kind.ROUTE_CONFIGURATION, Decision.Kind.VIRTUAL_HOST, Decision.Kind.ROUTE);
    assertThat(trace.explain()).contains("the trace begins here", "not taken:");
    assertThat(tracer.trace(routes, host, HttpRequest.get("http://whatever/a/../get")).outcome())
        .hasToString("undecided: an HTTP connection manager may change the path /a/../get");
    assertThat(tracer.trace(routes, host, HttpRequest.get("http://a/get?b=/..%2F")).decided())
        .isTrue();
    VirtualHost stranger = config.routeConfigurations().get(0).virtualHosts().get(0);
    assertThatThrownBy(
            () ->
                tracer.trace(
                    config.routeConfigurations().get(1), stranger, HttpRequest.get("http://a/")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesWhatIsNoAddressOrUrl() {
    assertThatThrownBy(() -> Connection.to("httpbin", 80))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("'httpbin' is not one");
    assertThatThrownBy(() -> HttpRequest.get("/get")).isInstanceOf(EnvoyConfigException.class);
    assertThatThrownBy(() -> Connection.to("10.0.0.1", 65536))
        .isInstanceOf(EnvoyConfigException.class);
  }
}
