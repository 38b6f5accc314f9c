package dev.pilothouse.envoy.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.Certificate;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.Dumps;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Owner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On what real Envoys took or refused; see Broken for what was pushed. */
class EnvoyLintTest {
  private final EnvoyConfig broken = Dumps.read("broken.json");
  private final LintReport report = EnvoyLint.create().withClock(shortlyAfter()).check(broken);

  @Test
  void clustersThatAreNotThere() {
    assertThat(messages(LintRule.DANGLING_CLUSTER))
        .containsExactlyInAnyOrder(
            "There is no cluster gone: requests of route gone {\"path\":\"/gone\"} in virtual host"
                + " web get 503 (flag NC).",
            "There is no cluster gone-too: those requests of route split {\"prefix\":\"/split\"} in"
                + " virtual host web that chance sends there get 503 (flag NC).",
            "There is no cluster gone-mirror: requests of route copy {\"prefix\":\"/copy\"} in"
                + " virtual host web are not mirrored to it.",
            "There is no cluster gone-tcp: connections are closed at once (flag NC).",
            "There is no cluster gone-member: the aggregate cluster passes it over.",
            "There is no cluster authorizer: each call of HTTP filter envoy.filters.http.ext_authz"
                + " to it fails, and requests are denied.");
  }

  @Test
  void aFindingLeadsToItsPlaceAndOwner() {
    LintFinding finding =
        report.findings(LintRule.DANGLING_CLUSTER).stream()
            .filter(f -> f.message().contains("cluster gone:"))
            .findFirst()
            .orElseThrow();

    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.resource().name()).isEqualTo("80");
    assertThat(finding.owner())
        .contains(new Owner("networking.istio.io/v1", "VirtualService", "default", "web"));
    assertThat(broken.raw().at(finding.pointer()).path("cluster").textValue()).isEqualTo("gone");
    assertThat(finding).hasToString(finding.toString()).asString().endsWith("web)");
  }

  @Test
  void routeConfigurationsAndSecretsThatAreNotThere() {
    assertThat(messages(LintRule.DANGLING_ROUTE_CONFIGURATION))
        .singleElement()
        .asString()
        .startsWith("There is no route configuration away:");
    assertThat(messages(LintRule.DANGLING_SECRET))
        .singleElement()
        .asString()
        .startsWith("There is no secret never-comes:");
  }

  @Test
  void routesThatGetNoRequest() {
    assertThat(messages(LintRule.SHADOWED_ROUTE))
        .containsExactly(
            "Route late {\"prefix\":\"/late\"} of virtual host web gets no request:"
                + " all {\"prefix\":\"/\"} before it takes them all.");
  }

  @Test
  void whatEnvoyRefusesTheListenerFor() {
    assertThat(messages(LintRule.DUPLICATE_DOMAIN))
        .singleElement()
        .asString()
        .startsWith("Domain A.com stands in virtual host one and in two:");
    assertThat(messages(LintRule.DUPLICATE_FILTER_CHAIN_MATCH))
        .singleElement()
        .asString()
        .startsWith(
            "The filter chain for-b matches connections that the chain for-a matches as well:");
    assertThat(report.findings(LintRule.NO_TERMINAL_FILTER))
        .extracting(f -> f.resource().name())
        .containsExactlyInAnyOrder("silent", "refused-cors");
    assertThat(report.findings(LintRule.REJECTED))
        .extracting(f -> f.resource().name())
        .containsExactlyInAnyOrder("refused-domains", "refused-matches", "refused-cors");
  }

  @Test
  void filterChainsThatServeNobody() {
    assertThat(messages(LintRule.FILTER_CHAIN_WITHOUT_FILTERS))
        .containsExactly(
            "Filter chain nothing has no filter: Envoy closes every connection that it matches.");
  }

  @Test
  void clustersWithNobodyToSendTo() {
    assertThat(report.findings(LintRule.SUBSET_WITHOUT_ENDPOINTS))
        .extracting(f -> f.resource().name())
        .containsExactly("outbound|80|v2|httpbin.default.svc.cluster.local");
    assertThat(messages(LintRule.NO_HEALTHY_ENDPOINT))
        .containsExactly(
            "None of the 2 endpoints is healthy: Envoy panics, and sends to them all the same.");
    assertThat(report.findings(LintRule.NO_HEALTHY_ENDPOINT).get(0).owner()).isPresent();
  }

  @Test
  void whatWarms() {
    assertThat(report.findings(LintRule.WARMING))
        .extracting(f -> f.resource().name())
        .containsExactlyInAnyOrder("without-secret", "waiting");
  }

  @Test
  void certificatesByTheClock() {
    Certificate certificate = broken.cluster("trusting").orElseThrow().certificates().get(0);
    Instant end = certificate.notAfter();

    assertThat(report.findings(LintRule.EXPIRED_CERTIFICATE)).isEmpty();
    assertThat(report.findings(LintRule.EXPIRING_CERTIFICATE)).isEmpty();
    assertThat(at(end.minus(Duration.ofDays(3))).findings(LintRule.EXPIRING_CERTIFICATE)).isEmpty();
    assertThat(at(end.minus(Duration.ofDays(2))).findings(LintRule.EXPIRING_CERTIFICATE))
        .singleElement()
        .satisfies(f -> assertThat(f.pointer()).isEqualTo(certificate.pointer()));
    assertThat(at(end.plusSeconds(1)).findings(LintRule.EXPIRED_CERTIFICATE))
        .singleElement()
        .satisfies(f -> assertThat(f.message()).contains("ended at " + end));
    assertThat(at(certificate.notBefore().minusSeconds(1)).findings(LintRule.EXPIRED_CERTIFICATE))
        .singleElement()
        .satisfies(f -> assertThat(f.message()).contains("begins only at"));
  }

  @ParameterizedTest
  @EnumSource(LintRule.class)
  void aRuleCanBeLeftOut(LintRule rule) {
    Instant late = shortlyAfter().instant().plus(Duration.ofDays(30));
    LintReport without =
        EnvoyLint.create().withClock(Clock.fixed(late, ZoneOffset.UTC)).without(rule).check(broken);
    List<LintFinding> rest = new ArrayList<>(at(late).findings());
    rest.removeIf(f -> f.rule() == rule);
    assertThat(without.findings())
        .extracting(LintFinding::message)
        .isEqualTo(rest.stream().map(LintFinding::message).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"istio-sidecar.json", "istiod-debug.json"})
  void whatIstioPushesIsClean(String dump) {
    LintReport clean = EnvoyLint.create().check(Dumps.read(dump));
    assertThat(clean.findings()).as(clean.table()).isEmpty();
    // A control plane's dump has no bootstrap, and no secrets.
    boolean whole = dump.equals("istio-sidecar.json");
    assertThat(clean.notes().isEmpty()).as(clean.table()).isEqualTo(whole);
    assertThat(clean.toString()).startsWith("LintReport[text: nothing found");
  }

  @Test
  void aPartOfADumpDecidesNothingOfTheRest() {
    LintReport part = EnvoyLint.create().check(Dumps.read("routes.json"));
    assertThat(part.findings()).isEmpty();
    assertThat(part.notes())
        .singleElement()
        .asString()
        .startsWith("dangling-cluster: the dump has no clusters; not decided for ");
    assertThat(
            EnvoyLint.create()
                .without(LintRule.DANGLING_CLUSTER)
                .check(Dumps.read("routes.json"))
                .notes())
        .isEmpty();
  }

  @Test
  void theTableTellsWhatWhoAndWhere() {
    assertThat(report.table().lines())
        .contains("ERROR  dangling-cluster  dynamic_route_configs 80")
        .contains(
            "    VirtualService default/web, at /configs/5/dynamic_route_configs/0/route_config"
                + "/virtual_hosts/0/routes/0/route");
  }

  @Test
  void theMeshOfAPlaneWithoutStaticClustersIsJudgedByItsOwnNames() {
    EnvoyConfig plane =
        read(
            """
            {"configs": [
              {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
               "dynamic_active_clusters": [{"cluster": {"name": "outbound|80||a"}}]},
              {"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
               "dynamic_route_configs": [{"route_config": {"name": "80", "virtual_hosts": [
                 {"name": "v", "domains": ["*"], "routes": [
                   {"match": {"path": "/a"}, "route": {"cluster": "outbound|80||a"}},
                   {"match": {"path": "/b"}, "route": {"cluster": "outbound|80||b"}},
                   {"match": {"path": "/c"}, "route": {"cluster": "prometheus_stats"}}]}]}}]}]}
            """);
    LintReport judged = EnvoyLint.create().check(plane);
    assertThat(judged.findings())
        .singleElement()
        .satisfies(f -> assertThat(f.message()).contains("outbound|80||b"));
    assertThat(judged.notes())
        .containsExactly(
            "dangling-cluster: the dump has no bootstrap, so Envoy's static clusters are not known;"
                + " not decided for prometheus_stats");
    assertThat(judged.table()).contains("1 error, 1 note]", "\nnote  dangling-cluster: ");
  }

  @Test
  void garbageIsNotNothing() {
    LintReport garbage =
        EnvoyLint.create()
            .check(
                routes(
                    """
                    {"match": "everything", "route": {"timeout": "1s", "cluster": ["a"]},
                     "typed_per_filter_config": {}, "request_headers_to_remove": "x"}
                    """));
    assertThat(garbage.findings())
        .extracting(LintFinding::rule)
        .containsOnly(LintRule.UNREADABLE)
        .hasSize(3);
    assertThat(garbage.table())
        .contains(
            "The field match of envoy.config.route.v3.Route is \"everything\" and should be an"
                + " object: what is in it was not looked at.",
            "The field cluster of envoy.config.route.v3.RouteAction is [\"a\"] and should be a text",
            "/virtual_hosts/0/routes/0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a(b", "/(?=x).*", "/a**", "/[z-a]", "/(?<!x)y", "/x{2000}"})
  void regexesThatEnvoyCannotRead(String regex) {
    assertThat(EnvoyLint.create().check(matching(regex)).findings())
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.rule()).isEqualTo(LintRule.INVALID_REGEX);
              assertThat(f.message()).contains(regex);
              assertThat(f.pointer()).endsWith("/routes/0/match/safe_regex");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a.*", "(?i)/a", "/(?P<n>x)", "/(?<n>x)", "/\\\\pL+", "/[^/]{1,1000}"})
  void regexesThatEnvoyCanRead(String regex) {
    assertThat(EnvoyLint.create().check(matching(regex)).findings()).isEmpty();
  }

  private static EnvoyConfig matching(String regex) {
    return routes(
        "{\"match\": {\"safe_regex\": {\"regex\": \"" + regex + "\"}}, \"direct_response\": {}}");
  }

  private static EnvoyConfig routes(String route) {
    return read(
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
           "dynamic_route_configs": [{"route_config": {
             "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
             "name": "80", "virtual_hosts": [{"name": "v", "domains": ["*"], "routes": [%s]}]}}]}]}
        """
            .formatted(route));
  }

  @Test
  void aRuleThatSendsToNobodyIsFound() {
    String sidecar = Dumps.text("istio-sidecar.json");
    String service = "outbound|9080||reviews.default.svc.cluster.local";
    String route = "\"cluster\": \"outbound|8000|v1|httpbin.default.svc.cluster.local\"";
    assertThat(sidecar).contains(route);

    LintReport found =
        EnvoyLint.create().check(read(sidecar.replace(route, "\"cluster\": \"" + service + "\"")));

    assertThat(found.findings(LintRule.NO_HEALTHY_ENDPOINT))
        .as(found.table())
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.resource().name()).isEqualTo(service);
              assertThat(f.owner().orElseThrow().name()).isEqualTo("httpbin");
            });
  }

  @Test
  void istiodsVirtualHostsOfPort80AreNoFaultOfTheUsers() {
    String dump =
        """
        {"configs": [
          {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
           "dynamic_active_clusters": [{"cluster": {"name": "outbound|%s||a"}}]},
          {"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
           "dynamic_route_configs": [{"route_config": {"name": "80", "virtual_hosts": [
             {"name": "a:80", "domains": ["a"], "routes": [
               {"match": {"prefix": "/"}, "route": {"cluster": "outbound|80|v1|a"}}]}]}}]}]}
        """;

    assertThat(EnvoyLint.create().check(read(dump.formatted("9080"))).findings()).isEmpty();
    assertThat(EnvoyLint.create().check(read(dump.formatted("80"))).findings()).hasSize(1);
  }

  private static EnvoyConfig read(String json) {
    return EnvoyConfigInspector.create().read(ConfigSource.text(json));
  }

  /** A moment at which the recorded certificate is valid and young. */
  private Clock shortlyAfter() {
    Certificate certificate =
        Dumps.read("broken.json").cluster("trusting").orElseThrow().certificates().get(0);
    return Clock.fixed(certificate.notBefore().plusSeconds(60), ZoneOffset.UTC);
  }

  private LintReport at(Instant moment) {
    return EnvoyLint.create().withClock(Clock.fixed(moment, ZoneOffset.UTC)).check(broken);
  }

  private List<String> messages(LintRule... rules) {
    return report.findings().stream()
        .filter(f -> Arrays.asList(rules).contains(f.rule()))
        .map(LintFinding::message)
        .toList();
  }
}
