package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.pilothouse.console.IstiodBuild;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.console.IstiodConsole.Profile;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.console.LogScope;
import dev.pilothouse.console.LogScopeChange;
import dev.pilothouse.console.LogStream;
import dev.pilothouse.console.Metrics;
import dev.pilothouse.console.ProxyStatus;
import dev.pilothouse.console.XdsEvent;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.envoy.xds.XdsNode;
import dev.pilothouse.envoy.xds.XdsServer;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.istiod.ProxySync.TypeSync;
import dev.pilothouse.workload.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One console over two istiods of one cluster, each with proxies of its own. */
class IstiodConsoleIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults())
          .withWorkloads(WorkloadSpec.client("client"), WorkloadSpec.http("httpbin", 8000));

  private static Istiod second;
  private static XdsClient other;
  private static IstiodConsole console;

  @TempDir Path directory;

  @BeforeAll
  static void startSecond() {
    second =
        IstiodDeployer.beside(MESH.cluster())
            .deploy(
                MeshFixture.istiodBinary(MESH.toolbox()),
                IstiodSpec.defaults().withName("istiod-2").withValidation(false));
    XdsServer server = XdsServer.plaintext("127.0.0.1", second.xdsPort());
    // istiod takes client.default for a part of this one's name.
    other = XdsClient.connect(server, XdsNode.sidecar("web-client", "default", "10.9.8.7"));
    other.awaitAnswered(SOON);
    console = IstiodConsole.of(MESH.istiod(), second);
  }

  @AfterAll
  static void endSecond() {
    if (other != null) {
      other.close();
    }
    if (second != null) {
      second.close();
    }
  }

  @Test
  void proxiesOfAllReplicasAreListed() {
    // What another test has applied may still be on its way out.
    List<ProxyStatus> all =
        Poll.require(
            "all proxies are in sync",
            SOON,
            () ->
                Optional.of(console.proxyStatus())
                    .filter(each -> each.stream().allMatch(status -> status.sync().inSync())));

    assertThat(console.replicas()).containsExactly("istiod", "istiod-2");
    assertThat(all)
        .extracting(ProxyStatus::proxyId, ProxyStatus::replica)
        .contains(
            tuple("client.default", "istiod"),
            tuple("httpbin.default", "istiod"),
            tuple("web-client.default", "istiod-2"));
    ProxyStatus client =
        all.stream().filter(s -> s.proxyId().equals("client.default")).findFirst().orElseThrow();
    TypeSync routes = client.type("RDS").orElseThrow();
    assertThat(routes.acked()).isNotEmpty().isEqualTo(routes.sent());
    assertThat(client.age("RDS").orElseThrow()).isPositive();
    assertThat(console.proxyStatus("client.default").replica()).isEqualTo("istiod");
    assertThat(client.sync().clusterId()).isEqualTo("Kubernetes");
    assertThat(ProxyStatus.table(all))
        .containsPattern("client\\.default +Kubernetes +istiod +CDS +acknowledged +….{6} +….{6} ")
        .containsPattern("web-client\\.default +Kubernetes +istiod-2 +CDS +acknowledged");
    assertThat(console.only("istiod-2").proxyStatus())
        .extracting(ProxyStatus::proxyId)
        .containsExactly("web-client.default");
  }

  @Test
  void aProxyThatIsNotConnectedIsNamedWithThoseThatComeNear() {
    assertThatThrownBy(() -> console.proxyStatus("clinet.default"))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("did you mean client.default");
    assertThatThrownBy(() -> console.debug().sidecarScope("lient.default"))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("it is not connected");
    assertThatThrownBy(() -> console.only("istiod-3").proxyStatus())
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("running are [istiod, istiod-2]");
  }

  @Test
  void aRejectedPushIsToldEverywhere() {
    try (LogStream log = console.followLog(line -> true)) {
      MESH.apply(badFilter());
      XdsEvent.Rejection nack =
          log.await(XdsEvent.Rejection.class, n -> n.proxyId().equals("httpbin.default"), SOON);
      assertThat(nack.type()).isEqualTo("LDS");
      assertThat(nack.reason()).contains("no.such.filter");
    }
    MESH.istiod().await("httpbin.default", ProxySync::rejected, SOON);
    ProxyStatus status = console.proxyStatus("httpbin.default");
    assertThat(status.type("LDS").orElseThrow().lastError()).contains("no.such.filter");
    assertThat(status.type("LDS").orElseThrow().acknowledged()).isFalse();
    assertThat(ProxyStatus.table(List.of(status)))
        .containsPattern("LDS +REJECTED")
        .contains("no.such.filter");
    assertThat(console.metrics().value("pilot_total_xds_rejects").orElse(0)).isPositive();
    assertThat(
            console.log(
                line -> line.event().filter(XdsEvent.Rejection.class::isInstance).isPresent()))
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(entry.replica()).isEqualTo("istiod"));
  }

  @Test
  void debugEndpointsAreTyped() {
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: debugged, namespace: default}
        spec:
          hosts: [httpbin]
          exportTo: ["."]
          http: [{route: [{destination: {host: httpbin}}]}]
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: nobody, namespace: default}
        spec: {selector: {matchLabels: {app: nobody}}}
        """);
    IstiodDebug debug = console.debug();
    Poll.require(
        "istiod knows the resources",
        SOON,
        () ->
            debug.authorization().stream().anyMatch(p -> p.name().equals("nobody"))
                    && debug.config().stream()
                        .anyMatch(c -> c.toString().equals("VirtualService default/debugged"))
                ? Optional.of(true)
                : Optional.empty());

    assertThat(debug.config())
        .extracting(IstiodDebug.Config::toString)
        .contains("VirtualService default/debugged", "AuthorizationPolicy default/nobody");
    IstiodDebug.Service httpbin =
        debug.services().stream()
            .filter(s -> s.hostname().equals("httpbin.default.svc.cluster.local"))
            .findFirst()
            .orElseThrow();
    assertThat(httpbin.registry()).isEqualTo("Kubernetes");
    assertThat(httpbin.namespace()).isEqualTo("default");
    assertThat(httpbin.name()).isEqualTo("httpbin");
    assertThat(httpbin.resolution()).isEqualTo("ClientSide");
    assertThat(httpbin.address()).matches("10\\..*");
    assertThat(httpbin.ports())
        .extracting(IstiodDebug.Port::number, IstiodDebug.Port::protocol)
        .containsExactly(tuple(8000, "HTTP"));
    assertThat(debug.endpoints())
        .filteredOn(e -> e.hostname().equals(httpbin.hostname()))
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.health()).isEqualTo("Unknown"); // of a WorkloadEntry
              assertThat(e.namespace()).isEqualTo("default");
              assertThat(e.addresses()).hasSize(1);
              assertThat(e.port()).isPositive();
              assertThat(e.labels()).contains(entry("app", "httpbin"));
              assertThat(e.portName()).isNotEmpty();
              assertThat(e.shard()).contains("Kubernetes");
            });
    assertThat(debug.connections())
        .anySatisfy(
            c -> {
              assertThat(c.proxyId()).isEqualTo("web-client.default");
              assertThat(c.replica()).isEqualTo("istiod-2");
              assertThat(c.connectedAt()).isNotNull();
              assertThat(c.watches()).containsKey(ProxySync.ROUTES);
              assertThat(c.watches().get(ProxySync.ROUTES)).contains("8000");
              assertThat(c.peer()).contains("127.0.0.1");
            });
    assertThat(debug.instances().get("httpbin.default"))
        .extracting(IstiodDebug.Instance::hostname, IstiodDebug.Instance::port)
        .contains(tuple(httpbin.hostname(), 8000));
    assertThat(debug.instances()).containsKey("web-client.default");
    assertThat(debug.mesh().path("rootNamespace").asText()).isEqualTo("istio-system");
    assertThat(debug.pushStatus()).isNotNull();
    Poll.require( // istiod empties it before each push
        "istiod has resources in its cache",
        SOON,
        () -> Optional.of(debug.cache()).filter(cache -> !cache.isEmpty()));
    assertThat(debug.inject()).isNotNull();
    assertThat(debug.json("list").toString()).contains("syncz");
  }

  @Test
  void aProxyIsNotTakenForOneWhoseNameContainsIt() {
    IstiodDebug debug = console.debug();
    // istiod-2 has web-client.default only, and would answer for client.default.
    assertThatThrownBy(() -> console.only("istiod-2").debug().sidecarScope("client.default"))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("it is not connected")
        .hasMessageContaining("web-client.default");
    assertThat(debug.sidecarScope("client.default").path("services").findValuesAsText("hostname"))
        .contains("httpbin.default.svc.cluster.local");
    EnvoyConfigInspector inspector = EnvoyConfigInspector.create();
    assertThat(inspector.read(debug.proxyConfig("web-client.default")).route("8000")).isPresent();
    assertThat(debug.proxy("edsz", "client.default").toString()).contains("httpbin");
  }

  @Test
  void aPushIsTriggeredAndCounted() {
    Metrics before = console.metrics();
    try (LogStream log = console.followLog(line -> line.matches("(?i)push|xds"))) {
      assertThat(console.push()).isEqualTo(3);
      XdsEvent.Push push =
          log.await(
              XdsEvent.Push.class,
              p -> p.proxyId().equals("client.default") && p.type().equals("CDS"),
              SOON);
      assertThat(push.kind()).isEqualTo(XdsEvent.Push.Kind.PUSH);
      assertThat(push.resources()).isPositive();
    }
    PushCounters.awaitEach(console, before, List.of("istiod", "istiod-2"), SOON);
  }

  @Test
  void buildsTellVersionAndFlags() {
    List<IstiodBuild> builds = console.builds();
    assertThat(builds).extracting(IstiodBuild::replica).containsExactly("istiod", "istiod-2");
    IstiodBuild build = builds.get(0);
    assertThat(build.tag()).isEqualTo(MESH.istiod().binary().version().tag());
    assertThat(build.goVersion()).startsWith("go1.");
    assertThat(build.flags().get(0)).endsWith("pilot-discovery");
    assertThat(build.flags()).contains("discovery").anyMatch(f -> f.startsWith("--grpcAddr="));
  }

  @Test
  void logLevelsAreSetForAWhileOnAllReplicas() {
    assertThat(levels("ads")).isEqualTo(Map.of("istiod", "info", "istiod-2", "info"));
    try (LogScopeChange outer = console.setLogLevels(Map.of("ads", "debug", "delta", "warn"))) {
      assertThat(outer.before()).hasSize(4);
      assertThat(levels("ads")).isEqualTo(Map.of("istiod", "debug", "istiod-2", "debug"));
      try (LogScopeChange inner = console.only("istiod").setLogLevels(Map.of("all", "error"))) {
        assertThat(inner.before()).hasSizeGreaterThan(20);
        assertThat(levels("ads")).isEqualTo(Map.of("istiod", "error", "istiod-2", "debug"));
      }
      assertThat(levels("ads")).isEqualTo(Map.of("istiod", "debug", "istiod-2", "debug"));
      assertThat(levels("delta")).isEqualTo(Map.of("istiod", "warn", "istiod-2", "warn"));
    }
    assertThat(levels("ads")).isEqualTo(Map.of("istiod", "info", "istiod-2", "info"));
    assertThat(levels("delta")).isEqualTo(Map.of("istiod", "info", "istiod-2", "info"));
  }

  @Test
  void aBogusLevelOrScopeIsRefusedAndNothingChanges() {
    assertThatThrownBy(() -> console.setLogLevels(Map.of("ads", "debgu", "delta", "debug")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"debgu\" is no level for log scope ads (did you mean debug?)");
    assertThatThrownBy(() -> console.setLogLevels(Map.of("ads", "debug", "detla", "debug")))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("there is no log scope \"detla\"")
        .hasMessageContaining("delta");
    assertThat(levels("ads")).isEqualTo(Map.of("istiod", "info", "istiod-2", "info"));
  }

  @Test
  void aLogThatStaysQuietSaysWhatWasSeen() {
    try (LogStream log = console.followLog(line -> line.scope().equals("no-such-scope"))) {
      assertThatThrownBy(() -> log.await(line -> true, Duration.ofMillis(1)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("nothing was logged that passes the filter");
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> log.next(SOON))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aClosedLogSaysSo() {
    LogStream log = console.followLog(line -> true);
    log.close();
    log.close();
    assertThatThrownBy(() -> log.next(SOON))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("it is closed");
  }

  @Test
  void profilesAreWrittenForEachReplica() throws IOException {
    Path profiles = directory.resolve("profiles");
    List<Path> heap = console.profile(Profile.HEAP, profiles);
    List<Path> goroutines = console.profile(Profile.GOROUTINE, profiles);
    List<Path> cpu = console.cpuProfile(Duration.ofSeconds(1), profiles);

    assertThat(heap)
        .extracting(file -> file.getFileName().toString())
        .containsExactly("istiod-heap.pprof", "istiod-2-heap.pprof");
    for (List<Path> files : List.of(heap, goroutines, cpu)) {
      for (Path file : files) {
        assertThat(Files.readAllBytes(file)).startsWith(0x1f, 0x8b); // gzip
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void anIstiodThatIsGoneIsNamed() {
    Istiod third =
        IstiodDeployer.beside(MESH.cluster())
            .deploy(
                MeshFixture.istiodBinary(MESH.toolbox()),
                IstiodSpec.defaults().withName("istiod-3").withValidation(false));
    IstiodConsole ofThird = IstiodConsole.of(third);
    LogScopeChange change = ofThird.setLogLevels(Map.of("ads", "debug"));
    LogStream log = ofThird.followLog(line -> true);
    assertThat(ofThird.only("istiod-3").replicas()).containsExactly("istiod-3");
    long pid =
        ProcessHandle.current()
            .descendants()
            .filter(
                p -> p.info().commandLine().orElse("").contains(String.valueOf(third.xdsPort())))
            .findFirst()
            .orElseThrow()
            .pid();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    third.close();

    assertThatThrownBy(ofThird::metrics)
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("istiod-3");
    change.close(); // nobody is there to set it back at, and that is no failure
    assertThatThrownBy(() -> log.await(line -> false, SOON))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("following istiod's log");
    log.close();
  }

  private static Map<String, String> levels(String scope) {
    return console.logScopes().stream()
        .filter(s -> s.name().equals(scope))
        .collect(Collectors.toMap(LogScope::replica, LogScope::level));
  }

  private static String badFilter() {
    return """
        apiVersion: networking.istio.io/v1alpha3
        kind: EnvoyFilter
        metadata: {name: bad, namespace: default}
        spec:
          workloadSelector: {labels: {app: httpbin}}
          configPatches:
          - applyTo: HTTP_FILTER
            match: {context: SIDECAR_INBOUND}
            patch:
              operation: INSERT_FIRST
              value:
                name: no.such.filter
                typed_config:
                  '@type': type.googleapis.com/udpa.type.v1.TypedStruct
                  type_url: type.googleapis.com/no.such.Filter
                  value: {}
        """;
  }
}
