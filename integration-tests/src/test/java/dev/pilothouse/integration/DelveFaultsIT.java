package dev.pilothouse.integration;

import static dev.pilothouse.integration.DebuggedMesh.OUTBOUND;
import static dev.pilothouse.integration.DebuggedMesh.SOON;
import static dev.pilothouse.integration.DebuggedMesh.TO_HTTPBIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.delve.Breakpoint;
import dev.pilothouse.delve.BreakpointInfo;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.DebugState;
import dev.pilothouse.delve.DelveAttacher;
import dev.pilothouse.delve.DelveException;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.DelveOptions;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.delve.Tracepoint;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.istiod.DelveLaunch;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between a session and a real istiod, and that istiod runs afterwards. */
class DelveFaultsIT {
  /** {@code make bench PARTS=delve} has 200 of them. */
  private static final int CYCLES = Integer.getInteger("delve.cycles", 50);

  private static final int WARM_UP = 20;

  @RegisterExtension static final MeshFixture MESH = DebuggedMesh.fixture();

  @BeforeAll
  static void applyService() {
    var unused = DebuggedMesh.applyHttpbin(MESH);
  }

  @AfterEach
  void seeIstiodRun() {
    DebuggedMesh.assertRuns(MESH);
  }

  @Test
  void whatIsNotThereAndWhatMeansNothingIsTold() {
    try (DelveSession debug = attach()) {
      failsWith(
          Kind.NOT_FOUND,
          () -> debug.breakAt(BreakpointSpec.function("route.BuildDefaultHTTPOutbundRoute")),
          "the program has no function route.BuildDefaultHTTPOutbundRoute",
          "core/route.BuildDefaultHTTPOutboundRoute");
      failsWith(
          Kind.NOT_FOUND,
          () -> debug.breakAt(BreakpointSpec.line("core/route/rout.go", 10)),
          "the program has no source file core/route/rout.go",
          "route.go");
      failsWith(
          Kind.NOT_FOUND,
          () -> debug.breakAt(BreakpointSpec.line("core/route/route.go", 1)),
          "route.go:1");
      failsWith(
          Kind.EXPRESSION, () -> debug.breakAt(OUTBOUND.when("clusterName ==")), "clusterName ==");
      Breakpoint unknown = debug.breakAt(OUTBOUND.when("cluster == \"x\""));
      CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
      failsWith(Kind.EXPRESSION, () -> unknown.await(SOON), "cluster");
      assertThat(push).as("it goes on").succeedsWithin(SOON);
      assertThat(debug.breakpoints()).isEmpty();
    }
  }

  @Test
  void aReleaseOfIstiodRunsUnderDelveAndShowsNothing() {
    IstiodSpec spec =
        IstiodSpec.defaults()
            .withName("istiod-2")
            .withValidation(false)
            .withDelve(DelveLaunch.of(MESH.toolbox()));
    try (Istiod release =
            IstiodDeployer.beside(MESH.cluster())
                .deploy(MeshFixture.istiodBinary(MESH.toolbox()), spec);
        DelveSession debug = DelveAttacher.create(MESH.toolbox()).attach(release)) {
      failsWith(
          Kind.NOT_FOUND,
          () ->
              debug.breakAt(
                  BreakpointSpec.function(
                      "istio.io/istio/pilot/pkg/networking/core/route.BuildDefaultHTTPOutboundRoute")),
          "it has no debug information",
          "CompileOptions.debug()");
      assertThat(debug.state().running()).isTrue();
      assertThat(release.proxies()).isEmpty();
    }
  }

  @Test
  void aPortThatIsTakenIsTold() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      IstiodSpec spec =
          IstiodSpec.defaults()
              .withName("istiod-3")
              .withValidation(false)
              .withDelve(DelveLaunch.of(MESH.toolbox()).withPort(taken.getLocalPort()));
      assertThatThrownBy(
              () ->
                  IstiodDeployer.beside(MESH.cluster())
                      .deploy(MeshFixture.istiodBinary(MESH.toolbox()), spec))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("address already in use");
    }
  }

  @Test
  void aConnectionThatIsCutAtABreakpointLeavesIstiodRunning() throws Exception {
    try (CutPort port = CutPort.before(DebuggedMesh.endpoint(MESH).port());
        DelveSession debug =
            DelveAttacher.create(MESH.toolbox())
                .attach(new DebugEndpoint.Delve("127.0.0.1", port.port()), DelveOptions.usual())) {
      Breakpoint stop = debug.breakAt(OUTBOUND);
      CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
      stop.await(SOON);
      port.cut();
      assertThat(push).as("the session has come once more").succeedsWithin(SOON);
      DebuggedMesh.assertRuns(MESH);
    }
  }

  @SuppressWarnings("try") // Closed before its end, which is the point.
  @Test
  void twoSessionsShareOneIstiod() {
    try (DelveSession one = attach();
        DelveSession two = attach()) {
      Tracepoint routes = one.trace(OUTBOUND.when(TO_HTTPBIN));
      Tracepoint pushes = two.trace(BreakpointSpec.function("xds.RdsGenerator.Generate"));
      failsWith(
          Kind.TAKEN,
          () -> two.breakAt(OUTBOUND),
          "another session of Pilothouse has a breakpoint there");
      for (int i = 0; i < 5; i++) {
        assertThat(DebuggedMesh.push(MESH)).succeedsWithin(SOON);
      }
      assertThat(routes.await(1, SOON)).isNotEmpty();
      assertThat(pushes.await(1, SOON)).isNotEmpty();
      one.close();
      assertThat(two.breakpoints())
          .extracting(BreakpointInfo::owner)
          .containsExactly(BreakpointInfo.Owner.OURS);
      assertThat(DebuggedMesh.push(MESH)).succeedsWithin(SOON);
    }
  }

  @Test
  void everyWaitHasADeadlineAndAnInterruptEndsIt(@TempDir Path folder) throws Exception {
    try (DelveSession debug = attach()) {
      Breakpoint never = debug.breakAt(OUTBOUND.when("clusterName == \"no such cluster\""));
      Duration soon = Duration.ofMillis(50);
      failsWith(Kind.TIMEOUT, () -> never.await(soon), "not reached within 50 ms", "runs");
      failsWith(
          Kind.TIMEOUT, () -> debug.dumpCore(folder.resolve("core"), Duration.ZERO), "core dump");
      assertThat(debug.state().running()).isTrue();
      Thread waiting = Thread.currentThread();
      CompletableFuture<Void> interrupter = CompletableFuture.runAsync(waiting::interrupt);
      failsWith(Kind.INTERRUPTED, () -> never.await(SOON), "interrupted");
      assertThat(Thread.interrupted()).isTrue();
      interrupter.join();
    }
  }

  @Test
  void anIstiodThatDiesAtABreakpointIsToldAndTheNextLifeHasTheBreakpoint() {
    try (DelveSession debug = attach()) {
      Breakpoint stop = debug.breakAt(OUTBOUND.when(TO_HTTPBIN));
      CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
      stop.await(SOON);
      ProcessHandle.of(debug.state().pid()).orElseThrow().destroyForcibly();
      failsWith(
          Kind.EXITED,
          () -> {
            debug.resume();
            stop.await(SOON);
          });
      assertThat(debug.state().status()).isEqualTo(DebugState.Status.EXITED);
      assertThat(push.handle((connections, e) -> "over")).succeedsWithin(SOON);
      assertThatThrownBy(() -> MESH.istiod().proxies())
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("istiod has exited");

      MESH.istiod().restart(SOON.multipliedBy(2));
      debug.reconnect(SOON);
      CompletableFuture<Integer> again = DebuggedMesh.push(MESH);
      assertThat(stop.await(SOON).count()).isPositive();
      stop.close();
      debug.resume();
      assertThat(again).succeedsWithin(SOON);
      DebuggedMesh.awaitConnected(MESH);
    }
  }

  /** The JVM has no time to do anything; the next session does it. */
  @Test
  void whatAKilledJvmHasLeftIsClearedByTheNextSession() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DelveToKill.class.getName(),
                String.valueOf(DebuggedMesh.endpoint(MESH).port()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = other.inputReader();
    assertThat(out.readLine()).isEqualTo("waiting");
    CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
    assertThat(out.readLine()).endsWith("route.BuildDefaultHTTPOutboundRoute");
    other.destroyForcibly().waitFor();
    CompletableFuture<Integer> meanwhile = DebuggedMesh.push(MESH);
    try (DelveSession next = attach()) {
      assertThat(push).succeedsWithin(SOON);
      assertThat(meanwhile).succeedsWithin(SOON);
      assertThat(next.breakpoints()).isEmpty();
    }
  }

  @Test
  void manySessionsLeaveNothing() throws Exception {
    cycles(WARM_UP);
    List<Footprint> before = footprints();
    cycles(CYCLES);
    assertThat(before).as("Delve and istiod").hasSize(2);
    Poll.require(
        "Delve and istiod hold no more than before",
        SOON,
        () -> {
          List<Footprint> after = footprints();
          for (int i = 0; i < before.size(); i++) {
            if (after.get(i).exceeds(before.get(i))) {
              throw new Poll.NotYet(
                  (i == 0 ? "Delve " : "istiod ") + before.get(i) + " → " + after.get(i));
            }
          }
          return Optional.of(after);
        });
    Poll.require(
        "no thread of ours is left",
        SOON,
        () ->
            Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("pilothouse-delve"))
                ? Optional.of(true)
                : Optional.empty());
  }

  private static List<Footprint> footprints() throws IOException {
    List<Footprint> all = new ArrayList<>();
    for (ProcessHandle process : DebuggedMesh.processes(MESH)) {
      all.add(Footprint.of(process.pid()));
    }
    return all;
  }

  /** Attaches and closes while configuration is pushed: idle, tracing, or stopped. */
  private static void cycles(int count) {
    for (int i = 0; i < count; i++) {
      CompletableFuture<Integer> push;
      try (DelveSession debug = attach()) {
        push = DebuggedMesh.push(MESH);
        if (i % 4 == 1) {
          debug.trace(OUTBOUND);
        } else if (i % 4 == 2) {
          debug.breakAt(OUTBOUND);
        } else if (i % 4 == 3) {
          debug.halt();
        }
      }
      assertThat(push).as("istiod runs after session " + i).succeedsWithin(SOON);
    }
  }

  private static DelveSession attach() {
    return DebuggedMesh.attach(MESH, DelveOptions.usual());
  }

  private static void failsWith(Kind kind, ThrowingCallable action, String... texts) {
    assertThatThrownBy(action)
        .asInstanceOf(InstanceOfAssertFactories.type(DelveException.class))
        .satisfies(e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
        .satisfies(
            e ->
                assertThat(List.of(texts))
                    .allSatisfy(text -> assertThat(e).hasMessageContaining(text)));
  }
}
