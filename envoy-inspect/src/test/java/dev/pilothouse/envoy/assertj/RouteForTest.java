package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.EnvoyAssertions.get;
import static dev.pilothouse.envoy.assertj.Samples.fails;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which route takes a request, and what is not decided. */
class RouteForTest {
  private static final EnvoyConfig SIDECAR = Samples.sidecar();

  @Test
  void routeFor() {
    VirtualHostAssert host = assertThat(SIDECAR).route("8000").virtualHost("httpbin");
    host.routeFor(get("/get").header("X-User", "jane")).hasResponseHeader("x-from", "canary");
    host.routeFor(get("/get")).hasName("").hasNoTimeout();
    host.routeFor(get("/old?a=b")).redirectsToPath("/new");
    host.routeFor(get("/older")).hasName("");
    host.routeFor(get("/status/418?q=1")).hasName("canary");
    host.routeFor(get("/status/x?q=1")).hasName("");
    host.routeFor(RouteRequest.of("POST", "/status/418?q=1")).hasName("");
    fails(
        () -> host.routeFor(get("/get")).hasName("canary"),
        "Expected route 4 of virtual host",
        "to have name canary");
  }

  @Test
  void noRouteTells() {
    fails(
        () -> shop().routeFor(get("/nowhere")),
        "to have a route for GET /nowhere",
        "none of its routes takes it:\n  0: the path '/nowhere' does not start with '/secure': Route[https",
        "  2: the path '/nowhere' is neither '/api' nor below it: Route[api",
        "  3: the path '/nowhere' does not match the regex '/r/.*': Route[regex");
  }

  @Test
  void hasNoRouteFor() {
    shop().hasNoRouteFor(get("/apiary")).hasNoRouteFor(get("/"));
    fails(
        () -> shop().hasNoRouteFor(get("/api/x")),
        "to have no route for GET /api/x",
        "this one takes it: route 2, Route[api");
  }

  @ParameterizedTest
  @CsvSource({
    "/a//b, an HTTP connection manager may change the path",
    "/a/../b, an HTTP connection manager may change the path",
    "/a%2Fb, an HTTP connection manager may change the path",
  })
  void aPathThatMayBeChangedIsUndecided(String path, String why) {
    fails(() -> shop().routeFor(get(path)), "that is undecided: " + why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prefix\": \"/\", \"runtime_fraction\": {\"default_value\": {\"numerator\": 5}}} | it goes by chance",
        "{\"prefix\": \"/\", \"tls_context\": {\"presented\": true}} | the connection's TLS",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-request-id\"}]} | Envoy may itself set",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \":authority\", \"string_match\": {\"exact\": \"a\"}}]} | may change the header :authority",
        "{\"prefix\": \"/\", \"moon_phase\": \"full\"} | envoy.config.route.v3.RouteMatch.moon_phase",
        "{\"safe_regex\": {\"regex\": \"/a*+\"}} | which this library cannot read",
      })
  void aMatchThatDoesNotTellIsUndecided(String match, String why) {
    fails(
        () -> matching(match).routeFor(get("/a")),
        "that is undecided: ",
        why,
        "; it may be\n",
        "route 0: Route[tried",
        "no route");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prefix\": \"/A\", \"case_sensitive\": false} | true",
        "{\"prefix\": \"/A\"} | false",
        "{\"path\": \"/A\", \"case_sensitive\": false} | true",
        "{\"path\": \"/a?x=1\"} | false",
        "{\"path_separated_prefix\": \"/a\"} | true",
        "{\"safe_regex\": {\"regex\": \"a\"}} | false",
        "{\"safe_regex\": {\"regex\": \"/[a-c]\"}} | true",
        "{\"safe_regex\": {\"regex\": \"/(?P<a>.*)\"}} | true",
        "{\"prefix\": \"/\", \"grpc\": {}} | false",
        "{\"connect_matcher\": {}} | false",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-one\"}]} | true",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-two\"}]} | false",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-two\", \"invert_match\": true}]} | true",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-two\", \"present_match\": false}]} | true",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-one\", \"exact_match\": \"3\"}]} | false",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-one\", \"prefix_match\": \"1\"}]} | true",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-one\", \"invert_match\": true, \"string_match\": {\"suffix\": \"9\"}}]} | true",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-two\", \"invert_match\": true, \"string_match\": {\"exact\": \"9\"}}]} | false",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-two\", \"treat_missing_header_as_empty\": true, \"string_match\": {\"exact\": \"\"}}]} | true",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-text\", \"string_match\": {\"contains\": \"BC\", \"ignore_case\": true}}]} | true",
        "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x-text\", \"string_match\": {\"safe_regex\": {\"regex\": \"a.*\"}}}]} | true",
        "{\"prefix\": \"/\", \"query_parameters\": [{\"name\": \"q\"}]} | true",
        "{\"prefix\": \"/\", \"query_parameters\": [{\"name\": \"q\", \"string_match\": {\"exact\": \"2\"}}]} | false",
        "{\"prefix\": \"/\", \"query_parameters\": [{\"name\": \"r\", \"present_match\": true}]} | false",
      })
  void matches(String match, boolean taken) {
    RouteRequest request =
        get("/a?q=1&q=2").header("x-one", "1").header("x-one", "2").header("x-text", "abcd");
    if (taken) {
      matching(match).routeFor(request).hasName("tried");
    } else {
      matching(match).hasNoRouteFor(request);
    }
  }

  @Test
  void aRouteBeforeThatIsUndecidedCountsUnlessItCannotTake() {
    String undecided = "\"headers\": [{\"name\": \"x-request-id\"}]}";
    fails(() -> matching("{\"prefix\": \"/\", " + undecided).routeFor(get("/a")), "undecided");
    matching("{\"prefix\": \"/z\", " + undecided).hasNoRouteFor(get("/a"));
  }

  /** Without a bootstrap, nobody says which Envoy it is. */
  @Test
  void severalValuesOfAHeaderDependOnTheRelease() {
    fails(
        () ->
            matching(
                    "{\"prefix\": \"/\", \"headers\": [{\"name\": \"x\", \"exact_match\": \"1,2\"}]}")
                .routeFor(get("/a").header("x", "1").header("x", "2")),
        "that is undecided: the header x comes several times",
        "Envoys before 1.39 join its values");
  }

  @Test
  void aPathBeginsWithASlash() {
    assertThatThrownBy(() -> get("get"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a path begins with a slash: get");
  }

  private static VirtualHostAssert shop() {
    return assertThat(Samples.various()).route("various").virtualHost("shop");
  }

  /** A virtual host with one route. */
  private static VirtualHostAssert matching(String match) {
    String dump =
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
          "dynamic_route_configs": [{"route_config": {
            "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
            "name": "80", "virtual_hosts": [{"name": "host", "domains": ["*"], "routes": [
              {"name": "tried", "match": %s, "direct_response": {"status": 200}}]}]}}]}]}
        """
            .formatted(match);
    return assertThat(EnvoyConfigInspector.create().read(ConfigSource.text(dump)))
        .route("80")
        .virtualHost("host");
  }
}
