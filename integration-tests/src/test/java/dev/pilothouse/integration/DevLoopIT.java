package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.loop.CycleFailedException;
import dev.pilothouse.loop.CycleReport;
import dev.pilothouse.loop.CycleReport.Outcome;
import dev.pilothouse.loop.DevLoop;
import dev.pilothouse.loop.DevLoopSpec;
import dev.pilothouse.loop.Step;
import dev.pilothouse.loop.Watch;
import dev.pilothouse.source.CompileFailedException;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.SourceEdit;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole loop on the local mesh: real compilations, a real istiod, real Envoys. */
class DevLoopIT {
  private static final String ROUTE_GO = "pilot/pkg/networking/core/route/route.go";
  private static final String ANCHOR = "setTimeout(out.GetRoute(), nil, nil)";
  private static final HttpCall GET = HttpCall.get("http://httpbin:8000/get");

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults())
          .withWorkloads(WorkloadSpec.http("httpbin", 8000), WorkloadSpec.client("client"));

  @Test
  void anEditIsCompiledDeployedAcknowledgedVerifiedAndCompared() {
    Workload client = MESH.workload("client");
    List<SourceEdit> edits = List.of(header("one"));
    DevLoop loop =
        DevLoop.of(
            spec(IstioSource.pinned(MESH.toolbox()))
                .withProxy(client.proxy())
                .withVerification("the header is sent", () -> assertHeader(client, "one")));

    CycleReport report = loop.cycle(edits);

    assertThat(report.outcome()).isEqualTo(Outcome.VERIFIED);
    assertThat(report.steps().stream().map(Step::name))
        .startsWith("detect", "compile")
        .endsWith("acknowledge", "verify", "compare");
    assertThat(report.step("acknowledge").orElseThrow().note()).isEqualTo("2 proxies");
    assertThat(report.changes().get(client.proxy().id()).table()).contains("x-loop");
    assertThat(report.table()).contains("Cycle VERIFIED", "acknowledge", "x-loop");
    assertThat(MESH.istiod().binary()).isEqualTo(report.binary());

    CycleReport again = loop.cycle(edits);

    assertThat(again.outcome()).isEqualTo(Outcome.UNCHANGED);
    assertThat(again.table()).contains("nothing was to do");
  }

  @Test
  void aSourceThatDoesNotCompileChangesNothing() {
    IstiodBinary before = MESH.istiod().binary();
    DevLoop loop = DevLoop.of(spec(IstioSource.pinned(MESH.toolbox())));
    SourceEdit broken = SourceEdit.insertAfter(ROUTE_GO, ANCHOR, "\n\tnoSuchFunction()");

    CycleFailedException failure =
        catchThrowableOfType(CycleFailedException.class, () -> loop.cycle(List.of(broken)));

    assertThat(failure)
        .hasMessageContaining("cycle, step compile")
        .hasMessageContaining(ROUTE_GO + ":1366")
        .hasCauseInstanceOf(CompileFailedException.class);
    assertThat(failure.report().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(failure.report().step("roll back")).isEmpty();
    assertThat(MESH.istiod().binary()).isEqualTo(before);
  }

  @Test
  void theLastGoodIstiodRunsAgainAfterAVerificationThatDoesNotHold() {
    Workload client = MESH.workload("client");
    IstiodBinary before = MESH.istiod().binary();
    DevLoop loop =
        DevLoop.of(
            spec(IstioSource.pinned(MESH.toolbox()))
                .withDeadlines(Duration.ofMinutes(2), Duration.ofSeconds(20))
                .withVerification(
                    "the header says so", () -> assertHeader(client, "something else")));

    CycleFailedException failure =
        catchThrowableOfType(CycleFailedException.class, () -> loop.cycle(List.of(header("two"))));

    assertThat(failure)
        .hasMessageContaining("cycle, step verify")
        .hasMessageContaining("verifying: the header says so")
        .hasMessageContaining("something else")
        .hasMessageContaining("the last good istiod runs again")
        .hasRootCauseInstanceOf(AssertionError.class);
    assertThat(MESH.istiod().binary()).isEqualTo(before);
    assertThat(MESH.istiod().proxies()).isNotNull();
  }

  @Test
  void theOldIstiodRunsOnWhenTheNewOneDoesNotStart() {
    IstiodBinary before = MESH.istiod().binary();
    DevLoop loop = DevLoop.of(spec(IstioSource.pinned(MESH.toolbox())));
    SourceEdit exits =
        SourceEdit.insertAfter(
            "pilot/cmd/pilot-discovery/main.go",
            "rootCmd := app.NewRootCommand()",
            """

            	if len(os.Args) > 1 && os.Args[1] == "discovery" {
            		log.Error("this istiod will not")
            		os.Exit(3)
            	}""");

    CycleFailedException failure =
        catchThrowableOfType(CycleFailedException.class, () -> loop.cycle(List.of(exits)));

    assertThat(failure)
        .hasMessageContaining("cycle, step deploy")
        .hasMessageContaining("this istiod will not");
    assertThat(MESH.istiod().binary()).isEqualTo(before);
  }

  @Test
  void savesRunCyclesAndANewerOneOvertakes(@TempDir Path folder) throws Exception {
    Workload client = MESH.workload("client");
    IstioSource tree =
        IstioSource.pinned(MESH.toolbox()).workingCopy(folder.resolve("istio"), List.of());
    Path file = tree.root().resolve(ROUTE_GO);
    String original = Files.readString(file);
    BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    BlockingQueue<CycleReport> reports = new LinkedBlockingQueue<>();
    String never = "never-" + System.nanoTime(); // not in any cache, so that it has to be compiled
    DevLoop loop = DevLoop.of(spec(tree).withListener(steps::add));

    try (Watch watch = loop.watch(reports::add)) {
      assertThat(next(reports).outcome()).isIn(Outcome.VERIFIED, Outcome.UNCHANGED);
      steps.clear();

      save(file, original, never);
      assertThat(next(steps).name()).isEqualTo("detect");
      save(file, original, "three");

      assertThat(next(reports).outcome()).isEqualTo(Outcome.OVERTAKEN);
      CycleReport last = nextNotOvertaken(reports);
      assertThat(last.outcome()).as(last.table()).isEqualTo(Outcome.VERIFIED);
      awaitHeader(client, "three");
      assertThat(watch.isOpen()).isTrue();

      Editor.save(file, original + "\nthis is no Go\n");
      CycleReport failed = nextNotOvertaken(reports);
      assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(failed.failure()).isInstanceOf(CompileFailedException.class);
      awaitHeader(client, "three");
    }
    assertThat(reports).isEmpty();
  }

  private static DevLoopSpec spec(IstioSource source) {
    return DevLoopSpec.of(MESH.toolbox(), source, MESH.istiod());
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(10, TimeUnit.MINUTES);
    assertThat(next).as("nothing came").isNotNull();
    return next;
  }

  /** A save may be seen as two: the second may overtake the cycle of the first. */
  private static CycleReport nextNotOvertaken(BlockingQueue<CycleReport> reports)
      throws InterruptedException {
    CycleReport report = next(reports);
    while (report.outcome() == Outcome.OVERTAKEN) {
      report = next(reports);
    }
    return report;
  }

  private static void save(Path file, String original, String value) throws Exception {
    Editor.save(file, original.replace(ANCHOR, ANCHOR + code(value)));
  }

  private static SourceEdit header(String value) {
    return SourceEdit.insertAfter(ROUTE_GO, ANCHOR, code(value));
  }

  private static String code(String value) {
    return """

        	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, &core.HeaderValueOption{
        		Header: &core.HeaderValue{Key: "x-loop", Value: "%s"},
        	})"""
        .formatted(value);
  }

  /** Acknowledged is not yet in force. */
  private static void awaitHeader(Workload client, String value) {
    client.await(GET, r -> r.header("x-loop").equals(Optional.of(value)), Duration.ofMinutes(1));
  }

  private static void assertHeader(Workload client, String value) {
    assertThat(client.send(GET).headers()).containsEntry("x-loop", List.of(value));
  }
}
