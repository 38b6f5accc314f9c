package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.Resource.Origin;
import dev.pilothouse.envoy.Resource.State;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EnvoyConfigTest {
  private static final String HTTPBIN = "outbound|80|v1|httpbin.default.svc.cluster.local";

  static Stream<String> dumps() {
    return Dumps.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void everyResourceLiesWhereItsPointerSays(String dump) {
    EnvoyConfig config = Dumps.read(dump);
    JsonNode raw = config.raw();

    assertThat(config.resources()).isNotEmpty();
    for (Resource resource : config.resources()) {
      if (!resource.raw().isEmpty()) {
        assertThat(raw.at(resource.pointer())).isEqualTo(resource.raw());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void theRawJsonIsTheWholeText(String dump) throws Exception {
    assertThat(Dumps.read(dump).raw()).isEqualTo(Json.MAPPER.readTree(Dumps.text(dump)));
  }

  @Test
  void listsEveryKindOfResource() {
    EnvoyConfig config = Dumps.read("accepted.json");

    assertThat(config.listeners())
        .extracting(Resource::name)
        .containsExactly("fixed-listener", "outbound", "passing");
    assertThat(config.routeConfigurations())
        .extracting(Resource::name)
        .containsExactly("inline", "80");
    assertThat(config.clusters())
        .extracting(Resource::name)
        .containsExactly("fixed", "nobody", HTTPBIN);
    assertThat(config.endpoints())
        .extracting(Resource::name)
        .containsExactly("fixed", "nobody", HTTPBIN);
    assertThat(config.secrets()).extracting(Resource::name).containsExactly("password");
    assertThat(config.bootstrap()).isPresent();
    assertThat(config.unknown()).isEmpty();
    assertThat(config.omissions()).isEmpty();
  }

  @Test
  void aResourceKnowsItsHistory() {
    ClusterResource cluster = Dumps.read("accepted.json").cluster(HTTPBIN).orElseThrow();

    assertThat(cluster.version()).isEqualTo("c1");
    assertThat(cluster.origin()).isEqualTo(Origin.DYNAMIC);
    assertThat(cluster.state()).isEqualTo(State.ACTIVE);
    assertThat(cluster.section()).isEqualTo(ConfigSection.DYNAMIC_ACTIVE_CLUSTERS);
    assertThat(cluster.lastUpdated()).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
    assertThat(cluster.reason()).isEmpty();
    assertThat(cluster.typeUrl()).isEqualTo("type.googleapis.com/envoy.config.cluster.v3.Cluster");
    assertThat(Dumps.read("accepted.json").cluster("fixed").orElseThrow().origin())
        .isEqualTo(Origin.STATIC);
  }

  @Test
  void tellsWarmingDrainingAndRejectedApart() {
    EnvoyConfig config = Dumps.read("warming-and-rejected.json");

    assertThat(config.resources(State.WARMING))
        .extracting(Resource::name)
        .containsExactly("outbound|81||away", "waiting");
    assertThat(config.resources(State.DRAINING))
        .extracting(Resource::name)
        .containsExactly("passing");
    // Envoy lists what it rejected twice; here it is once.
    assertThat(config.resources(State.REJECTED))
        .singleElement()
        .satisfies(
            refused -> {
              assertThat(refused.name()).isEqualTo("refused");
              assertThat(refused.reason()).contains("no.such.filter");
              assertThat(refused.raw().path("name").textValue()).isEqualTo("refused");
            });
  }

  @Test
  void aNameFindsWhatIsInUse() {
    String text =
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump",
          "dynamic_listeners": [{"name": "a",
            "error_state": {"failed_configuration": {"name": "a"}, "details": "why not"},
            "warming_state": {"version_info": "2", "listener": {"name": "a"}},
            "active_state": {"version_info": "1", "listener": {"name": "a"}}}]}]}
        """;

    EnvoyConfig config = read(text);

    assertThat(config.listeners())
        .extracting(Resource::state)
        .containsExactlyInAnyOrder(State.ACTIVE, State.WARMING, State.REJECTED);
    assertThat(config.listener("a")).map(Resource::version).contains("1");
  }

  @Test
  void readsListenersWithTheirFilters() {
    ListenerResource listener = Dumps.read("accepted.json").listener("outbound").orElseThrow();

    assertThat(listener.address()).hasToString("127.0.0.1:0");
    FilterChain chain = listener.filterChains().get(0);
    assertThat(chain.name()).isEqualTo("chain");
    assertThat(chain.match()).isEqualTo("anything");
    Filter manager = chain.filters().get(0);
    assertThat(manager.name()).isEqualTo("envoy.filters.network.http_connection_manager");
    assertThat(manager.routeConfigName()).isEqualTo("80");
    assertThat(manager.httpFilters())
        .extracting(Filter::name)
        .containsExactly("envoy.filters.http.router");
    ListenerResource fixed = Dumps.read("accepted.json").listener("fixed-listener").orElseThrow();
    assertThat(fixed.filterChains().get(0).filters().get(0).routeConfigName()).isEqualTo("inline");
  }

  @Test
  void readsRoutesWithWeightsHeadersAndOwner() {
    RouteResource routes = Dumps.read("accepted.json").route("80").orElseThrow();

    VirtualHost host = routes.virtualHost("httpbin").orElseThrow();
    assertThat(host.name()).isEqualTo("httpbin.default.svc.cluster.local:80");
    assertThat(host.domains()).contains("httpbin", "httpbin.default.svc.cluster.local");
    Route canary = host.routes().get(0);
    assertThat(canary.match()).isEqualTo("prefix \"/get\", header x-user exact \"jane\"");
    assertThat(canary.action()).isEqualTo(Route.Action.FORWARD);
    assertThat(canary.clusters())
        .containsExactly(
            new Route.WeightedCluster("outbound|80|v1|httpbin.default.svc.cluster.local", 90),
            new Route.WeightedCluster("outbound|80|v2|httpbin.default.svc.cluster.local", 10));
    assertThat(canary.responseHeader("X-Dev")).contains("one");
    assertThat(canary.responseHeadersToAdd().get(0).action())
        .isEqualTo("OVERWRITE_IF_EXISTS_OR_ADD");
    assertThat(canary.owner()).map(Owner::toString).contains("VirtualService default/httpbin");
    assertThat(host.routes().get(1).action()).isEqualTo(Route.Action.REDIRECT);
  }

  @Test
  void readsEndpointsWithHealthWeightAndLocality() {
    EnvoyConfig config = Dumps.read("accepted.json");

    assertThat(config.endpoint(HTTPBIN).orElseThrow().endpoints())
        .extracting(Endpoint::toString)
        .containsExactly("10.1.0.1:8080 healthy weight 1", "10.1.0.2:8080 unhealthy weight 5");
    assertThat(config.endpoint("fixed").orElseThrow().endpoints())
        .extracting(Endpoint::toString)
        .containsExactly(
            "127.0.0.1:9 healthy weight 3 in north/n1",
            "unix:backend.sock unhealthy weight 1 in north/n1",
            "[::1]:9 healthy weight 1 priority 1");
  }

  @Test
  void readsClustersWithParsedNameAndOwner() {
    ClusterResource cluster =
        Dumps.read("istio-sidecar.json")
            .cluster("outbound|8000|v1|httpbin.default.svc.cluster.local")
            .orElseThrow();

    assertThat(cluster.type()).isEqualTo("EDS");
    assertThat(cluster.parsedName())
        .contains(new ClusterName("outbound", 8000, "v1", "httpbin.default.svc.cluster.local"));
    assertThat(cluster.owner()).map(Owner::toString).contains("DestinationRule default/httpbin");
  }

  @Test
  void readsWhatIstiodWritesInCamelCase() {
    EnvoyConfig config = Dumps.read("istiod-debug.json");

    ListenerResource outbound = config.listener("0.0.0.0_8000").orElseThrow();
    assertThat(outbound.address()).hasToString("0.0.0.0:8000");
    assertThat(outbound.pointer()).contains("/dynamicListeners/");
    assertThat(outbound.filterChains()).isNotEmpty();
    assertThat(config.cluster("outbound|8000|v1|httpbin.default.svc.cluster.local"))
        .map(ClusterResource::type)
        .contains("EDS");
  }

  @Test
  void theAnswerToOneSectionDoesNotTellActiveFromWarming() {
    String text = Dumps.text("warming-clusters.json");

    assertThat(read(text).clusters()).extracting(Resource::state).containsExactly(State.UNKNOWN);
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    ConfigDump asked = ConfigDump.ofSection("x", ConfigSection.DYNAMIC_WARMING_CLUSTERS, json);
    assertThat(new ConfigReader(ConfigSource.text(""), null).read(asked).clusters())
        .extracting(Resource::state)
        .containsExactly(State.WARMING);
  }

  @Test
  void aMaskMayLeaveNamesOnly() {
    EnvoyConfig config = Dumps.read("masked-listeners.json");

    ListenerResource passing = config.listener("passing").orElseThrow();
    assertThat(passing.state()).isEqualTo(State.UNKNOWN);
    assertThat(passing.raw()).isEmpty();
    assertThat(passing.filterChains()).isEmpty();
    // Its echo has no name and no configuration, only the same words.
    assertThat(config.resources(State.REJECTED))
        .extracting(Resource::name)
        .containsExactly("from-istiod");
  }

  @Test
  void severalDocumentsAreOneConfiguration() {
    Document routes = document("routes.json", ConfigSection.DYNAMIC_ROUTE_CONFIGS);
    Document warming = document("warming-clusters.json", ConfigSection.DYNAMIC_WARMING_CLUSTERS);
    ConfigDump dump = new ConfigDump(List.of(routes, warming), List.of());

    EnvoyConfig config = new ConfigReader(ConfigSource.text(""), null).read(dump);

    ClusterResource cluster = config.clusters().get(0);
    assertThat(cluster.pointer()).isEqualTo("/configs/1/cluster");
    assertThat(config.raw().at(cluster.pointer())).isEqualTo(cluster.raw());
  }

  @Test
  void readsUtf16AsWindowsShellsWriteIt() {
    String text = Dumps.text("routes.json");
    byte[] bytes = ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE);

    EnvoyConfig config =
        new ConfigReader(ConfigSource.text(""), null).read(ConfigDump.of("x", bytes));

    assertThat(config.route("80")).isPresent();
  }

  @Test
  void theTypeNeedNotComeFirst() {
    String text =
        """
        {"configs": [{
          "last_updated": "2026-01-01T00:00:00Z",
          "dynamic_route_configs": [{"route_config": {"name": "80", "@type": "x/y.Z"}}],
          "@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump"}]}
        """;

    EnvoyConfig config = read(text);

    assertThat(config.route("80")).map(Resource::typeUrl).contains("x/y.Z");
    assertThat(config.route("80"))
        .map(Resource::pointer)
        .contains("/configs/0/dynamic_route_configs/0/route_config");
  }

  @Test
  void unknownSectionsAndFieldsAreListedAndKept() {
    String text =
        """
        {"configs": [
          {"@type": "type.googleapis.com/envoy.admin.v9.NewConfigDump", "things": [1]},
          {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
           "sleeping_clusters": [],
           "static_clusters": [{"mood": "good", "cluster": {"name": "a", "colour": "red"}}]}]}
        """;

    EnvoyConfig config = read(text);

    assertThat(config.unknown())
        .containsExactly(
            new Unknown(
                Unknown.Kind.SECTION,
                "type.googleapis.com/envoy.admin.v9.NewConfigDump",
                "/configs/0"),
            new Unknown(
                Unknown.Kind.FIELD,
                "envoy.admin.v3.ClustersConfigDump.sleeping_clusters",
                "/configs/1/sleeping_clusters"),
            new Unknown(
                Unknown.Kind.FIELD, "static_clusters.mood", "/configs/1/static_clusters/0/mood"),
            new Unknown(
                Unknown.Kind.FIELD,
                "envoy.config.cluster.v3.Cluster.colour",
                "/configs/1/static_clusters/0/cluster/colour"));
    assertThat(config.unknown())
        .allSatisfy(u -> assertThat(config.raw().at(u.pointer()).isMissingNode()).isFalse());
  }

  @Test
  void readsTheResourcesThatIstiodGivesForTypes() {
    String text =
        """
        {"configs": [
          {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "a",
           "type": "EDS"},
          {"name": "80", "virtualHosts": [{"name": "h"}],
           "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"},
          {"@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
           "clusterName": "a"}]}
        """;

    EnvoyConfig config = read(text);

    assertThat(config.unknown()).isEmpty();
    assertThat(config.cluster("a")).map(ClusterResource::type).contains("EDS");
    assertThat(config.route("80").flatMap(r -> r.virtualHost("h"))).isPresent();
    assertThat(config.endpoint("a")).isPresent();
    assertThat(config.resources())
        .allSatisfy(
            r -> {
              assertThat(r.state()).isEqualTo(State.UNKNOWN);
              assertThat(config.raw().at(r.pointer())).isEqualTo(r.raw());
            });
  }

  @Test
  void oneHostIsReadAloneAsAmongAll() {
    RouteResource routes = Dumps.read("istio-sidecar.json").route("8000").orElseThrow();
    RouteResource again = Dumps.read("istio-sidecar.json").route("8000").orElseThrow();

    assertThat(routes.virtualHosts()).isNotEmpty();
    for (VirtualHost host : routes.virtualHosts()) {
      assertThat(again.virtualHost(host.name())).contains(host);
    }
    assertThat(again.virtualHost("httpbin").map(VirtualHost::name))
        .contains("httpbin.default.svc.cluster.local:8000");
    assertThat(again.virtualHost("no.such")).isEmpty();
  }

  @Test
  void anEmptyDumpIsAConfiguration() {
    // So Envoy answers when nothing matches.
    assertThat(read("{}\n").resources()).isEmpty();
    assertThat(read("{\"configs\": []}").resources()).isEmpty();
    assertThat(read("{\"configs\": null}").resources()).isEmpty();
  }

  @Test
  void toStringIsOneLineWithoutContents() {
    EnvoyConfig config = Dumps.read("warming-and-rejected.json");

    assertThat(config)
        .hasToString(
            "EnvoyConfig[text: 5 listeners, 2 route configurations, 4 clusters, 3 endpoint"
                + " assignments, 1 secrets, 2 warming, 1 rejected]");
    assertThat(config.resources())
        .allSatisfy(r -> assertThat(r.toString()).doesNotContain("\n").doesNotContain("{"));
  }

  @Test
  void labelsOfTheSourceStay() {
    ConfigSource source =
        ConfigSource.text("{}").withLabels(java.util.Map.of("profile", "UPSTREAM_ENVOY"));

    assertThat(EnvoyConfigInspector.create().read(source).labels())
        .containsEntry("profile", "UPSTREAM_ENVOY");
  }

  private static EnvoyConfig read(String text) {
    return EnvoyConfigInspector.create().read(ConfigSource.text(text));
  }

  private static Document document(String dump, ConfigSection section) {
    return Document.of(dump, Dumps.text(dump).getBytes(StandardCharsets.UTF_8), section);
  }
}
