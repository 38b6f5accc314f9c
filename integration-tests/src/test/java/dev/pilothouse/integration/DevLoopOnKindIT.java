package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.image.Delivery;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.loop.CycleReport;
import dev.pilothouse.loop.CycleReport.Outcome;
import dev.pilothouse.loop.DevLoop;
import dev.pilothouse.loop.DevLoopSpec;
import dev.pilothouse.loop.Step;
import dev.pilothouse.loop.Watch;
import dev.pilothouse.source.CompileFailedException;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.source.SourceEdit;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop on a real kind cluster, by hot swap. */
class DevLoopOnKindIT {
  static final String NAME = "loop-it";
  private static final String ROUTE_GO = "pilot/pkg/networking/core/route/route.go";
  private static final String ANCHOR = "setTimeout(out.GetRoute(), nil, nil)";
  private static final String NODE_DIRECTORY =
      "/var/lib/pilothouse/istiod/istio-system/istiod-" + NAME;
  private static final HttpCall GET = HttpCall.get("http://httpbin:8000/get");
  private static final Duration SOON = Duration.ofMinutes(2);

  /** Fifty take five minutes. */
  private static final int CYCLES = Integer.getInteger("loop.cycles", 20);

  /** Connections that are kept alive, and threads that wait for work: fewer than one a cycle. */
  private static final int SOME = 10;

  /** The node keeps three binaries: with more, each cycle has to send one. */
  private static final int EDITS = 4;

  @TempDir Path folder;

  private static KindFixture kind;
  private static PodMesh mesh;
  private static Toolbox toolbox;
  private static IstioSource source;
  private static Workload client;

  @BeforeAll
  static void install() {
    kind = KindFixture.require();
    toolbox = kind.toolbox();
    source = IstioSource.pinned(toolbox);
    IstiodBinary stock =
        IstiodCompiler.create(toolbox).compile(source, List.of(), CompileOptions.release());
    mesh = PodMesh.start(NAME, hotSwap(), stock);
    client = mesh.deploy(WorkloadSpec.http("httpbin", 8000), WorkloadSpec.client("client")).get(1);
  }

  @AfterAll
  static void uninstall() {
    if (mesh != null) {
      mesh.close();
    }
  }

  private static Delivery hotSwap() {
    return Deliveries.in(DockerHost.usual()).hotSwap(toolbox);
  }

  private static DevLoopSpec spec(IstioSource tree) {
    return DevLoopSpec.of(toolbox, tree, mesh.istiod()).withDeadlines(SOON, SOON);
  }

  /** A swap may take so long that the pod is not ready for a moment. */
  private static List<String> pods() {
    return mesh.istiod().replicas().stream()
        .map(replica -> replica.pod() + ", restarts: " + replica.restarts())
        .toList();
  }

  @Test
  void savesReachThePodAndWhatDoesNotCompileDoesNot() throws Exception {
    IstioSource tree = source.workingCopy(folder.resolve("istio"), List.of());
    Path file = tree.root().resolve(ROUTE_GO);
    String original = Files.readString(file);
    List<String> pods = pods();
    BlockingQueue<CycleReport> reports = new LinkedBlockingQueue<>();

    try (Watch watch = DevLoop.of(spec(tree)).watch(reports::add)) {
      assertThat(next(reports).outcome()).isIn(Outcome.VERIFIED, Outcome.UNCHANGED);

      Editor.save(file, original.replace(ANCHOR, ANCHOR + code("saved")));
      CycleReport saved = next(reports);

      assertThat(saved.outcome()).as(saved.table()).isEqualTo(Outcome.VERIFIED);
      assertThat(saved.steps())
          .extracting(Step::name)
          .contains("compile", "deliver", "swap", "acknowledge");
      assertThat(saved.step("acknowledge").orElseThrow().note()).isEqualTo("2 proxies");
      assertHeader("saved");

      Editor.save(file, original + "\nthis is no Go\n");
      assertThat(next(reports).failure()).isInstanceOf(CompileFailedException.class);
      assertHeader("saved");
      assertThat(watch.isOpen()).isTrue();
    }
    assertThat(pods()).as("the pod stayed").isEqualTo(pods);
    assertThat(reports).isEmpty();
  }

  @Test
  void cyclesLeakNothing() throws Exception {
    List<String> pods = pods();
    DevLoop loop =
        DevLoop.of(
            spec(source)
                .withProxy(client.proxy())
                .withVerification("served", () -> client.send(GET)));
    // Compiled once: what is to be seen here is what comes after.
    IntStream.range(0, 2 * EDITS).forEach(i -> cycle(loop, i));
    Holdings before = Holdings.now();

    IntStream.range(0, CYCLES).forEach(i -> cycle(loop, i));

    Holdings.awaitNoMoreThan(before);
    assertThat(pods()).isEqualTo(pods);
    assertThat(inNode("ls", "-A", NODE_DIRECTORY).lines())
        .as("three binaries, the current one's name and the previous one's")
        .hasSize(5);
  }

  private static void cycle(DevLoop loop, int number) {
    CycleReport report = loop.cycle(List.of(header("edit-" + number % EDITS)));
    assertThat(report.outcome()).as(report.table()).isEqualTo(Outcome.VERIFIED);
    assertThat(report.step("deliver").orElseThrow().note()).doesNotContain("was there");
  }

  /** What this JVM, Docker and the node have in hand. */
  private record Holdings(
      long threads,
      long files,
      long containers,
      long images,
      long volumes,
      long nodeImages,
      long held) {
    static Holdings now() {
      return new Holdings(
          Thread.getAllStackTraces().size(),
          files("/proc/self/fd"),
          DockerFixture.output("ps", "-aq").lines().count(),
          DockerFixture.output("images", "-aq").lines().count(),
          DockerFixture.output("volume", "ls", "-q").lines().count(),
          inNode("ctr", "-n", "k8s.io", "images", "ls", "-q").lines().count(),
          inNode(
                  "sh",
                  "-c",
                  "printf '%s\\n' $(pgrep -f '[-]node supervise' | sed 's|.*|/proc/&/fd/*|')")
              .lines()
              .count());
    }

    private static long files(String folder) {
      return Objects.requireNonNull(new File(folder).list()).length;
    }

    static void awaitNoMoreThan(Holdings before) {
      Poll.require(
          "everything of " + CYCLES + " cycles has ended",
          SOON,
          () -> {
            Holdings now = now();
            if (now.threads > before.threads + SOME
                || now.files > before.files + SOME
                || now.containers > before.containers
                || now.images > before.images
                || now.volumes > before.volumes
                || now.nodeImages > before.nodeImages
                || now.held > before.held) {
              throw new Poll.NotYet(now + " after " + before);
            }
            return Optional.of(now);
          });
    }
  }

  @Test
  void theNextRunFinishesWhatAKilledJvmBegan() throws Exception {
    for (String when : List.of("Sending", "Delivered")) {
      IstiodBinary before = mesh.istiod().binary();
      killAt(when, when);

      assertThat(client.send(GET).status()).isEqualTo(200);
      try (InClusterIstiod found =
          PodMesh.deployer(kind, mesh.cluster(), hotSwap()).find(NAME).orElseThrow()) {
        CycleReport report =
            DevLoop.of(DevLoopSpec.of(toolbox, source, found).withDeadlines(SOON, SOON))
                .cycle(List.of(header(when)));
        assertThat(report.outcome()).as(report.table()).isEqualTo(Outcome.VERIFIED);
        assertHeader(when);
        assertThat(inNode("ls", "-A", NODE_DIRECTORY)).doesNotContain(".draft");
        found.replaceWith(before, SOON);
      }
    }
  }

  /** Runs a cycle in another JVM, and kills it at an event of the delivery. */
  private void killAt(String event, String edit) throws IOException, InterruptedException {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DevLoopToKill.class.getName(),
                mesh.cluster().name(),
                edit,
                event)
            .redirectError(folder.resolve("jvm.log").toFile())
            .start();
    try (BufferedReader said = jvm.inputReader()) {
      assertThat(said.readLine()).as("the other JVM").isEqualTo(event);
    } finally {
      jvm.destroyForcibly();
      assertThat(jvm.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(10, TimeUnit.MINUTES);
    assertThat(next).as("nothing came").isNotNull();
    return next;
  }

  static SourceEdit header(String value) {
    return SourceEdit.insertAfter(ROUTE_GO, ANCHOR, code(value));
  }

  private static String code(String value) {
    return """

        	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, &core.HeaderValueOption{
        		Header: &core.HeaderValue{Key: "x-loop", Value: "%s"},
        	})"""
        .formatted(value);
  }

  private static void assertHeader(String value) {
    client.await(GET, reply -> reply.header("x-loop").equals(Optional.of(value)), SOON);
  }

  private static String inNode(String... command) {
    String node = mesh.cluster().nodes().get(0).name();
    return DockerFixture.output(
        Stream.concat(Stream.of("exec", node), Stream.of(command)).toArray(String[]::new));
  }
}
