package dev.pilothouse.integration;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Filter;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Unknown;
import dev.pilothouse.envoy.diff.DiffOptions;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.envoy.lint.EnvoyLint;
import dev.pilothouse.envoy.lint.LintReport;
import dev.pilothouse.envoy.table.EnvoyTables;
import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.RequestTracer;
import dev.pilothouse.envoy.trace.Trace;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.envoy.xds.XdsNode;
import dev.pilothouse.envoy.xds.XdsOptions;
import dev.pilothouse.envoy.xds.XdsProtocol;
import dev.pilothouse.envoy.xds.XdsServer;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.workload.WorkloadSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What proxies without Envoy are sent, beside what Envoys are. */
class XdsContentIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(
              IstiodSpec.defaults()
                  .withValidation(false)
                  .withEnvironment("PILOT_DEBOUNCE_AFTER", "10ms"))
          .withWorkloads(
              WorkloadSpec.client("client"),
              WorkloadSpec.http("httpbin", 8000),
              WorkloadSpec.gateway("edge", 80));

  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();

  @ParameterizedTest
  @CsvSource({
    "client, DELTA",
    "client, STATE_OF_THE_WORLD",
    "httpbin, DELTA",
    "edge, DELTA",
    "edge, STATE_OF_THE_WORLD"
  })
  void itHoldsWhatAnEnvoyOfTheSameIdentityHolds(String workload, XdsProtocol protocol) {
    // Of this run alone, or the Envoy might still have that of the one before.
    String path = "/compared-" + workload + "-" + protocol;
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: edge}
        spec:
          selector: {istio: edge}
          servers:
          - {port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: compared}
        spec:
          hosts: [shop.example.com, httpbin]
          gateways: [edge, mesh]
          http:
          - match: [{uri: {prefix: %s}}]
            timeout: 3s
            route: [{destination: {host: httpbin, port: {number: 8000}}}]
        """
            .formatted(path));
    EnvoyConfig envoy =
        inspector.await(
            MESH.workload(workload).proxy().config(),
            config ->
                // The filters of another test have gone.
                config.section(ConfigSection.ECDS_FILTERS).isEmpty()
                    && config.routeConfigurations().stream()
                            .filter(route -> route.raw().toString().contains(path))
                            .count()
                        == (workload.equals("edge") ? 1 : 2),
            SOON);
    XdsOptions options = XdsOptions.of(XdsNode.of(envoy)).withProtocol(protocol);

    try (XdsClient client = XdsClient.connect(istiod(), options)) {
      EnvoyConfig held = awaitWhole(client);

      assertThat(byName(held.clusters())).isEqualTo(byName(dynamic(envoy.clusters())));
      assertThat(byName(held.listeners())).isEqualTo(byName(dynamic(envoy.listeners())));
      assertThat(byName(held.routeConfigurations())).isEqualTo(byName(envoy.routeConfigurations()));
      assertThat(held.endpoints()).isNotEmpty();
      held.endpoints()
          .forEach(
              endpoints ->
                  assertThat(endpoints.endpoints())
                      .as(endpoints.name())
                      .usingRecursiveFieldByFieldElementComparatorIgnoringFields(
                          "pointer", "health")
                      .containsExactlyElementsOf(
                          envoy.endpoint(endpoints.name()).orElseThrow().endpoints()));
      EnvoyDiff diff = EnvoyDiff.between(held, envoy, DiffOptions.controlPlaneAndEnvoy());
      assertThat(diff.differences()).as(diff.table()).isEmpty();
      if (protocol == XdsProtocol.DELTA) {
        assertThat(versions(held.clusters())).isEqualTo(versions(dynamic(envoy.clusters())));
        assertThat(versions(held.listeners())).isEqualTo(versions(dynamic(envoy.listeners())));
        assertThat(versions(dynamic(held.routeConfigurations())))
            .isEqualTo(versions(dynamic(envoy.routeConfigurations())));
      }
      assertThat(outcomes(held, path)).isNotEmpty().isEqualTo(outcomes(envoy, path));
      assertThat(held.unknown()).isEmpty();
      assertThat(held.resources(Resource.State.WARMING)).isEmpty();
      assertThat(held.raw().at(held.clusters().get(0).pointer()))
          .isEqualTo(held.clusters().get(0).raw());
    }
  }

  /** All it asked for is answered, and an answer before its question counts for none. */
  private static EnvoyConfig awaitWhole(XdsClient client) {
    client.awaitAnswered(SOON);
    return client.await(held -> held.resources(Resource.State.WARMING).isEmpty(), SOON);
  }

  @ParameterizedTest
  @EnumSource(XdsProtocol.class)
  void filtersComeByDiscovery(XdsProtocol protocol) {
    // Of this run alone, or the Envoy might still have that of the one before.
    String filter = "late-" + protocol;
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1alpha3
        kind: EnvoyFilter
        metadata: {name: late}
        spec:
          configPatches:
          - applyTo: HTTP_FILTER
            match:
              context: SIDECAR_OUTBOUND
              listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}
            patch:
              operation: INSERT_FIRST
              value:
                name: %1$s
                config_discovery:
                  config_source: {ads: {}, resource_api_version: V3, initial_fetch_timeout: 0s}
                  type_urls: [type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault]
          - applyTo: EXTENSION_CONFIG
            match: {context: SIDECAR_OUTBOUND}
            patch:
              operation: ADD
              value:
                name: %1$s
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
                  abort: {http_status: 418, percentage: {numerator: 1}}
        """
            .formatted(filter));
    EnvoyConfig envoy =
        inspector.await(
            MESH.workload("client").proxy().config(),
            config ->
                config.section(ConfigSection.ECDS_FILTERS).stream()
                    .map(Resource::name)
                    .toList()
                    .equals(List.of(filter)),
            SOON);
    XdsOptions options = XdsOptions.of(XdsNode.of(envoy)).withProtocol(protocol);
    try (XdsClient client = XdsClient.connect(istiod(), options)) {
      EnvoyConfig held = awaitWhole(client);

      assertThat(held.section(ConfigSection.ECDS_FILTERS)).hasSize(1);
      assertThat(byName(held.section(ConfigSection.ECDS_FILTERS)))
          .isEqualTo(byName(envoy.section(ConfigSection.ECDS_FILTERS)));
      assertThat(held.resources(Resource.State.WARMING)).isEmpty();
    }
  }

  @Test
  void whatIstiodPushesByDefaultIsReadWithoutAnEnvoy() {
    IstiodSpec spec =
        IstiodSpec.defaults().withProfile(MeshProfile.ISTIO_DEFAULTS).withRevision("defaults");
    try (Istiod defaults =
        IstiodDeployer.beside(MESH.cluster())
            .deploy(MeshFixture.istiodBinary(MESH.toolbox()), spec)) {
      XdsServer server = XdsServer.plaintext("127.0.0.1", defaults.xdsPort());
      XdsOptions options =
          XdsOptions.of(XdsNode.sidecar("default-reader", "default", "10.9.0.12"))
              .withLabels(Map.of("profile", spec.profile().name()));
      try (XdsClient client = XdsClient.connect(server, options)) {
        EnvoyConfig config = client.awaitAnswered(SOON);

        assertThat(config.labels()).containsEntry("profile", "ISTIO_DEFAULTS");
        List<String> httpFilters =
            config.listeners().stream()
                .flatMap(listener -> listener.filterChains().stream())
                .flatMap(chain -> chain.filters().stream())
                .flatMap(filter -> filter.httpFilters().stream())
                .map(Filter::name)
                .distinct()
                .toList();
        assertThat(httpFilters).contains("istio.alpn", "istio.metadata_exchange");
        assertThat(config.unknown())
            .extracting(Unknown::name)
            .anyMatch(
                type -> type.endsWith("istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig"));
        assertThat(config).hasNoRejectedConfig().hasNothingWarming();
        assertThat(EnvoyTables.of(config).table()).contains("istio.alpn").contains("httpbin");
        assertThat(EnvoyDiff.between(config, client.config()).isEmpty()).isTrue();
        LintReport report = EnvoyLint.create().check(config);
        assertThat(report.findings()).as(report.table()).isEmpty();
        assertThat(report.notes()).anyMatch(note -> note.contains("has no bootstrap"));
        whereARequestGoes(config);
        assertThat(
                config
                    .cluster("outbound|8000||httpbin.default.svc.cluster.local")
                    .orElseThrow()
                    .raw()
                    .toString())
            .contains("tlsMode-istio")
            .contains("sds-grpc");
        defaults.await("default-reader.default", ProxySync::inSync, SOON);
      }
    }
  }

  /** Where a request goes that arrives at one of the listeners, by each of them. */
  private static Map<String, String> outcomes(EnvoyConfig config, String path) {
    RequestTracer tracer = RequestTracer.of(config);
    Map<String, String> outcomes = new TreeMap<>();
    for (ListenerResource listener : dynamic(config.listeners())) {
      Connection connection =
          Connection.to("10.9.0.1", 8000).from("10.9.0.2", 40000).at(listener.name());
      HttpRequest request = HttpRequest.get("http://httpbin:8000" + path);
      outcomes.put(listener.name(), tracer.trace(connection, request).outcome().toString());
    }
    return outcomes;
  }

  /** As in a sidecar whose traffic is redirected, with Istio's own filters in the way. */
  private static void whereARequestGoes(EnvoyConfig config) {
    Trace trace =
        RequestTracer.of(config)
            .trace(
                Connection.outbound("10.96.0.7", 8000).from("10.9.0.12", 40000),
                HttpRequest.get("http://httpbin:8000/get"));
    assertThat(trace.decided()).as(trace.explain()).isTrue();
    assertThat(trace.destinations())
        .as(trace.explain())
        .singleElement()
        .satisfies(
            to -> {
              assertThat(to.cluster())
                  .isEqualTo("outbound|8000||httpbin.default.svc.cluster.local");
              assertThat(to.exists()).isTrue();
              assertThat(to.endpoints()).hasSize(1);
            });
    assertThat(config)
        .request(Connection.outbound("10.96.0.7", 8000), HttpRequest.get("http://nobody:8000/"))
        .mayGoTo("PassthroughCluster");
  }

  private static XdsServer istiod() {
    return XdsServer.plaintext("127.0.0.1", MESH.istiod().xdsPort());
  }

  private static <R extends Resource> List<R> dynamic(List<R> all) {
    return all.stream().filter(resource -> resource.origin() == Resource.Origin.DYNAMIC).toList();
  }

  private static Map<String, String> versions(List<? extends Resource> all) {
    Map<String, String> versions = new TreeMap<>();
    all.forEach(resource -> versions.put(resource.name(), resource.version()));
    return versions;
  }

  private static Map<String, JsonNode> byName(List<? extends Resource> all) {
    Map<String, JsonNode> byName = new TreeMap<>();
    all.forEach(resource -> byName.put(resource.name(), resource.raw()));
    return byName;
  }
}
