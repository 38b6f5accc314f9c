package dev.pilothouse.integration;

import static dev.pilothouse.integration.DebuggedMesh.HTTPBIN;
import static dev.pilothouse.integration.DebuggedMesh.OUTBOUND;
import static dev.pilothouse.integration.DebuggedMesh.SOON;
import static dev.pilothouse.integration.DebuggedMesh.TO_HTTPBIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.Calls;
import dev.pilothouse.delve.DelveOptions;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.delve.GoValue;
import dev.pilothouse.delve.Hit;
import dev.pilothouse.delve.LoadLimits;
import dev.pilothouse.delve.Producer;
import dev.pilothouse.delve.Producers;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.source.CommonChange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What istiod's functions did while something was applied, and which of them made what. */
class DelveAssertionsIT {
  @RegisterExtension static final MeshFixture MESH = DebuggedMesh.fixture();

  private static EnvoyConfig first;

  private DelveSession debug;

  @BeforeAll
  static void applyService() {
    first = DebuggedMesh.applyHttpbin(MESH);
  }

  @BeforeEach
  void attach() {
    DebuggedMesh.awaitAgain(MESH, first);
    debug = DebuggedMesh.attach(MESH, DelveOptions.usual());
  }

  @AfterEach
  void closeAndSeeIstiodRun() {
    debug.close();
    DebuggedMesh.assertRuns(MESH);
  }

  /** What a service gets by default is not built when a VirtualService takes its place. */
  @Test
  void aFunctionIsReachedOrNotWhileAVirtualServiceIsApplied() {
    Deque<Applied> rules = new ArrayDeque<>();
    Calls translated =
        debug
            .on("…/route.TranslateRoute")
            .withStack(40)
            .when(() -> rules.push(applyRoute("reached-by-rule", "one")));
    assertThat(translated.requireReached().first().argument("in").field("Name").text())
        .isEqualTo("reached-by-rule");
    assertThat(translated.first().calledFrom("core.BuildSidecarOutboundVirtualHosts")).isTrue();

    Calls byDefault =
        debug
            .on("…/route.BuildDefaultHTTPOutboundRoute")
            .where(TO_HTTPBIN)
            .when(() -> rules.push(applyRoute("not-reached", "two")));
    byDefault.requireNone();
    assertThatThrownBy(byDefault::requireReached)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("was not reached with " + TO_HTTPBIN);

    Calls again =
        debug
            .on("…/route.BuildDefaultHTTPOutboundRoute")
            .where(TO_HTTPBIN)
            .when(() -> rules.forEach(Applied::close), SOON);
    assertThat(again.first().argument("clusterName").text()).isEqualTo(HTTPBIN);
    assertThatThrownBy(again::requireNone)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("BuildDefaultHTTPOutboundRoute was reached");
  }

  @Test
  void whatAFunctionReturnsIsRead() {
    Calls calls =
        debug
            .on(BreakpointSpec.returns("core/route\\.BuildDefaultHTTPOutboundRoute$"))
            .loading(LoadLimits.usual())
            .when(() -> DebuggedMesh.push(MESH).join(), SOON);
    Hit hit = calls.requireReached().first();
    GoValue route = hit.results().get(0);
    assertThat(route.type()).endsWith("config/route/v3.Route");
    assertThat(route.at("Decorator.Operation").text())
        .isEqualTo("httpbin.default.svc.cluster.local:8000/*");
    assertThat(route.at("Action.Route.ClusterSpecifier.Cluster").text()).isEqualTo(HTTPBIN);
    assertThat(hit.argument("clusterName").text()).isEqualTo(HTTPBIN);
    assertThat(calls.what().place()).isNotEqualTo(OUTBOUND.place());
  }

  @Test
  void whoMadeARoute() {
    Producers who =
        debug
            .producersOf(CommonChange.HTTP_ROUTES, "made-by-rule")
            .when(() -> applyRoute("made-by-rule", "three"));
    Producer maker = who.first();
    assertThat(maker.function())
        .isEqualTo("istio.io/istio/pilot/pkg/networking/core/route.TranslateRoute");
    assertThat(maker.path()).isEqualTo("~r0.Name");
    assertThat(maker.hit().argument("in").field("Name").text()).isEqualTo("made-by-rule");
    assertThat(maker.hit().calledFrom("xds.RdsGenerator.Generate")).isTrue();
    who.requireBy("route.BuildHTTPRoutesForVirtualService");
  }

  @Test
  void whoMadeACluster() {
    String cluster = "outbound|9000||made.default.svc.cluster.local";
    Producers who =
        debug.producersOf(CommonChange.CLUSTERS, cluster).when(() -> applyService("made"), SOON);
    assertThat(who.first().function()).endsWith("core.(*ClusterBuilder).buildCluster");
    assertThat(who.first().path()).isEqualTo("~r0.cluster.Name");
    assertThat(who.first().text()).isEqualTo(cluster);
    assertThat(who.first().hit().argument("name").text()).isEqualTo(cluster);
    assertThat(who.first().hit().calledFrom("core.(*ConfigGeneratorImpl).buildOutboundClusters"))
        .isTrue();
  }

  @Test
  void whoMadeAListener() {
    Producers who =
        debug
            .producersOf(CommonChange.LISTENERS, "_9100")
            .when(() -> MESH.apply(DebuggedMesh.service("listened", "http", 9100)), SOON);
    // What is in it has the port in its name too, and is made before.
    assertThat(who.first().function())
        .endsWith("core.(*ListenerBuilder).buildHTTPConnectionManager");

    Producer maker =
        debug
            .producersOf(CommonChange.LISTENERS, "_9101")
            .among("networking/core\\.buildListenerFromEntry$")
            .when(() -> MESH.apply(DebuggedMesh.service("heard", "http", 9101)), SOON)
            .first();
    assertThat(maker.function()).endsWith("core.buildListenerFromEntry");
    assertThat(maker.path()).isEqualTo("~r0.Name");
    assertThat(maker.hit().calledFrom("xds.LdsGenerator.Generate")).isTrue();
  }

  @Test
  void whoFoundAnEndpointAndAService() {
    Producers service =
        debug
            .producersOf(CommonChange.SERVICE_DISCOVERY, "found.default.svc.cluster.local")
            .when(() -> applyService("found"), SOON);
    assertThat(service.first().function()).endsWith("serviceregistry/kube.ConvertService");
    assertThat(service.first().hit().argument("svc").at("ObjectMeta.Name").text())
        .isEqualTo("found");

    Producers endpoint =
        debug
            .producersOf(CommonChange.SERVICE_DISCOVERY, "10.77.0.5")
            .when(() -> MESH.apply(endpoints("found", "10.77.0.5")), SOON);
    assertThat(endpoint.first().function())
        .endsWith("kube/controller.(*EndpointBuilder).buildIstioEndpoint");
    assertThat(endpoint.first().path()).isEqualTo("~r0.Addresses[0]");
    assertThat(endpoint.first().hit().calledFrom("controller.(*endpointSliceController).onEvent"))
        .isTrue();
  }

  @Test
  void whoMadeAResourceOfAType() {
    String type = "type.googleapis.com/envoy.config.listener.v3.Listener";
    Producers who =
        debug
            .producersOf(CommonChange.XDS_RESOURCE_TYPE, type)
            .when(() -> DebuggedMesh.push(MESH).join(), SOON);
    assertThat(who.first().function()).endsWith("xds.LdsGenerator.Generate");
    assertThat(who.first().path()).isEqualTo("~r0[0].Resource.TypeUrl");
    assertThat(who.first().hit().argument("proxy").field("ID").text()).isEqualTo("client.default");
    assertThat(who.first().hit().calledFrom("xds.(*DiscoveryServer).pushDeltaXds")).isTrue();
  }

  @Test
  void whoNamedACertificate() {
    Producers who;
    try (XdsClient sidecar = DebuggedMesh.proxy(MESH.istiod(), "redirected")) {
      sidecar.awaitAnswered(SOON);
      who =
          debug
              .producersOf(CommonChange.MUTUAL_TLS, "ROOTCA")
              .when(() -> DebuggedMesh.push(MESH).join(), SOON);
    }
    assertThat(who.first().function()).contains("security/model.");
    assertThat(who.first().path()).isEqualTo("~r0.Name");
    assertThat(who.first().hit().calledFrom("authn/utils.BuildInboundTLS")).isTrue();
  }

  @Test
  void whatNobodyMadeIsToldWithWhatWasReached() {
    Producers who =
        debug
            .producersOf(CommonChange.HTTP_ROUTES, "no such route")
            .when(() -> DebuggedMesh.push(MESH).join(), Duration.ofSeconds(20));
    assertThatThrownBy(who::first)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no candidate returned anything with \"no such route\"; reached were")
        .hasMessageContaining("route.BuildDefaultHTTPOutboundRoute, × ");
  }

  private static Applied applyRoute(String name, String header) {
    Applied applied = MESH.apply(DebuggedMesh.route(name, header));
    DebuggedMesh.awaitRoutes(MESH, name);
    return applied;
  }

  private static void applyService(String name) {
    var unused = MESH.apply(DebuggedMesh.service(name, "http", 9000));
  }

  private static String endpoints(String service, String address) {
    return """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: %s-1
          namespace: default
          labels: {kubernetes.io/service-name: %s}
        addressType: IPv4
        endpoints: [{addresses: [%s], conditions: {ready: true}}]
        ports: [{name: http, port: 9000}]
        """
        .formatted(service, service, address);
  }
}
