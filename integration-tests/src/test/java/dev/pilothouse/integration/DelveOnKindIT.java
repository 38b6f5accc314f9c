package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.delve.Breakpoint;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.BreakpointSpec.Line;
import dev.pilothouse.delve.DelveAttacher;
import dev.pilothouse.delve.DelveException;
import dev.pilothouse.delve.DelveOptions;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.delve.Hit;
import dev.pilothouse.delve.SourceLocation;
import dev.pilothouse.delve.paths.PathMapping;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.envoy.xds.XdsNode;
import dev.pilothouse.envoy.xds.XdsServer;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.ImageDebugger;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.istiod.DebuggedIstiod;
import dev.pilothouse.istiod.DelvePatch;
import dev.pilothouse.istiod.InClusterDeployer;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodReplica;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.Replacement;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.loop.CycleReport;
import dev.pilothouse.loop.DevLoop;
import dev.pilothouse.loop.DevLoopSpec;
import dev.pilothouse.loop.Step;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.toolbox.GoBuild;
import dev.pilothouse.toolbox.Tool;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An istiod in a pod goes under Delve and comes back, whatever happens meanwhile. */
class DelveOnKindIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final Duration AT_ONCE = Duration.ofMinutes(1);
  private static final String NAMESPACE = "delve-istio";
  private static final String REVISION = "delve";
  private static final String SMALL = "pilot: {resources: {requests: {cpu: 20m, memory: 128Mi}}}";
  private static final BreakpointSpec ROUTES =
      BreakpointSpec.function("route.BuildHTTPRoutesForVirtualService")
          .when("virtualService.Meta.Name == \"reviews\"");

  /** Others run meanwhile. */
  private static final String FIVE_SECONDS = "\"istio.io/istio/pkg/sleep\".Until(nil, 5000000000)";

  private static final String TO_REVIEWS =
      "clusterName == \"outbound|9080||reviews.delve-app.svc.cluster.local\"";

  private static final String ROUTES_FOLDER = "pilot/pkg/networking/core/route";

  private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();
  private static KindFixture kind;
  private static KindCluster cluster;
  private static IstioSource source;
  private static DelvePatch patch;
  private static InClusterDeployer deployer;
  private static InClusterIstiod istiod;
  private static XdsClient proxy;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    kind = KindFixture.require();
    cluster = kind.cluster();
    source = IstioSource.pinned(kind.toolbox());
    IstiodBinary debugBinary =
        IstiodCompiler.create(kind.toolbox()).compile(source, List.of(), CompileOptions.debug());
    Path dlv = kind.toolbox().provision(Tool.DLV).path();
    ImageSpec image =
        ImageSpec.pilot().withName("pilot-debug").withDebugger(ImageDebugger.onLoopback(dlv));
    patch =
        DelvePatch.deliver(debugBinary, Deliveries.in(DockerHost.usual()).nodeArchive(image))
            .withDeadline(SOON);
    InstallSpec install =
        InstallSpec.of(kind.toolbox().provision(Tool.ISTIOCTL).path(), Delivery.image(stock()))
            .withProxyImage(kind.hub(), kind.istioTag())
            .withProfile("minimal")
            .withValues(SMALL)
            .withNamespace(NAMESPACE);
    deployer = IstiodDeployer.inCluster(cluster, install);
    IstiodSpec spec =
        IstiodSpec.defaults()
            .withRevision(REVISION)
            .withValidation(false) // it would refuse everybody's rules while it stands still
            .withReadyDeadline(SOON);
    istiod = deployer.deploy(stock(), spec);
    OPEN.push(istiod);
    Applied services =
        cluster.apply(
            Manifests.yaml(
                """
                apiVersion: v1
                kind: Namespace
                metadata: {name: delve-app, labels: {istio.io/rev: delve}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: reviews, namespace: delve-app}
                spec: {ports: [{name: http, port: 9080}], selector: {app: reviews}}
                """));
    OPEN.push(services);
    proxy =
        XdsClient.connect(
            XdsServer.plaintext("127.0.0.1", istiod.xdsPort()),
            XdsNode.sidecar("productpage", "delve-app", "10.9.8.7"));
    OPEN.push(proxy);
    proxy.awaitAnswered(SOON);
  }

  @AfterAll
  static void close() throws Exception {
    while (!OPEN.isEmpty()) {
      OPEN.pop().close();
    }
  }

  private static String stock() {
    return kind.hub() + "/pilot:" + kind.istioTag();
  }

  private static JsonNode deployment() {
    return Serialization.unmarshal(
        Serialization.asJson(
            cluster
                .client()
                .genericKubernetesResources("apps/v1", "Deployment")
                .inNamespace(NAMESPACE)
                .withName(istiod.deployment())
                .get()),
        JsonNode.class);
  }

  private static void assertAsBefore(JsonNode before) {
    JsonNode now = deployment();
    assertThat(now.path("spec")).isEqualTo(before.path("spec"));
    assertThat(now.at("/metadata/annotations").has("pilothouse.dev/before-delve")).isFalse();
  }

  private static DelveSession attach(DebuggedIstiod debugged) {
    return DelveAttacher.create(kind.toolbox())
        .attach(debugged, DelveOptions.usual().withPaths(PathMapping.ofTree(source.root())));
  }

  private static Applied applyRule(String version) {
    return cluster.apply(
        Manifests.yaml(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews, namespace: delve-app}
            spec:
              hosts: [reviews]
              http:
              - route: [{destination: {host: reviews, subset: %s}}]
            """
                .formatted(version)));
  }

  @Test
  void stopsWhereARuleIsMadeARouteAndIsSetBackExactly() throws Exception {
    istiod.scale(2, SOON);
    try {
      goesUnderDelveAndIsSetBack();
    } finally {
      istiod.scale(1, SOON);
    }
  }

  private static void goesUnderDelveAndIsSetBack() throws Exception {
    JsonNode before = deployment();
    int port = freePort();
    try (DebuggedIstiod debugged = istiod.debug(patch.withLocalPort(port))) {
      assertThat(debugged.address().getPort()).isEqualTo(port);
      assertThat(debugged.address().getAddress().isLoopbackAddress()).isTrue();
      assertThat(debugged.startLines())
          .satisfiesExactly(
              line ->
                  assertThat(line)
                      .startsWith("launching process with args: [/usr/local/bin/pilot-discovery")
                      .contains("--monitoringAddr=:15014"),
              line -> assertThat(line).isEqualTo("API server listening at: 127.0.0.1:40000"));
      assertThat(debugged.steps().steps())
          .extracting(Replacement.Step::name)
          .containsExactly("deliver", "rollout", "prove", "delve");
      assertThat(istiod.replicas()).singleElement().matches(IstiodReplica::ready);
      assertThat(istiod.binary()).isEqualTo(patch.binary().orElseThrow());
      assertThatThrownBy(() -> istiod.debug(patch))
          .hasMessageContaining("it is under Delve already, in the hands of ");

      try (DelveSession debug = attach(debugged);
          Breakpoint stop = debug.breakAt(ROUTES);
          Applied rule = applyRule("v1")) {
        Hit hit = stop.await(AT_ONCE);
        assertThat(hit.location().file()).startsWith(source.root().toString());
        assertThat(debug.scope(hit).eval("virtualService.Meta.Namespace").text())
            .isEqualTo("delve-app");
        assertThat(debug.scope(hit).eval("listenPort").number()).isEqualTo(9080);
        assertThat(debug.ide().port()).isEqualTo(port);
        debug.resume();
        Path file = source.moduleDirectory().resolve("pilot/pkg/networking/core/route/route.go");
        assertThat(debug.program().find(new Line(file.toString(), hit.location().line())))
            .extracting(SourceLocation::function)
            .contains(hit.location().function());
        assertThat(rule).isNotNull();
      }
      assertThat(istiod.proxies()).isNotNull(); // it answers, so it runs
    }
    assertAsBefore(before);
    assertThat(istiod.replicas()).hasSize(2).allMatch(IstiodReplica::ready);
  }

  @Test
  void whatCannotBeDebuggedStaysAsItWas() throws Exception {
    JsonNode before = deployment();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> istiod.debug(patch.withLocalPort(taken.getLocalPort())))
          .hasMessageContaining("port " + taken.getLocalPort() + " is taken by pid ");
    }
    IstiodBinary stripped = IstiodBinary.at(kind.toolbox().provision(Tool.PILOT_DISCOVERY).path());
    assertThatThrownBy(
            () -> istiod.debug(DelvePatch.deliver(stripped, patch.delivery().orElseThrow())))
        .hasMessageContaining("has no debug information")
        .hasMessageContaining("CompileOptions.debug()");
    assertThat(deployment().at("/metadata/generation"))
        .isEqualTo(before.at("/metadata/generation"));

    assertThatThrownBy(() -> istiod.debug(DelvePatch.image(stock()).withDeadline(SOON)))
        .hasMessageContaining("the old one runs again")
        .hasMessageContaining("/usr/local/bin/dlv")
        .hasMessageContaining("ImageSpec.withDebugger");
    assertAsBefore(before);
  }

  @Test
  @SuppressWarnings("try") // The rules are there to be there.
  void aSessionIsToldThatItsPodWasReplacedAndGoesOnWithTheNext() {
    JsonNode before = deployment();
    try (DebuggedIstiod debugged = istiod.debug(patch);
        DelveSession debug = attach(debugged);
        Breakpoint stop = debug.breakAt(ROUTES)) {
      String first = debugged.pod();
      try (Applied rule = applyRule("v1")) {
        stop.await(AT_ONCE);
        cluster.client().pods().inNamespace(NAMESPACE).withName(first).delete();
        assertThatThrownBy(() -> stop.await(SOON))
            .isInstanceOfSatisfying(
                DelveException.class,
                e -> assertThat(e.kind()).isEqualTo(DelveException.Kind.CONNECTION))
            .hasMessageContaining("pod " + first + " is gone")
            .hasMessageContaining("DelveSession.reconnect");
        debug.reconnect(SOON);
        assertThat(debugged.pod()).isNotEqualTo(first);
      }
      try (Applied rule = applyRule("v2")) {
        Hit hit = stop.await(SOON);
        assertThat(debug.scope(hit).eval("virtualService.Meta.Name").text()).isEqualTo("reviews");
      }
    } // closed while istiod stands at the breakpoint
    assertAsBefore(before);
    assertThat(istiod.replicas()).singleElement().matches(IstiodReplica::ready);
  }

  /**
   * The image is made, delivered and rolled out anew; the session stays. No rule, no hit before.
   */
  @Test
  void aCycleOfTheLoopGoesOnUnderDelve() {
    JsonNode before = deployment();
    try (DebuggedIstiod debugged = istiod.debug(patch);
        DelveSession debug = attach(debugged);
        Breakpoint stop = debug.breakAt(ROUTES)) {
      String first = debugged.pod();
      String header = "by-a-debug-build";
      CycleReport cycle =
          DevLoop.of(DevLoopSpec.of(kind.toolbox(), source, istiod))
              .cycle(List.of(DebuggedMesh.header(header)));
      assertThat(cycle.outcome()).as(cycle.table()).isEqualTo(CycleReport.Outcome.VERIFIED);
      assertThat(cycle.steps()).extracting(Step::name).contains("deliver", "rollout", "prove");
      assertThat(debugged.pod()).isNotEqualTo(first);
      // The proxy's connection went with the first pod.
      proxy.await(config -> config.raw().toString().contains(header), SOON);

      debug.reconnect(SOON);
      try (Applied rule = applyRule("v1")) {
        Hit hit = stop.await(AT_ONCE);
        assertThat(DebuggedMesh.buildTag(debug.scope(hit)))
            .isEqualTo(istiod.binary().version().tag())
            .isNotEqualTo(patch.binary().orElseThrow().version().tag());
        assertThatThrownBy(() -> istiod.proxies())
            .hasMessageContaining("does it stand still at a breakpoint?");
        assertThat(rule).isNotNull();
      }
    }
    assertAsBefore(before);
  }

  @Test
  void aPortForwardThatIsCutInTheMiddleOfACallLeavesIstiodRunning() throws Exception {
    try (DebuggedIstiod debugged = istiod.debug(patch);
        CutPort port = CutPort.before(debugged.address().getPort());
        DelveSession debug =
            DelveAttacher.create(kind.toolbox())
                .attach(new DebugEndpoint.Delve("127.0.0.1", port.port()), DelveOptions.usual())) {
      Breakpoint stop = debug.breakAt(DebuggedMesh.OUTBOUND.when(TO_REVIEWS));
      CompletableFuture<Integer> push = DebuggedMesh.push(istiod);
      Hit hit = stop.await(AT_ONCE);
      CompletableFuture<Object> call =
          CompletableFuture.supplyAsync(() -> debug.scope(hit).call(FIVE_SECONDS, SOON));
      assertThat(istiod.proxies()).as("others run meanwhile").isNotNull();
      port.cut();
      assertThat(call).failsWithin(AT_ONCE);
      assertThat(push).as("the session has come once more").succeedsWithin(AT_ONCE);

      debug.reconnect(SOON);
      CompletableFuture<Integer> again = DebuggedMesh.push(istiod);
      stop.await(AT_ONCE);
      stop.close(); // A push of istiod's own may come behind.
      debug.resume();
      assertThat(again).succeedsWithin(AT_ONCE);
    }
  }

  /** Built as a release is, but for the debug information: it names no folder of any machine. */
  @Test
  void aLineOfTheUsersCheckoutIsFoundInATrimmedBuild() throws Exception {
    Path binary = folder.resolve("pilot-discovery");
    new GoBuild(
            source.moduleDirectory(),
            List.of("istio.io/istio/pilot/cmd/pilot-discovery"),
            binary,
            List.of("vtprotobuf", "disable_pgv"),
            List.of(),
            "",
            true,
            Map.of(),
            List.of("-buildvcs=false"),
            Map.of())
        .run();
    DelvePatch trimmed =
        DelvePatch.deliver(IstiodBinary.at(binary), patch.delivery().orElseThrow());
    Path own =
        Files.createDirectories(folder.resolve("istio/" + ROUTES_FOLDER)).resolve("route.go");
    Files.copy(source.root().resolve(ROUTES_FOLDER).resolve("route.go"), own);
    int line = 1 + Files.readAllLines(own).indexOf("\tsetTimeout(out.GetRoute(), nil, nil)");
    DelveOptions options =
        DelveOptions.usual().withPaths(PathMapping.ofTree(folder.resolve("istio")));
    try (DebuggedIstiod debugged = istiod.debug(trimmed.withDeadline(SOON))) {
      CompletableFuture<Integer> push;
      try (DelveSession debug = DelveAttacher.create(kind.toolbox()).attach(debugged, options);
          Breakpoint stop = debug.breakAt(BreakpointSpec.line(own, line))) {
        assertThat(debug.program().sources("core/route/route\\.go$"))
            .singleElement()
            .asString()
            .startsWith("istio.io/istio");
        push = DebuggedMesh.push(istiod);
        Hit hit = stop.await(AT_ONCE);
        assertThat(hit.location().file()).isEqualTo(own.toString());
        assertThat(hit.location().line()).isEqualTo(line);
      }
      assertThat(push).succeedsWithin(AT_ONCE);
    }
  }

  @Test
  void whatAKilledJvmLeftIsSetBackByWhoFindsItNext() throws Exception {
    JsonNode before = deployment();
    String image =
        patch
            .delivery()
            .orElseThrow()
            .deliver(patch.binary().orElseThrow(), cluster, NAMESPACE + "/istiod-" + REVISION)
            .image();
    Path log = folder.resolve("jvm.log");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DebuggerToKill.class.getName(),
                cluster.kubeconfig().toString(),
                kind.toolbox().provision(Tool.ISTIOCTL).path().toString(),
                REVISION,
                image)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(jvm.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(jvm.exitValue()).as(Files.readString(log)).isEqualTo(DebuggerToKill.DEBUGGED);
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    assertThat(deployment().at("/metadata/annotations").has("pilothouse.dev/before-delve"))
        .isTrue();
    try (InClusterIstiod found = deployer.find(REVISION).orElseThrow()) {
      assertAsBefore(before);
      assertThat(found.replicas()).singleElement().matches(IstiodReplica::ready);
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
