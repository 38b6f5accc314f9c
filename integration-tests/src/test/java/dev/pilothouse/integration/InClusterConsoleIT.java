package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.console.IstiodBuild;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.console.IstiodConsole.Profile;
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
import dev.pilothouse.image.Delivery;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodReplica;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One console over two replicas in pods, each with a proxy of its own. */
class InClusterConsoleIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String NAMESPACE = "console-istio";
  private static final String SMALL =
      "pilot: {autoscaleEnabled: false, resources: {requests: {cpu: 20m, memory: 128Mi}}}";

  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static KindCluster cluster;
  private static InClusterIstiod istiod;
  private static IstiodConsole console;

  /** Which replica each proxy is connected to. */
  private static final Map<String, String> PROXIES = new HashMap<>();

  @BeforeAll
  static void install() {
    KindFixture kind = KindFixture.require();
    cluster = kind.cluster();
    IstiodBinary stock = IstiodBinary.at(kind.toolbox().provision(Tool.PILOT_DISCOVERY).path());
    InstallSpec install =
        InstallSpec.of(
                kind.toolbox().provision(Tool.ISTIOCTL).path(),
                Delivery.image(kind.hub() + "/pilot:" + kind.istioTag()))
            .withProxyImage(kind.hub(), kind.istioTag())
            .withProfile("minimal")
            .withValues(SMALL)
            .withNamespace(NAMESPACE);
    istiod =
        IstiodDeployer.inCluster(cluster, install)
            .deploy(stock, IstiodSpec.defaults().withRevision("console").withReadyDeadline(SOON));
    OPEN.add(istiod);
    istiod.scale(2, SOON);
    for (IstiodReplica replica : istiod.replicas()) {
      PortForward xds = PortForward.open(cluster, PodTarget.pod(NAMESPACE, replica.pod()), 15010);
      OPEN.add(xds);
      String name = "proxy-" + PROXIES.size();
      XdsClient client =
          XdsClient.connect(
              XdsServer.plaintext("127.0.0.1", xds.address().getPort()),
              XdsNode.sidecar(name, "default", "10.9.8." + (7 + PROXIES.size())));
      OPEN.add(client);
      client.awaitAnswered(SOON);
      PROXIES.put(name + ".default", replica.pod());
    }
    console = IstiodConsole.of(istiod);
  }

  @AfterAll
  static void uninstall() throws Exception {
    for (int i = OPEN.size() - 1; i >= 0; i--) {
      OPEN.get(i).close();
    }
  }

  @TempDir private Path directory;

  @Test
  void bothReplicasAreAsked() throws Exception {
    Set<String> pods = new HashSet<>(PROXIES.values());
    assertThat(pods).hasSize(2);
    assertThat(console.replicas()).containsExactlyInAnyOrderElementsOf(pods);
    assertThat(
            console.proxyStatus().stream()
                .collect(Collectors.toMap(ProxyStatus::proxyId, ProxyStatus::replica)))
        .isEqualTo(PROXIES);
    assertThat(ProxyStatus.table(console.proxyStatus())).contains(pods);
    assertThat(console.builds())
        .hasSize(2)
        .allSatisfy(
            (IstiodBuild build) -> {
              assertThat(build.tag()).isEqualTo(istiod.binary().version().tag());
              assertThat(build.flags()).contains("discovery");
            });
    for (String proxy : PROXIES.keySet()) {
      // Whichever replica has it is the one that is asked.
      assertThat(EnvoyConfigInspector.create().read(console.debug().proxyConfig(proxy)).clusters())
          .isNotEmpty();
      assertThat(console.debug().sidecarScope(proxy).path("services")).isNotEmpty();
    }
    for (Path file : console.profile(Profile.GOROUTINE, directory)) {
      assertThat(Files.readAllBytes(file)).startsWith(0x1f, 0x8b);
    }
  }

  @Test
  void logLevelsAreSetOnBothAndBothLogsAreFollowed() {
    Metrics before = console.metrics();
    try (LogScopeChange change = console.setLogLevels(Map.of("ads", "debug"));
        LogStream log = console.followLog(line -> line.matches("(?i)push|xds"))) {
      assertThat(change.before()).hasSize(2).extracting(LogScope::level).containsOnly("info");
      assertThat(levels()).containsOnly("debug");
      assertThat(console.push()).isEqualTo(2);
      Set<String> told = new HashSet<>();
      while (told.size() < 2) {
        XdsEvent.Push push = log.await(XdsEvent.Push.class, p -> p.type().equals("CDS"), SOON);
        told.add(push.proxyId());
      }
      assertThat(told).isEqualTo(PROXIES.keySet());
    }
    assertThat(levels()).containsOnly("info");
    PushCounters.awaitEach(console, before, PROXIES.values(), SOON);
  }

  /** The proxies' answers to what one namespace's change brings come from both replicas. */
  @Test
  void anAppliedChangeIsSeenInBothLogs() throws Exception {
    try (LogStream log = console.followLog(line -> true);
        var rule =
            cluster.apply(
                Manifests.yaml(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: ServiceEntry
                    metadata:
                      name: console
                      namespace: default
                      labels: {istio.io/rev: console}
                    spec:
                      hosts: [console.example.com]
                      ports: [{number: 80, name: http, protocol: HTTP}]
                      resolution: DNS
                    """))) {
      Set<String> replicas = new HashSet<>();
      while (replicas.size() < 2) {
        replicas.add(
            log.await(
                    line ->
                        line.event()
                            .filter(XdsEvent.Debounced.class::isInstance)
                            .filter(e -> isOf("ServiceEntry/default/console", line.message()))
                            .isPresent(),
                    SOON)
                .replica());
      }
      assertThat(replicas).isEqualTo(new HashSet<>(PROXIES.values()));
      assertThat(rule.resources()).hasSize(1);
    }
  }

  /** Of several changes that istiod gathers, it names any one. */
  private static boolean isOf(String change, String message) {
    return message.contains(change) || message.contains(" more configs");
  }

  private static List<String> levels() {
    return console.logScopes().stream()
        .filter(scope -> scope.name().equals("ads"))
        .map(LogScope::level)
        .toList();
  }
}
