package dev.pilothouse.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.envoy.xds.XdsNode;
import dev.pilothouse.envoy.xds.XdsServer;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.workload.DeployedSample;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.HttpReply;
import dev.pilothouse.workload.PodStatus;
import dev.pilothouse.workload.PodWorkload;
import dev.pilothouse.workload.Sample;
import dev.pilothouse.workload.WorkloadSpec;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two control planes of one cluster, side by side, gateways of the Gateway API, and a sample. */
@SuppressWarnings("try") // what is only applied meanwhile is not referenced
class PodMeshesIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private static Path folder;

  private static PodMesh left;
  private static PodMesh right;
  private static PodWorkload client;
  private static PodWorkload httpbin;

  @BeforeAll
  static void start() {
    left = PodMesh.start("left-it");
    right = PodMesh.start("right-it");
    client = left.deploy(WorkloadSpec.client("client")).get(0);
    httpbin = right.deploy(WorkloadSpec.http("httpbin", 8000)).get(0);
  }

  @AfterAll
  static void stop() {
    try {
      if (right != null) {
        right.close();
      }
    } finally {
      if (left != null) {
        left.close();
      }
    }
  }

  @Test
  void eachControlPlaneHasItsOwnProxiesAndRequestsPassBetweenThem() {
    HttpReply reply =
        client.await(
            HttpCall.get("http://httpbin.right-it:8000/get"), r -> r.status() == 200, SOON);

    assertThat(MeshFixture.told(reply).at("/headers/x-forwarded-client-cert/0").asText())
        .contains("URI=spiffe://cluster.local/ns/left-it/sa/client");
    assertThat(left.istiod().proxies())
        .extracting(ProxySync::proxyId)
        .contains(client.proxy().id())
        .doesNotContain(httpbin.proxy().id());
    assertThat(right.istiod().proxies())
        .extracting(ProxySync::proxyId)
        .contains(httpbin.proxy().id())
        .doesNotContain(client.proxy().id());
  }

  @Test
  void istiodAnswersAtThePortsThatTheClusterPublishes() throws IOException {
    KindCluster cluster = KindFixture.require().cluster();
    int monitoring = cluster.hostPort(KindCluster.MONITORING_NODE_PORT);
    try (Applied ports = cluster.exposeIstiod("istio-system", SOON)) {
      URI metrics = URI.create("http://127.0.0.1:" + monitoring + "/metrics");
      try (InputStream page = metrics.toURL().openStream()) {
        assertThat(new String(page.readAllBytes(), UTF_8)).contains("pilot_xds_pushes");
      }
      int xds = cluster.hostPort(KindCluster.XDS_NODE_PORT);
      try (XdsClient proxy =
          XdsClient.connect(
              XdsServer.plaintext("127.0.0.1", xds),
              XdsNode.sidecar("nobody", "right-it", "10.9.8.7"))) {
        assertThat(
                proxy
                    .awaitAnswered(SOON)
                    .cluster("outbound|8000||httpbin.right-it.svc.cluster.local"))
            .isPresent();
      }
    }
    assertThat(cluster.client().services().inNamespace("istio-system").list().getItems())
        .extracting(service -> service.getSpec().getType())
        .doesNotContain("NodePort");
  }

  @Test
  void aGatewayOfTheGatewayApiIsEnteredFromOutside() {
    try (Applied definitions = right.cluster().apply(GatewayApi.definitions(folder));
        Applied gateway =
            right.apply(
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata:
                  name: edge
                  namespace: NAMESPACE
                  labels: {istio.io/rev: NAMESPACE}
                  annotations: {networking.istio.io/service-type: ClusterIP}
                spec:
                  gatewayClassName: istio
                  listeners: [{name: http, port: 80, protocol: HTTP}]
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: edge, namespace: NAMESPACE}
                spec:
                  parentRefs: [{name: edge}]
                  hostnames: [shop.example]
                  rules: [{backendRefs: [{name: httpbin, port: 8000}]}]
                """)) {
      awaitReady("edge-istio");
      try (PodWorkload edge = right.workloads().find("right-it", "edge-istio")) {
        HttpReply reply =
            edge.await(HttpCall.get("http://shop.example/x"), r -> r.status() == 200, SOON);

        assertThat(reply.header("server")).contains("istio-envoy");
        assertThat(MeshFixture.told(reply).path("workload").asText()).isEqualTo("httpbin");
        assertThat(edge.send(HttpCall.get("http://other.example/x")).status()).isEqualTo(404);
        assertThat(edge.spec().role()).isEqualTo(WorkloadSpec.Role.GATEWAY);
      }
    }
  }

  @Test
  void bookinfoIsDeployedWholeAndLeavesNothing() {
    KindFixture kind = KindFixture.require();
    Sample bookinfo = Sample.bookinfo(kind.hub(), kind.sampleTag());
    kind.cluster().load(bookinfo.parts().stream().map(Sample.Part::image).toList());
    try (DeployedSample deployed = left.workloads().deploy(bookinfo, "left-it")) {
      assertThat(deployed.workloads())
          .flatExtracting(PodWorkload::pods)
          .extracting(PodStatus::containerNames, PodStatus::ready)
          .containsOnly(
              tuple("details istio-proxy", true),
              tuple("ratings istio-proxy", true),
              tuple("reviews istio-proxy", true),
              tuple("productpage istio-proxy", true))
          .hasSize(6);
      HttpReply page =
          client.await(
              HttpCall.get("http://productpage:9080/productpage"),
              r -> r.status() == 200 && !r.body().contains("Error fetching"),
              SOON);
      assertThat(page.body()).contains("Reviews served by: reviews-v");
    }
    assertThat(left.cluster().client().services().inNamespace("left-it").list().getItems())
        .extracting(service -> service.getMetadata().getName())
        .doesNotContain("productpage", "reviews", "details", "ratings");
  }

  @Test
  void whatIsAmbientIsRefusedByName() {
    WorkloadSpec ambient =
        WorkloadSpec.client("ambient")
            .withNamespace("left-it")
            .withLabel("istio.io/dataplane-mode", "ambient");
    assertThatThrownBy(() -> left.workloads().deploy(ambient))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("the workload is in ambient mode");

    try (Applied waypoint =
            left.sleeper("waypoint", "gateway.istio.io/managed: istio.io-mesh-controller", "");
        Applied captured = left.sleeper("captured", "istio.io/dataplane-mode: ambient", "")) {
      left.awaitPod("waypoint");
      left.awaitPod("captured");
      assertThatThrownBy(() -> left.workloads().find("left-it", "waypoint"))
          .hasMessageContaining("finding deployment left-it/waypoint")
          .hasMessageContaining("it is a waypoint, of an ambient mesh");
      assertThatThrownBy(() -> left.workloads().find("left-it", "captured"))
          .hasMessageContaining("its pod is in ambient mode");
    }
  }

  private static void awaitReady(String deployment) {
    var client = right.cluster().client().apps().deployments().inNamespace("right-it");
    client.withName(deployment).waitUntilCondition(Objects::nonNull, 1, TimeUnit.MINUTES);
    client.withName(deployment).waitUntilReady(2, TimeUnit.MINUTES);
  }
}
