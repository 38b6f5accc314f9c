package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ReadLimits;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.HttpReply;
import dev.pilothouse.workload.NoReplyException;
import dev.pilothouse.workload.NoReplyException.Reason;
import dev.pilothouse.workload.PodProxy;
import dev.pilothouse.workload.PodStatus;
import dev.pilothouse.workload.PodWorkload;
import dev.pilothouse.workload.Proxies;
import dev.pilothouse.workload.WorkloadSpec;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Workloads in the pods of a real cluster, and their proxies. */
@SuppressWarnings("try") // what is only applied meanwhile is not referenced
class PodWorkloadsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final HttpCall GET = HttpCall.get("http://httpbin:8000/get");
  private static final EnvoyConfigInspector INSPECTOR = EnvoyConfigInspector.create();
  private static final String ECHO_ROUTE = "outbound|8000||httpbin.pods-it.svc.cluster.local";

  private static PodMesh mesh;
  private static PodWorkload httpbin;
  private static PodWorkload client;
  private static PodWorkload edge;

  @BeforeAll
  static void start() {
    mesh = PodMesh.start("pods-it");
    List<PodWorkload> all =
        mesh.deploy(
            WorkloadSpec.http("httpbin", 8000).withLabel("version", "v1"),
            WorkloadSpec.client("client"),
            WorkloadSpec.gateway("edge", 80));
    httpbin = all.get(0);
    client = all.get(1);
    edge = all.get(2);
    client.await(GET, reply -> reply.status() == 200, SOON);
  }

  @AfterAll
  static void stop() {
    if (mesh != null) {
      mesh.close();
    }
  }

  @Test
  void aRequestAndItsAnswerAreThoseOfTheLocalMesh() {
    HttpReply reply =
        client.send(
            HttpCall.get("http://httpbin:8000//a/../b;c?d=%20e")
                .withMethod("POST")
                .withHeader("x-one", "1")
                .withBody("größer \"als\""));

    JsonNode told = MeshFixture.told(reply);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("server")).contains("envoy");
    assertThat(reply.took()).isPositive();
    assertThat(told.path("workload").asText()).isEqualTo("httpbin");
    assertThat(told.at("/labels/version").asText()).isEqualTo("v1");
    assertThat(told.path("method").asText()).isEqualTo("POST");
    assertThat(told.path("query").asText()).isEqualTo("d=%20e");
    assertThat(told.path("body").asText()).isEqualTo("größer \"als\"");
    assertThat(told.at("/headers/x-one/0").asText()).isEqualTo("1");
    assertThat(told.at("/headers/x-forwarded-client-cert/0").asText())
        .contains("URI=spiffe://cluster.local/ns/pods-it/sa/client");
  }

  @Test
  void statusesAndWhatBringsNoAnswerAreToldApart() {
    assertThat(client.send(HttpCall.get("http://httpbin:8000/status/418")).status()).isEqualTo(418);
    assertThatThrownBy(
            () ->
                client.send(
                    HttpCall.get("http://httpbin:8000/delay/9")
                        .withDeadline(Duration.ofSeconds(1))))
        .isInstanceOfSatisfying(
            NoReplyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DEADLINE));
    assertThatThrownBy(() -> client.send(HttpCall.get("http://nobody-at-all:8000/")))
        .isInstanceOf(NoReplyException.class)
        .hasMessageContaining("Could not resolve host");
  }

  @Test
  void podsAreListedWithTheirSidecars() {
    List<PodStatus> pods = httpbin.pods();

    assertThat(pods)
        .extracting(PodStatus::containerNames, PodStatus::ready, PodStatus::restarts)
        .containsExactly(tuple("httpbin istio-proxy", true, 0));
    assertThat(PodStatus.table(mesh.workloads().pods("pods-it")))
        .contains("2/2", "Running", "httpbin istio-proxy");
  }

  @Test
  void aGatewayIsEnteredFromOutside() {
    try (Applied route =
        mesh.apply(
            """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: NAMESPACE}
            spec:
              selector: {istio: edge}
              servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: edge, namespace: NAMESPACE}
            spec:
              hosts: [shop.example]
              gateways: [edge]
              http: [{route: [{destination: {host: httpbin, port: {number: 8000}}}]}]
            """)) {
      HttpReply reply =
          edge.await(HttpCall.get("http://shop.example/x"), r -> r.status() == 200, SOON);

      assertThat(reply.header("server")).contains("istio-envoy");
      assertThat(MeshFixture.told(reply).path("workload").asText()).isEqualTo("httpbin");
      assertThat(edge.send(HttpCall.get("http://other.example/x")).status()).isEqualTo(404);
    }
  }

  @Test
  void aProxyIsReadInEachWay() {
    PodProxy proxy = client.proxy();

    assertThat(INSPECTOR.read(proxy.config()).cluster(ECHO_ROUTE)).isPresent();
    assertThat(INSPECTOR.read(proxy.byExec()).cluster(ECHO_ROUTE)).isPresent();
    assertThat(INSPECTOR.read(proxy.byIstiod(mesh.istiod())).cluster(ECHO_ROUTE)).isPresent();
    assertThat(proxy.id()).startsWith("client-").endsWith(".pods-it");
    assertThat(proxy.logTail(5)).isNotEmpty();
  }

  @Test
  void theProxiesOfANamespaceAreReadAtOnce() {
    try (Proxies proxies = Proxies.of(mesh.cluster())) {
      SortedMap<String, EnvoyConfig> all = proxies.read("pods-it", INSPECTOR);

      assertThat(all.keySet())
          .contains(client.proxy().id(), httpbin.proxy().id(), edge.proxy().id());
      assertThat(all.get(client.proxy().id()).cluster(ECHO_ROUTE)).isPresent();
      PodProxy behind = proxies.proxy(PodTarget.service("pods-it", "httpbin"));
      assertThat(behind.id()).isEqualTo(httpbin.proxy().id());
    }
  }

  @Test
  void podsThatGoWhileTheirProxiesAreReadAreLeftOut() {
    PodWorkload leaving = mesh.deploy(WorkloadSpec.client("leaving")).get(0);
    String gone = leaving.proxy().id();
    try (Proxies proxies = Proxies.of(mesh.cluster())) {
      List<String> listed = proxies.in("pods-it").stream().map(PodProxy::id).toList();

      SortedMap<String, EnvoyConfig> read =
          proxies.read("pods-it", new LateInspector(() -> delete(gone)));

      assertThat(listed).contains(gone);
      assertThat(read).doesNotContainKey(gone).containsKey(client.proxy().id());
      assertThat(proxies.proxy(PodTarget.pod("pods-it", "nobody")).id())
          .as("a pod that is named is not looked for")
          .isEqualTo("nobody.pods-it");
    } finally {
      leaving.close();
    }
  }

  @Test
  void proxiesAreReadAtOnceWhileADeploymentGoes() {
    PodWorkload leaving = mesh.deploy(WorkloadSpec.client("leaves")).get(0);
    leaving.close();
    try (Proxies proxies = Proxies.of(mesh.cluster())) {
      assertThat(proxies.read("pods-it", INSPECTOR)).containsKey(client.proxy().id());
    }
  }

  @Test
  void aProxyThatCannotBeReadIsNamedIfItsPodStays() {
    EnvoyConfigInspector broken = EnvoyConfigInspector.create(ReadLimits.DEFAULT.withMaxBytes(10));
    try (Proxies proxies = Proxies.of(mesh.cluster())) {
      assertThatThrownBy(() -> proxies.read("pods-it", broken))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("reading the proxies of namespace pods-it")
          .hasMessageContaining(".pods-it: ");
    }
  }

  /** Reads after something has happened, once. */
  private record LateInspector(Runnable first) implements EnvoyConfigInspector {
    @Override
    public synchronized EnvoyConfig read(ConfigSource source) {
      first.run();
      return INSPECTOR.read(source);
    }

    @Override
    public EnvoyConfig await(
        ConfigSource source, Predicate<EnvoyConfig> wanted, Duration deadline) {
      return INSPECTOR.await(source, wanted, deadline);
    }
  }

  private static void delete(String proxyId) {
    mesh.cluster()
        .client()
        .pods()
        .inNamespace("pods-it")
        .withName(proxyId.substring(0, proxyId.indexOf('.')))
        .withGracePeriod(0)
        .delete();
  }

  @Test
  void podsAreInjectedAnew() {
    try (PodWorkload own = mesh.deploy(WorkloadSpec.client("again")).get(0)) {
      String before = own.proxy().id();

      own.reinject(SOON.multipliedBy(2));

      assertThat(own.proxy().id()).isNotEqualTo(before);
      assertThat(own.pods()).hasSize(1).allMatch(PodStatus::ready);
      assertThat(own.send(GET).status()).isEqualTo(200);
      assertThat(INSPECTOR.read(own.proxy().config()).cluster(ECHO_ROUTE)).isPresent();
    }
    assertThat(mesh.deployments()).doesNotContain("again");
  }

  @Test
  void whatOthersDeployedIsFoundAndLeftAlone() {
    try (Applied theirs = mesh.sleeper("sleep", "", "")) {
      try (PodWorkload sleep = awaitFound("sleep")) {
        assertThat(sleep.await(GET, reply -> reply.status() == 200, SOON).status()).isEqualTo(200);
      }
      assertThat(mesh.deployments()).contains("sleep");
      assertThatThrownBy(() -> mesh.deploy(WorkloadSpec.client("sleep")))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("already, not ours");
    }
  }

  private static PodWorkload awaitFound(String name) {
    mesh.cluster()
        .client()
        .apps()
        .deployments()
        .inNamespace("pods-it")
        .withName(name)
        .waitUntilReady(2, TimeUnit.MINUTES);
    return mesh.workloads().find("pods-it", name);
  }
}
