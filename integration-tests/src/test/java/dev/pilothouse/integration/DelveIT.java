package dev.pilothouse.integration;

import static dev.pilothouse.integration.DebuggedMesh.HTTPBIN;
import static dev.pilothouse.integration.DebuggedMesh.OUTBOUND;
import static dev.pilothouse.integration.DebuggedMesh.SOON;
import static dev.pilothouse.integration.DebuggedMesh.TO_HTTPBIN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.Breakpoint;
import dev.pilothouse.delve.BreakpointInfo;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.DebugState;
import dev.pilothouse.delve.DelveAttacher;
import dev.pilothouse.delve.DelveException;
import dev.pilothouse.delve.DelveOptions;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.delve.GoKind;
import dev.pilothouse.delve.GoValue;
import dev.pilothouse.delve.Goroutine;
import dev.pilothouse.delve.GoroutinePage;
import dev.pilothouse.delve.GoroutineQuery;
import dev.pilothouse.delve.Hit;
import dev.pilothouse.delve.LoadLimits;
import dev.pilothouse.delve.Program;
import dev.pilothouse.delve.Scope;
import dev.pilothouse.delve.SourceLocation;
import dev.pilothouse.delve.StackFrame;
import dev.pilothouse.delve.Tracepoint;
import dev.pilothouse.delve.WatchOn;
import dev.pilothouse.delve.paths.PathMapping;
import dev.pilothouse.delve.rpc.RpcConnection;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.source.IstioSource;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Everything that a session can do, at a real istiod that pushes to a real Envoy. */
class DelveIT {
  private static final String ROUTE_GO = "pilot/pkg/networking/core/route/route.go";

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

  @Test
  void showsTypedValuesOfAFunctionThatAPushReaches() {
    assertThat(debug.version().delve()).startsWith("1.");
    assertThat(debug.version().goVersion()).startsWith("go1.");
    assertThat(debug.state().running()).isTrue();
    Breakpoint stop = debug.breakAt(OUTBOUND.when(TO_HTTPBIN).withStack(40));
    CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
    Hit hit = stop.await(SOON);
    assertThat(hit.location().function())
        .isEqualTo("istio.io/istio/pilot/pkg/networking/core/route.BuildDefaultHTTPOutboundRoute");
    assertThat(hit.location().file()).endsWith(ROUTE_GO);
    assertThat(hit.argument("clusterName").text()).isEqualTo(HTTPBIN);
    assertThat(hit.calledFrom("core.BuildSidecarOutboundVirtualHosts")).isTrue();
    assertThat(hit.calledFrom("xds.(*DiscoveryServer).pushDeltaXds")).isTrue();
    assertThat(debug.state().status()).isEqualTo(DebugState.Status.STOPPED);

    GoValue mesh = debug.scope(hit).eval("mesh");
    assertThat(mesh.kind()).isEqualTo(GoKind.POINTER);
    assertThat(mesh.type()).isEqualTo("*istio.io/api/mesh/v1alpha1.MeshConfig");
    assertThat(mesh.field("ProxyListenPort").number()).isEqualTo(15001);
    assertThat(mesh.field("RootNamespace").text()).isEqualTo("istio-system");
    assertThat(mesh.at("DefaultConfig.BinaryPath").text()).isEqualTo("/usr/local/bin/envoy");
    assertThat(mesh.toString()).startsWith("&v1alpha1.MeshConfig{").doesNotContain("\n");

    Scope caller = debug.scope(hit.goroutine(), 1);
    assertThat(caller.eval("svc.Hostname").text()).isEqualTo("httpbin.default.svc.cluster.local");
    assertThat(caller.eval("svc").at("Ports[0].Port").number()).isEqualTo(8000);
    assertThat(caller.eval("hash").isNil()).isTrue();
    assertThat(caller.eval("len(push.PushVersion) > 3").bool()).isTrue();
    assertThat(caller.arguments(LoadLimits.brief()))
        .extracting(GoValue::name)
        .contains("svc", "port", "hash", "push");
    assertThat(caller.locals(LoadLimits.brief()))
        .filteredOn(local -> local.name().equals("cluster"))
        .extracting(GoValue::text)
        .containsExactly(HTTPBIN);
    assertThat(caller.eval("\"istio.io/istio/pilot/pkg/features\".EnableCDSCaching").bool())
        .isTrue();

    List<StackFrame> stack = debug.stack(hit.goroutine(), 3, LoadLimits.brief());
    assertThat(stack.get(0).variable("clusterName").text()).isEqualTo(HTTPBIN);
    assertThat(stack.get(1).variable("svc").type()).endsWith("model.Service");
    debug.resume();
    assertThat(push).succeedsWithin(SOON);
  }

  @Test
  void readsAsMuchAsItIsTold() {
    Breakpoint stop =
        debug.breakAt(BreakpointSpec.function("core.BuildSidecarOutboundVirtualHosts"));
    CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
    Hit hit = stop.await(SOON);
    Scope scope = debug.scope(hit);
    GoValue node = hit.argument("node");
    assertThat(node.field("ID").text()).isEqualTo("client.default");
    assertThat(node.complete()).isFalse();
    GoValue metadata = node.field("Metadata");
    GoValue more = scope.more(metadata.target(), LoadLimits.usual());
    assertThat(more.field("Namespace").text()).isEqualTo("default");
    assertThat(more.field("Labels").entries()).isNotEmpty();
    GoValue services =
        scope.eval("push.ServiceIndex.public", LoadLimits.usual().withElements(1).withDepth(1));
    assertThat(services.length()).isGreaterThan(1);
    assertThat(services.elements()).hasSize(1);
    assertThat(services.complete()).isFalse();
    assertThat(scope.eval("xdsCache").kind()).isEqualTo(GoKind.INTERFACE);
    GoValue unreadable = scope.eval("*(*\"istio.io/istio/pilot/pkg/model.Proxy\")(0x10)");
    assertThat(unreadable.complete()).isFalse();
    debug.resume();
    assertThat(push).succeedsWithin(SOON);
  }

  @Test
  void findsALineOfTheUsersOwnCheckout(@TempDir Path checkout) throws Exception {
    Path own = checkout.resolve(ROUTE_GO);
    Files.createDirectories(own.getParent());
    Files.copy(IstioSource.pinned(MESH.toolbox()).root().resolve(ROUTE_GO), own);
    int line = 1 + Files.readAllLines(own).indexOf("\tsetTimeout(out.GetRoute(), nil, nil)");
    debug.close();
    debug = DebuggedMesh.attach(MESH, DelveOptions.usual().withPaths(PathMapping.ofTree(checkout)));
    for (String file : List.of(own.toString(), ROUTE_GO, "core/route/route.go")) {
      try (Breakpoint stop = debug.breakAt(BreakpointSpec.line(file, line).when(TO_HTTPBIN))) {
        CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
        Hit hit = stop.await(SOON);
        assertThat(hit.location().file()).isEqualTo(own.toString());
        assertThat(debug.scope(hit).eval("out.Name").text()).isEqualTo("default");
        debug.resume();
        assertThat(push).succeedsWithin(SOON);
      }
    }
  }

  @Test
  void stepsCallsAndSetsWhatEnvoyGets() {
    Breakpoint stop = debug.breakAt(OUTBOUND.when(TO_HTTPBIN));
    // A new service: routes that istiod has in its cache would be pushed as they are.
    CompletableFuture<Void> push =
        CompletableFuture.runAsync(() -> MESH.apply(DebuggedMesh.service("another", "http", 8000)));
    Hit hit = stop.await(SOON);
    debug.scope(hit).set("operation", "\"set by a debugger\"");
    assertThat(debug.scope(hit).eval("operation").text()).isEqualTo("set by a debugger");
    assertThat(
            debug
                .scope(hit)
                .call("buildDefaultHTTPRoute(clusterName, operation)", SOON)
                .get(0)
                .at("Decorator.Operation")
                .text())
        .isEqualTo("set by a debugger");
    int line = debug.next(SOON).location().orElseThrow().line();
    assertThat(line).isEqualTo(hit.location().line() + 1);
    assertThat(function(debug.step(SOON))).endsWith("route.buildDefaultHTTPRoute");
    assertThat(function(debug.stepOut(SOON))).endsWith("route.BuildDefaultHTTPOutboundRoute");
    debug.next(SOON);
    assertThat(debug.scope().eval("out.Name").text()).isEqualTo("default");
    debug.resume();
    assertThat(push).succeedsWithin(SOON);
    DebuggedMesh.awaitRoutes(MESH, "set by a debugger");
  }

  @Test
  void aRegularExpressionWithAHitConditionMeansManyFunctions() {
    BreakpointSpec builders = BreakpointSpec.functions("core/route\\.Build.*Route$");
    try (Tracepoint trace = debug.trace(builders.withHitCondition("% 2"))) {
      assertThat(trace.locations())
          .extracting(SourceLocation::function)
          .anyMatch(name -> name.endsWith("route.BuildDefaultHTTPOutboundRoute"))
          .anyMatch(name -> name.endsWith("route.BuildDefaultHTTPInboundRoute"));
      // A busy istiod makes one push of several.
      Poll.require(
          "the trace has two hits",
          SOON,
          () -> {
            DebuggedMesh.push(MESH).get(SOON.toSeconds(), TimeUnit.SECONDS);
            return trace.hits().size() < 2 ? Optional.empty() : Optional.of(true);
          });
      assertThat(trace.await(2, SOON)).extracting(hit -> hit.count() % 2).containsOnly(0L);
    }
  }

  @Test
  void tracepointsStreamEachHit() {
    try (Tracepoint trace = debug.trace(OUTBOUND.when(TO_HTTPBIN))) {
      int pushes = 20;
      for (int i = 1; i <= pushes; i++) {
        assertThat(DebuggedMesh.push(MESH)).succeedsWithin(SOON);
        Hit hit = trace.next(SOON).orElseThrow();
        assertThat(hit.count()).isEqualTo(i);
        assertThat(hit.argument("clusterName").text()).isEqualTo(HTTPBIN);
      }
      // istiod may have pushed by itself as well.
      assertThat(trace.count()).isGreaterThanOrEqualTo(pushes);
    }
  }

  @Test
  void oneGoroutineAloneMayCount() {
    Breakpoint first = debug.breakAt(OUTBOUND.when(TO_HTTPBIN));
    CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
    long client = first.await(SOON).goroutine();
    first.close();
    debug.resume();
    assertThat(push).succeedsWithin(SOON);
    try (XdsClient second = DebuggedMesh.proxy(MESH.istiod(), "second")) {
      second.awaitAnswered(SOON);
      try (Tracepoint both =
              debug.trace(BreakpointSpec.function("route.BuildSidecarVirtualHostWrapper"));
          Tracepoint one = debug.trace(OUTBOUND.inGoroutine(client))) {
        assertThat(DebuggedMesh.push(MESH)).succeedsWithin(SOON);
        assertThat(one.await(1, SOON)).extracting(Hit::goroutine).containsOnly(client);
        assertThat(both.await(2, SOON)).extracting(Hit::goroutine).contains(client);
      }
    }
    GoroutineQuery streams = GoroutineQuery.all().at("xds.(*DiscoveryServer).StreamDeltas");
    assertThat(debug.goroutines(streams).goroutines()).extracting(Goroutine::id).contains(client);
    GoroutinePage page = debug.goroutines(GoroutineQuery.all().page(0, 10));
    assertThat(page.goroutines()).hasSize(10);
    assertThat(page.next()).isPositive();
  }

  @Test
  void aWatchpointStopsWhoWrites() {
    debug.halt();
    String counter = "\"istio.io/istio/pilot/pkg/xds\".connectionNumber";
    long before = debug.scope().eval(counter).number();
    AtomicReference<XdsClient> client = new AtomicReference<>();
    try (Breakpoint watch = debug.scope().watch(counter, WatchOn.WRITE)) {
      debug.resume();
      CompletableFuture<Void> connecting =
          CompletableFuture.runAsync(
              () -> client.set(DebuggedMesh.proxy(MESH.istiod(), "watched")));
      watch.await(SOON);
      assertThat(debug.stack(-1, 10))
          .extracting(frame -> frame.location().function())
          .contains("istio.io/istio/pilot/pkg/xds.connectionID");
      assertThat(debug.scope().eval(counter).number()).isEqualTo(before + 1);
      debug.resume();
      assertThat(connecting).succeedsWithin(SOON);
    } finally {
      debug.resume();
      if (client.get() != null) {
        client.get().close();
      }
    }
  }

  @Test
  void listsWhatTheBinaryHolds(@TempDir Path folder) throws Exception {
    Program program = debug.program();
    assertThat(program.functions("route\\.BuildDefaultHTTP(In|Out)boundRoute$")).hasSize(2);
    assertThat(program.types("pilot/pkg/model\\.Proxy$"))
        .contains("istio.io/istio/pilot/pkg/model.Proxy");
    assertThat(program.sources(ROUTE_GO + "$")).hasSize(1);
    assertThat(
            program.packageVariables(
                "^istio.io/istio/pilot/pkg/features\\.EnableCDSCaching$", LoadLimits.brief()))
        .extracting(GoValue::bool)
        .containsExactly(true);
    assertThat(program.disassemble("route.BuildDefaultHTTPOutboundRoute"))
        .anyMatch(instruction -> instruction.text().startsWith("RET"))
        .anyMatch(instruction -> instruction.text().contains("buildDefaultHTTPRoute"));
    Path core = folder.resolve("core");
    debug.dumpCore(core, Duration.ofMinutes(1));
    try (InputStream dump = Files.newInputStream(core)) {
      assertThat(new String(dump.readNBytes(4), ISO_8859_1)).isEqualTo("\u007fELF");
    }
    assertThat(debug.state().running()).isTrue();
  }

  /** As GoLand does, which speaks the same protocol. */
  @Test
  void anIdeKeepsItsBreakpoints() throws Exception {
    DebugEndpoint.Delve delve = DebuggedMesh.endpoint(MESH);
    InetSocketAddress address = new InetSocketAddress(delve.host(), delve.port());
    try (RpcConnection ide = RpcConnection.open(address, SOON, 1 << 20, () -> "")) {
      debug.halt();
      ObjectNode theirs =
          json("name", "ide").put("functionName", "istio.io/istio/pilot/pkg/xds.AdsPushAll");
      ide.send("RPCServer.CreateBreakpoint", json("Breakpoint", theirs)).get();
      debug.resume();
      try (Tracepoint ours = debug.trace(OUTBOUND.when(TO_HTTPBIN))) {
        CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
        awaitStoppedByOthers(debug);
        DelveException stopped =
            catchThrowableOfType(DelveException.class, () -> ours.await(1, Duration.ZERO));
        assertThat(stopped).hasMessageContaining("another client, as an IDE, has stopped");
        var unused = ide.send("RPCServer.Command", json("name", "continue"));
        assertThat(push).succeedsWithin(SOON);
        assertThat(ours.await(1, SOON)).isNotEmpty(); // istiod pushes by itself, too
      }
      assertThat(debug.breakpoints())
          .extracting(BreakpointInfo::name, BreakpointInfo::owner)
          .containsExactly(tuple("ide", BreakpointInfo.Owner.OTHER));
      debug.close();
      CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
      try (DelveSession next = DebuggedMesh.attach(MESH, DelveOptions.usual())) {
        awaitStoppedByOthers(next);
      }
      assertThat(push).as("it is for the IDE to let it go on").isNotDone();
      endIde(ide);
      assertThat(push).succeedsWithin(SOON);
    }
  }

  private static void awaitStoppedByOthers(DelveSession session) {
    Poll.require(
        "the IDE's breakpoint stops istiod",
        SOON,
        () ->
            session.state().status() == DebugState.Status.STOPPED_BY_OTHERS
                ? Optional.of(true)
                : Optional.empty());
  }

  private static void endIde(RpcConnection ide) {
    var unusedHalt = ide.send("RPCServer.Command", json("name", "halt"));
    var unusedClear = ide.send("RPCServer.ClearBreakpoint", json("Name", "ide"));
    var unusedContinue = ide.send("RPCServer.Command", json("name", "continue"));
  }

  @Test
  void attachesToAnIstiodThatRunsWithoutDelve() {
    IstiodSpec spec = IstiodSpec.defaults().withName("istiod-2").withValidation(false);
    try (Istiod second =
            IstiodDeployer.beside(MESH.cluster())
                .deploy(DebuggedMesh.debugBuild(MESH.toolbox()), spec);
        XdsClient proxy = DebuggedMesh.proxy(second, "third")) {
      proxy.awaitAnswered(SOON);
      for (int i = 0; i < 2; i++) {
        try (DelveSession attached = DelveAttacher.create(MESH.toolbox()).attach(second)) {
          Breakpoint stop = attached.breakAt(OUTBOUND.when(TO_HTTPBIN));
          CompletableFuture<Integer> push = DebuggedMesh.push(second);
          assertThat(stop.await(SOON).argument("clusterName").text()).isEqualTo(HTTPBIN);
          attached.resume();
          assertThat(push).succeedsWithin(SOON);
        }
        assertThat(second.proxies()).as("it goes on, and no trap is left in it").hasSize(1);
        assertThat(DebuggedMesh.push(second)).succeedsWithin(SOON).isEqualTo(1);
      }
    }
  }

  private static ObjectNode json(String key, Object value) {
    return new ObjectMapper().createObjectNode().putPOJO(key, value);
  }

  private static String function(DebugState state) {
    return state.location().orElseThrow().function();
  }
}
