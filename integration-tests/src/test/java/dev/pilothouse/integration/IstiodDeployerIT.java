package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.istiod.Replacement;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real istiod beside a real API server, with real Envoys. */
@SuppressWarnings("try") // Some resources are there to be there.
class IstiodDeployerIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: app, namespace: default}
      spec:
        selector: {app: app}
        ports: [{name: http, port: 8000}]
      """;

  private static OwnedCluster cluster;
  private static IstiodBinary binary;
  private static Path envoy;

  @TempDir Path folder;

  @BeforeAll
  static void openCluster() {
    Toolbox toolbox = Toolbox.create();
    Map<Tool, ToolBinary> tools = toolbox.require(Set.of(Tool.PILOT_DISCOVERY, Tool.ENVOY));
    binary = IstiodBinary.at(tools.get(Tool.PILOT_DISCOVERY).path());
    envoy = tools.get(Tool.ENVOY).path();
    cluster = ClusterManager.local(toolbox).open(LocalClusterSpec.named("istiod-it"));
  }

  @AfterAll
  static void closeCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void isReadyOnLoopbackAndSaysTheBinarysVersion() throws IOException, InterruptedException {
    Path log;
    try (Istiod istiod = deploy(IstiodSpec.defaults())) {
      assertThat(get(istiod, "/version"))
          .isEqualTo(
              binary.version().version()
                  + "-"
                  + binary.version().revision()
                  + "-"
                  + binary.version().status());
      assertThat(istiod.binary()).isEqualTo(binary);
      assertThat(istiod.proxies()).isEmpty();
      log = istiod.log();
      assertThat(log).exists();
      assertThat(String.join("\n", istiod.logTail(1000)))
          .contains("starting gRPC discovery service at 127.0.0.1:" + istiod.xdsPort())
          .contains(
              "starting secure gRPC discovery service at 127.0.0.1:" + istiod.secureXdsPort());
      assertThat(ListeningSockets.addressesOf(log.getParent()))
          .hasSize(5)
          .containsOnly(ListeningSockets.LOOPBACK);
    }
    assertThat(log.getParent()).doesNotExist();
  }

  @Test
  void theApiServerRefusesBadResourcesFromTheFirstMoment() {
    try (Istiod istiod = deploy(IstiodSpec.defaults())) {
      assertThatThrownBy(() -> cluster.apply(virtualService("bad", "", 99999)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("port number 99999 must be in the range 1..65535");
      istiod.restart(SOON);
      assertThatThrownBy(() -> cluster.apply(virtualService("bad", "", 99999)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("port number 99999 must be in the range 1..65535");
    }
    assertThat(registrations()).isEmpty();
    cluster.apply(virtualService("bad", "", 99999)).close();
  }

  @Test
  void withoutValidationNothingIsRegistered() {
    try (Istiod istiod = deploy(IstiodSpec.defaults().withValidation(false))) {
      assertThat(istiod.spec().validation()).isFalse();
      assertThat(registrations()).isEmpty();
      cluster.apply(virtualService("bad", "", 99999)).close();
    }
  }

  @Test
  void settingsReachIstiod() throws IOException, InterruptedException {
    IstiodSpec spec =
        IstiodSpec.defaults()
            .withMeshConfig(
                "{outboundTrafficPolicy: {mode: REGISTRY_ONLY}, defaultConfig: {concurrency: 3}}")
            .withEnvironment("PILOT_TRACE_SAMPLING", "12.5")
            .withArguments("--domain=example.org")
            .withLogLevel("ads", "debug");
    try (Istiod istiod = deploy(spec)) {
      assertThat(get(istiod, "/debug/mesh"))
          .contains("\"enableAutoMtls\":false")
          .contains("\"concurrency\":3")
          .contains("\"outboundTrafficPolicy\":{}");
      assertThat(Files.readString(istiod.log())).contains("FLAG: --domain=\"example.org\"");
      Poll.require(
          "istiod logs what it does not by default",
          SOON,
          () ->
              Optional.of(Files.readString(istiod.log()))
                  .filter(log -> log.contains("\tdebug\tads\t")));
    }
  }

  @Test
  void anotherBinaryTakesItsPlace() throws IOException {
    Path copy = Files.copy(binary.path(), folder.resolve("pilot-discovery"));
    IstiodBinary other = new IstiodBinary(copy, binary.version(), binary.flavor());
    try (Istiod istiod = deploy(IstiodSpec.defaults())) {
      int port = istiod.xdsPort();
      try (TestEnvoy client = TestEnvoy.start(envoy, istiod, "router", "gateway.default")) {
        istiod.await("gateway.default", ProxySync::inSync, SOON);
        Replacement replacement = istiod.replaceWith(other, SOON);
        assertThat(replacement.steps())
            .extracting(Replacement.Step::name)
            .containsExactly("stop", "start");
        assertThat(replacement.took()).isPositive();
        assertThat(istiod.binary()).isEqualTo(other);
        assertThat(istiod.xdsPort()).isEqualTo(port);
        istiod.await("gateway.default", ProxySync::inSync, SOON);
      }
    }
  }

  @Test
  void theOldBinaryComesBackWhenTheNewOneFails() throws IOException {
    IstiodBinary broken =
        new IstiodBinary(
            Files.copy(Path.of("/bin/false"), folder.resolve("broken")),
            binary.version(),
            binary.flavor());
    try (Istiod istiod = deploy(IstiodSpec.defaults())) {
      assertThatThrownBy(() -> istiod.replaceWith(broken, SOON))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("replacing istiod")
          .hasMessageContaining("the old one runs again")
          .hasMessageContaining("Exit code 1");
      assertThat(istiod.binary()).isEqualTo(binary);
      assertThat(istiod.proxies()).isEmpty();
    }
  }

  @Test
  void whatSaysAnotherVersionIsRefused() {
    IstiodBinary mistaken =
        new IstiodBinary(
            binary.path(),
            new IstiodBinary.BuildVersion("1.0", "abc", "Clean", "x"),
            binary.flavor());
    try (Istiod istiod = deploy(IstiodSpec.defaults())) {
      assertThatThrownBy(() -> istiod.replaceWith(mistaken, SOON))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("1.0-abc-Clean, tag x")
          .hasMessageContaining("the old one runs again");
    }
  }

  @Test
  void severalRunBesideOneCluster() {
    try (Istiod stable = deploy(IstiodSpec.defaults());
        Istiod canary = deploy(IstiodSpec.defaults().withName("canary").withRevision("canary"))) {
      assertThat(canary.xdsPort()).isNotEqualTo(stable.xdsPort());
      assertThat(registrations()).hasSize(2);
      assertThatThrownBy(() -> cluster.apply(virtualService("bad", "canary", 99999)))
          .hasMessageContaining("revision.canary.pilothouse.dev");
      stable.close();
      assertThat(registrations()).hasSize(1);
      assertThatThrownBy(() -> cluster.apply(virtualService("bad", "canary", 99999)))
          .hasMessageContaining("revision.canary.pilothouse.dev");
      try (TestEnvoy gateway = TestEnvoy.start(envoy, canary, "router", "gateway.default")) {
        canary.await("gateway.default", ProxySync::inSync, SOON);
      }
    }
    assertThat(registrations()).isEmpty();
  }

  @Test
  void meshesOfOneMachineDoNotMeet() {
    try (OwnedCluster other =
            ClusterManager.local(Toolbox.create()).open(LocalClusterSpec.named("istiod-it"));
        Istiod here = deploy(IstiodSpec.defaults());
        Istiod there = IstiodDeployer.beside(other).deploy(binary, IstiodSpec.defaults());
        TestEnvoy client = TestEnvoy.start(envoy, there, "router", "gateway.default")) {
      there.await("gateway.default", ProxySync::inSync, SOON);
      assertThat(here.proxies()).isEmpty();
      here.close();
      assertThat(there.proxies()).hasSize(1);
      assertThatThrownBy(() -> other.apply(virtualService("bad", "", 99999)))
          .hasMessageContaining("99999");
    }
  }

  @Test
  void twoOfOneNameAreRefused() {
    try (Istiod istiod = deploy(IstiodSpec.defaults())) {
      assertThatThrownBy(() -> deploy(IstiodSpec.defaults()))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("an istiod of that name runs beside this cluster already")
          .hasMessageContaining("IstiodSpec.withName");
      assertThat(istiod.proxies()).isEmpty();
      assertThat(registrations()).hasSize(1);
    }
  }

  @Test
  void anIstiodInTheClusterIsRespected() {
    Manifests inCluster =
        Manifests.yaml(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: istiod
              namespace: istio-system
              labels: {app: istiod, istio.io/rev: default}
            spec:
              selector: {matchLabels: {app: istiod}}
              template:
                metadata: {labels: {app: istiod}}
                spec: {containers: [{name: discovery, image: pilot}]}
            """);
    try (Applied applied = cluster.apply(inCluster)) {
      assertThat(applied.resources()).hasSize(1);
      assertThatThrownBy(() -> deploy(IstiodSpec.defaults()))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("an istiod of revision default runs in the cluster")
          .hasMessageContaining("withRevision");
      try (Istiod istiod = deploy(IstiodSpec.defaults().withRevision("mine"))) {
        assertThatThrownBy(() -> cluster.apply(virtualService("bad", "mine", 99999)))
            .hasMessageContaining("99999");
        // Resources without a revision are the other one's to judge.
        cluster.apply(virtualService("bad", "", 99999)).close();
        assertThat(istiod.proxies()).isEmpty();
      }
    }
  }

  @Test
  void proxiesAreToldByTheirWholeName() {
    try (Applied service = cluster.apply(Manifests.yaml(SERVICE));
        Istiod istiod = deploy(IstiodSpec.defaults());
        TestEnvoy first = TestEnvoy.start(envoy, istiod, "router", "web-app-1.default")) {
      istiod.await("web-app-1.default", ProxySync::inSync, SOON);
      assertThatThrownBy(
              () -> istiod.await("app-1.default", ProxySync::inSync, Duration.ofMillis(200)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("waiting for proxy app-1.default at istiod istiod")
          .hasMessageContaining("It is not connected. Connected: [web-app-1.default]")
          .hasMessageContaining("Evidence: " + istiod.log());
      try (TestEnvoy second = TestEnvoy.start(envoy, istiod, "router", "app-1.default")) {
        ProxySync sync = istiod.await("app-1.default", ProxySync::inSync, SOON);
        assertThat(sync.proxyId()).isEqualTo("app-1.default");
        assertThat(sync.proxyType()).isEqualTo("router");
        assertThat(sync.types().keySet()).contains(ProxySync.CLUSTERS, ProxySync.LISTENERS);
        assertThat(istiod.proxies())
            .extracting(ProxySync::proxyId)
            .containsExactlyInAnyOrder("app-1.default", "web-app-1.default");
      }
    }
  }

  @Test
  void rejectionsAreToldInEnvoysWords() {
    IstiodSpec spec = IstiodSpec.defaults().withProfile(MeshProfile.ISTIO_DEFAULTS);
    try (Applied service = cluster.apply(Manifests.yaml(SERVICE));
        Istiod istiod = deploy(spec);
        TestEnvoy proxy = TestEnvoy.start(envoy, istiod, "router", "app-1.default")) {
      ProxySync sync = istiod.await("app-1.default", now -> now.inSync() || now.rejected(), SOON);
      assertThat(sync.rejected()).isTrue();
      assertThatThrownBy(
              () -> istiod.await("app-1.default", ProxySync::inSync, Duration.ofMillis(50)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("Cluster                REJECTED: Error adding/updating cluster")
          .hasMessageContaining(
              "Didn't find a registered implementation for 'istio.metadata_exchange'");
    }
  }

  @Test
  void whatADeadIstiodLeftIsTakenAway() {
    Istiod dead = deploy(IstiodSpec.defaults().withName("dead"));
    try {
      Processes.kill(Processes.below(dead.log().getParent()));
      assertThat(registrations()).containsExactly("pilothouse-dead");
      try (Istiod istiod = deploy(IstiodSpec.defaults().withName("alive"))) {
        assertThat(registrations()).containsExactly("pilothouse-alive");
        assertThat(istiod.proxies()).isEmpty();
      }
    } finally {
      dead.close();
    }
  }

  private static Istiod deploy(IstiodSpec spec) {
    return IstiodDeployer.beside(cluster).deploy(binary, spec);
  }

  private static List<String> registrations() {
    return cluster
        .client()
        .admissionRegistration()
        .v1()
        .validatingWebhookConfigurations()
        .list()
        .getItems()
        .stream()
        .map(registration -> registration.getMetadata().getName())
        .sorted()
        .toList();
  }

  private static Manifests virtualService(String name, String revision, int port) {
    return Manifests.yaml(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %s, namespace: default, labels: {%s}}
        spec:
          hosts: [app]
          http: [{route: [{destination: {host: app, port: {number: %d}}}]}]
        """
            .formatted(name, revision.isEmpty() ? "" : "istio.io/rev: " + revision, port));
  }

  private static String get(Istiod istiod, String path) throws IOException, InterruptedException {
    URI address = istiod.monitoring().resolve(path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
