package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.V1;
import static dev.pilothouse.envoy.assertj.Samples.V2;
import static dev.pilothouse.envoy.assertj.Samples.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceAssertTest {
  private static final Connection CONNECTION = Connection.to("127.41.232.1", 8000);
  private static final EnvoyConfig SIDECAR = Samples.sidecar();

  @Test
  void goesTo() {
    to("/get").goesTo(V1);
    fails(
        () -> to("/get").goesTo(V2),
        "Expected the request GET http://httpbin:8000/get over ",
        "to go to " + V2,
        "it goes to [" + V1 + "]");
    fails(() -> to("/old").goesTo(V1), "redirect 302");
    fails(
        () ->
            assertThat(SIDECAR)
                .request(Connection.to("127.41.232.1", 7999), HttpRequest.get("http://a/"))
                .goesTo(V1),
        "to go to " + V1,
        "connection closed: ");
  }

  @Test
  void mayGoTo() {
    canary().mayGoTo(V1).mayGoTo(V2);
    fails(() -> canary().mayGoTo("PassthroughCluster"), "it goes to [" + V2 + ", " + V1 + "]");
    fails(() -> canary().goesTo(V1), "it goes to [" + V2 + ", " + V1 + "]");
  }

  @Test
  void isAnsweredWith() {
    to("/teapot").isAnsweredWith(418);
    to("/old").isAnsweredWith(302);
    fails(
        () -> to("/teapot").isAnsweredWith(404), "to be answered with 404", "direct response 418");
    fails(() -> to("/get").isAnsweredWith(200), "forward to " + V1);
  }

  @Test
  void isRedirectedTo() {
    to("/old").isRedirectedTo("http://httpbin:8000/new");
    fails(() -> to("/old").isRedirectedTo("/newer"), "redirect 302 to http://httpbin:8000/new");
    fails(() -> to("/get").isRedirectedTo("/newer"), "forward to " + V1);
  }

  @Test
  void isMadeFrom() {
    canary().isMadeFrom("VirtualService", "default", "httpbin");
    fails(
        () -> canary().isMadeFrom("VirtualService", "default", "other"),
        "it is made from VirtualService default/httpbin");
  }

  @Test
  void route() {
    canary().route().hasResponseHeader("x-from", "canary").hasRetries(3);
    fails(
        () -> canary().route().hasRetries(4),
        "Expected route 0 \"canary\" of virtual host",
        "it retries 3 times");
  }

  /** What a virtual host alone tells must be what the whole way tells. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/get", "/getter", "/status/418?q=1", "/status/418?q=2", "/old", "/old?x", "/"})
  void agreesWithRouteFor(String path) {
    for (String user : List.of("jane", "joe")) {
      List<String> pointers = new ArrayList<>();
      HttpRequest request = HttpRequest.get("http://httpbin:8000" + path).header("x-user", user);
      assertThat(SIDECAR)
          .request(CONNECTION, request)
          .route()
          .satisfies(route -> pointers.add(route.pointer()));
      assertThat(SIDECAR)
          .route("8000")
          .virtualHost("httpbin")
          .routeFor(RouteRequest.get(path).header("x-user", user))
          .satisfies(route -> pointers.add(route.pointer()));
      assertThat(pointers.get(1)).as(path).isEqualTo(pointers.get(0));
    }
  }

  private static TraceAssert to(String path) {
    return assertThat(SIDECAR).request(CONNECTION, HttpRequest.get("http://httpbin:8000" + path));
  }

  private static TraceAssert canary() {
    return assertThat(SIDECAR)
        .request(CONNECTION, HttpRequest.get("http://httpbin:8000/get").header("x-user", "jane"));
  }
}
