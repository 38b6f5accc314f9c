package dev.pilothouse.integration;

import static dev.pilothouse.integration.MeshFixture.told;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.AdminReply;
import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ReadLimits;
import dev.pilothouse.envoy.admin.EnvoyAdmin;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.HttpReply;
import dev.pilothouse.workload.LocalWorkload;
import dev.pilothouse.workload.NoReplyException;
import dev.pilothouse.workload.NoReplyException.Reason;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.WorkloadSpec.Port;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests between two workloads, both with sidecars. */
class WorkloadsIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String HTTPBIN = "outbound|8000||httpbin.default.svc.cluster.local";
  private static final HttpCall GET = HttpCall.get("http://httpbin:8000/get");

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults())
          .withWorkloads(
              WorkloadSpec.client("client"),
              WorkloadSpec.http("httpbin-v1", 8000)
                  .withService("httpbin")
                  .withLabel("version", "v1")
                  .withPort(Port.tcp(9000)),
              WorkloadSpec.http("httpbin-v2", 8000)
                  .withService("httpbin")
                  .withLabel("version", "v2")
                  .withPort(Port.tcp(9000)));

  private final LocalWorkload client = MESH.workload("client");

  /** What the test before has applied may still be on its way out. */
  @BeforeEach
  void awaitNothingApplied() {
    EnvoyConfigInspector.create()
        .await(
            client.proxy().config(),
            config -> {
              String all = config.raw().toString();
              return config.listener("127.0.0.1_8000").isPresent()
                  && config.hosts(HTTPBIN).size() == 2
                  && !all.contains("/virtual-service/")
                  && !all.contains("/destination-rule/");
            },
            SOON);
  }

  @Test
  void istiodTellsWhatItHasForOneProxy() {
    URI debug = MESH.istiod().monitoring();
    EnvoyConfigInspector inspector = EnvoyConfigInspector.create();

    EnvoyConfig config = inspector.read(ConfigSource.istiod(debug, "client.default"));

    assertThat(config.route("8000")).isPresent();
    assertThat(config.cluster(HTTPBIN)).isPresent();
    assertThat(config.hosts(HTTPBIN)).hasSize(2);
    // istiod itself would take the next best that contains the name.
    assertThatThrownBy(() -> inspector.read(ConfigSource.istiod(debug, "v1.default")))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("no such proxy is connected; connected are ")
        .hasMessageContaining("httpbin-v1.default");
  }

  @Test
  void istiodTellsOneTypeAlone() {
    String query = "/debug/config_dump?proxyID=client.default&types=";
    String type = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    AdminReply reply =
        AdminEndpoint.at(MESH.istiod().monitoring()).get(query + type, ReadLimits.DEFAULT).ok();

    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.text(reply.text()));

    assertThat(config.clusters())
        .hasSameSizeAs(config.resources())
        .extracting(ClusterResource::name)
        .contains(HTTPBIN);
  }

  @Test
  void aRequestArrivesAsItWasSent() {
    HttpCall call =
        HttpCall.get("http://httpbin:8000/anything/a%2Fb?x=1&x=2")
            .withMethod("PUT")
            .withHeader("x-test", "yes")
            .withBody("größer");

    JsonNode told = told(client.await(call, reply -> reply.status() == 200, SOON));

    assertThat(told.path("method").asText()).isEqualTo("PUT");
    assertThat(told.path("path").asText()).isEqualTo("/anything/a%2Fb");
    assertThat(told.path("query").asText()).isEqualTo("x=1&x=2");
    assertThat(told.path("body").asText()).isEqualTo("größer");
    assertThat(told.at("/headers/x-test/0").asText()).isEqualTo("yes");
    assertThat(told.at("/headers/host/0").asText()).isEqualTo("httpbin:8000");
  }

  @Test
  void aRequestTravelsThroughBothEnvoys() {
    String v1 = "httpbin-v1";
    client.await(GET, r -> r.status() == 200 && told(r).path("workload").asText().equals(v1), SOON);

    assertThat(requests(client, "^cluster\\.outbound\\|8000\\|\\|httpbin.*upstream_rq_2xx"))
        .isPositive();
    assertThat(requests(MESH.workload(v1), "^http\\.inbound.*downstream_rq_2xx")).isPositive();
  }

  @Test
  void bytesAreCarriedBothWays() throws IOException {
    client.await(GET, reply -> reply.status() == 200, SOON);
    try (Socket socket = new Socket()) {
      socket.connect(client.outbound(9000));
      socket.getOutputStream().write("hello".getBytes(UTF_8));
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("hello");
    }
  }

  @Test
  void aVirtualServiceRewritesAHeader() {
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin}
        spec:
          hosts: [httpbin]
          http:
          - headers:
              request: {set: {x-from: virtual-service}}
              response: {add: {x-route: rewritten}}
            match: [{uri: {prefix: /get}}]
            rewrite: {uri: /rewritten}
            route: [{destination: {host: httpbin}}]
        """);

    HttpReply reply = client.await(GET, r -> r.header("X-Route").isPresent(), SOON);

    assertThat(reply.header("x-route")).contains("rewritten");
    assertThat(told(reply).path("path").asText()).isEqualTo("/rewritten");
    assertThat(told(reply).at("/headers/x-from/0").asText()).isEqualTo("virtual-service");
  }

  @Test
  void subsetsAndWeightsDivideRequests() {
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: httpbin}
        spec:
          host: httpbin
          subsets:
          - {name: v1, labels: {version: v1}}
          - {name: v2, labels: {version: v2}}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin}
        spec:
          hosts: [httpbin]
          http:
          - match: [{headers: {end-user: {exact: jason}}}]
            headers: {response: {set: {x-rule: jason}}}
            route: [{destination: {host: httpbin, subset: v2}}]
          - headers: {response: {set: {x-rule: weights}}}
            route:
            - {destination: {host: httpbin, subset: v1}, weight: 50}
            - {destination: {host: httpbin, subset: v2}, weight: 50}
        """);
    HttpCall jason = GET.withHeader("end-user", "jason");
    client.await(
        jason, r -> r.status() == 200 && r.header("x-rule").equals(Optional.of("jason")), SOON);
    for (int i = 0; i < 20; i++) {
      assertThat(told(client.send(jason)).at("/labels/version").asText()).isEqualTo("v2");
    }

    Set<String> seen = new HashSet<>();
    client.await(
        GET,
        r ->
            r.status() == 200
                && seen.add(told(r).at("/labels/version").asText())
                && seen.size() == 2,
        SOON);
    assertThat(seen).containsExactlyInAnyOrder("v1", "v2");
  }

  @Test
  void redirectsAreNotFollowed() {
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin}
        spec:
          hosts: [httpbin]
          http:
          - redirect: {uri: /elsewhere, redirectCode: 302}
        """);

    HttpReply reply = client.await(GET, r -> r.status() == 302, SOON);

    assertThat(reply.header("location")).contains("http://httpbin:8000/elsewhere");
  }

  @Test
  void theDeadlineHoldsForTheWholeAnswer() {
    client.await(GET, reply -> reply.status() == 200, SOON);
    HttpCall slow =
        HttpCall.get("http://httpbin:8000/delay/30").withDeadline(Duration.ofMillis(300));

    assertThatThrownBy(() -> client.send(slow))
        .isInstanceOfSatisfying(
            NoReplyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DEADLINE))
        .hasMessageContaining("GET http://httpbin:8000/delay/30 from client.default")
        .hasMessageContaining("no complete answer within 300 ms");
  }

  @Test
  void anUnknownPortIsRefusedAndTheMessageSaysWhatToDo() {
    assertThatThrownBy(() -> client.send(HttpCall.get("http://httpbin:4711/")))
        .isInstanceOfSatisfying(
            NoReplyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
        .hasMessageContaining("nobody listens on that port")
        .hasMessageContaining("see that a Service has this port");
  }

  @Test
  void anApplicationOfTheCallersAnswers() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().put("Set-Cookie", List.of("a=1", "b=2"));
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    try {
      int port = server.getAddress().getPort();
      MESH.deploy(WorkloadSpec.client("mine").withPort(Port.http(8100).withApplication(port)));

      HttpReply reply =
          client.await(
              HttpCall.get("http://mine:8100/"), r -> r.headers().containsKey("set-cookie"), SOON);

      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.headers().get("set-cookie")).containsExactly("a=1", "b=2");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aSidecarOfTheNamespaceHoldsForAClient() {
    client.await(GET, reply -> reply.status() == 200, SOON);
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: Sidecar
        metadata: {name: default}
        spec:
          egress: [{hosts: ["istio-system/*"]}]
        """);

    EnvoyConfigInspector.create()
        .await(client.proxy().config(), c -> c.listener("127.0.0.1_8000").isEmpty(), SOON);
  }

  @Test
  void theConfigurationTellsTheListenersAndTheProfile() {
    EnvoyConfig config = EnvoyConfigInspector.create().read(client.proxy().config());

    assertThat(config.labels()).containsEntry("profile", "UPSTREAM_ENVOY");
    assertThat(config.listener("127.0.0.1_8000").orElseThrow().address().toString())
        .contains(client.outbound(8000).getAddress().getHostAddress());
  }

  @Test
  void theEnvoysComeBackAfterARestartOfIstiod() {
    MESH.istiod().restart(Duration.ofSeconds(30));
    MESH.istiod().await(client.proxy().id(), sync -> sync.inSync(), SOON);
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin}
        spec:
          hosts: [httpbin]
          http:
          - directResponse: {status: 418}
        """);

    assertThat(client.await(GET, r -> r.status() == 418, SOON).status()).isEqualTo(418);
  }

  @Test
  void aClosedWorkloadLeavesNothing() {
    LocalWorkload gone = MESH.deploy(WorkloadSpec.http("gone", 8200));
    InetSocketAddress inbound = gone.inbound(8200);
    client.await(HttpCall.get("http://gone:8200/"), r -> r.status() == 200, SOON);

    gone.close();
    gone.close();

    assertThatThrownBy(() -> new Socket(inbound.getAddress(), inbound.getPort()).close())
        .isInstanceOf(IOException.class);
    for (String path :
        List.of(
            "/api/v1/namespaces/default/services",
            "/api/v1/namespaces/default/serviceaccounts",
            "/apis/networking.istio.io/v1/workloadentries",
            "/apis/networking.istio.io/v1/sidecars",
            "/apis/networking.istio.io/v1alpha3/envoyfilters",
            "/apis/security.istio.io/v1/peerauthentications",
            "/apis/telemetry.istio.io/v1/telemetries")) {
      assertThat(MESH.cluster().client().raw(path)).as(path).doesNotContain("gone");
    }
    assertThatThrownBy(() -> gone.send(GET)).hasMessageContaining("the workload is closed");
  }

  private static long requests(LocalWorkload workload, String statistic) {
    return EnvoyAdmin.at(workload.proxy().admin()).stats(statistic).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
