package dev.pilothouse.integration;

import static dev.pilothouse.integration.DebuggedMesh.OUTBOUND;
import static dev.pilothouse.integration.DebuggedMesh.SOON;
import static dev.pilothouse.integration.DebuggedMesh.TO_HTTPBIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.delve.Breakpoint;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.DelveException;
import dev.pilothouse.delve.DelveOptions;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.delve.Hit;
import dev.pilothouse.loop.CycleFailedException;
import dev.pilothouse.loop.CycleReport;
import dev.pilothouse.loop.CycleReport.Outcome;
import dev.pilothouse.loop.DevLoop;
import dev.pilothouse.loop.DevLoopSpec;
import dev.pilothouse.loop.Step;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.Flavor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The loop with an istiod under Delve: a session goes on in the istiod that a cycle has made. */
class DebuggedLoopIT {
  private static final BreakpointSpec TO_HTTPBIN_ROUTE = OUTBOUND.when(TO_HTTPBIN);

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
  void breakpointsAreSetAgainInTheIstiodThatACycleHasMade() {
    IstiodBinary before = MESH.istiod().binary();
    DevLoop loop = DevLoop.of(spec());
    try (DelveSession debug = DebuggedMesh.attach(MESH, DelveOptions.usual());
        Breakpoint stop = debug.breakAt(TO_HTTPBIN_ROUTE)) {
      assertReached(debug, stop, before);

      CycleReport cycle = loop.cycle(List.of(DebuggedMesh.header("by-a-debug-build")));
      assertThat(cycle.outcome()).as(cycle.table()).isEqualTo(Outcome.VERIFIED);
      assertThat(cycle.steps()).extracting(Step::name).contains("compile", "stop", "start");
      assertThat(MESH.istiod().binary().flavor()).isEqualTo(Flavor.DEBUG);
      DebuggedMesh.awaitRoutes(MESH, "by-a-debug-build");
      DebuggedMesh.awaitConnected(MESH);
      assertThatThrownBy(debug::state)
          .isInstanceOfSatisfying(
              DelveException.class,
              e -> assertThat(e.kind()).isEqualTo(DelveException.Kind.CONNECTION))
          .hasMessageContaining("DelveSession.reconnect");

      debug.reconnect(SOON);
      assertReached(debug, stop, MESH.istiod().binary());

      assertThat(loop.cycle().outcome()).as("without the edit").isEqualTo(Outcome.VERIFIED);
      assertThat(MESH.istiod().binary()).isEqualTo(before);
      DebuggedMesh.awaitConnected(MESH);
      debug.reconnect(SOON);
      assertReached(debug, stop, before);
    }
  }

  /** Somebody has found the error at a breakpoint, and goes on with the loop from there. */
  @Test
  void anIstiodThatStandsAtABreakpointIsReplacedAndACycleSaysWhatKeepsIt() {
    IstiodBinary before = MESH.istiod().binary();
    DevLoop loop = DevLoop.of(spec());
    try (DelveSession debug = DebuggedMesh.attach(MESH, DelveOptions.usual());
        Breakpoint stop = debug.breakAt(TO_HTTPBIN_ROUTE)) {
      CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
      stop.await(SOON);

      CycleFailedException failure =
          catchThrowableOfType(
              CycleFailedException.class,
              () -> loop.cycle(List.of(DebuggedMesh.header("by-a-debug-build"))));
      assertThat(failure)
          .hasMessageContaining("cycle, step deploy")
          .hasMessageContaining("does it stand still at a breakpoint?")
          .hasMessageContaining("DelveSession.resume");
      assertThat(MESH.istiod().binary()).isEqualTo(before);

      MESH.istiod().replaceWith(before, SOON.multipliedBy(2));
      assertThat(push.handle((connections, e) -> "over")).succeedsWithin(SOON);
      // What it asks for when it connects would stop istiod, too.
      DebuggedMesh.awaitConnected(MESH);
      debug.reconnect(SOON);
      assertReached(debug, stop, before);
    }
  }

  private static DevLoopSpec spec() {
    return DevLoopSpec.of(MESH.toolbox(), IstioSource.pinned(MESH.toolbox()), MESH.istiod());
  }

  private static void assertReached(DelveSession debug, Breakpoint stop, IstiodBinary binary) {
    CompletableFuture<Integer> push = DebuggedMesh.push(MESH);
    Hit hit = stop.await(SOON);
    assertThat(DebuggedMesh.buildTag(debug.scope(hit))).isEqualTo(binary.version().tag());
    debug.resume();
    assertThat(push).succeedsWithin(SOON);
  }
}
