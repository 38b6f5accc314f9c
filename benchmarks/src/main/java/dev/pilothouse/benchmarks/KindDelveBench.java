package dev.pilothouse.benchmarks;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.delve.Breakpoint;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.DelveAttacher;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.ImageDebugger;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.istiod.DebuggedIstiod;
import dev.pilothouse.istiod.DelvePatch;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.Replacement;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An istiod in a pod goes under Delve: from {@code debug()} to the first hit of a breakpoint, and
 * back. The image is in the node from the second round on. It needs the testbed.
 */
final class KindDelveBench {
  private static final int ROUNDS = 5;
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String SMALL = "pilot: {resources: {requests: {cpu: 50m, memory: 128Mi}}}";
  private static final String RULE =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews, namespace: default}
      spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews}}]}]}
      """;

  private final Toolbox toolbox;
  private final Testbed testbed;
  private final Samples toHit = new Samples();
  private final Samples back = new Samples();
  private final Cycles steps = new Cycles();

  private KindDelveBench(Toolbox toolbox, Testbed testbed) {
    this.toolbox = toolbox;
    this.testbed = testbed;
  }

  static void run(Toolbox toolbox, Report report) throws IOException {
    Testbed testbed = Testbed.find();
    if (!testbed.isUp()) {
      report.note("istiod under Delve on kind", "not measured", testbed.reason());
      return;
    }
    new KindDelveBench(toolbox, testbed).run(report);
  }

  private void run(Report report) {
    IstiodBinary debugBinary =
        IstiodCompiler.create(toolbox)
            .compile(IstioSource.pinned(toolbox), List.of(), CompileOptions.debug());
    ImageSpec image =
        ImageSpec.pilot()
            .withName("pilot-debug")
            .withDebugger(ImageDebugger.onLoopback(toolbox.provision(Tool.DLV).path()));
    Delivery delivery = Deliveries.in(DockerHost.usual()).nodeArchive(image);
    DelvePatch patch = DelvePatch.deliver(debugBinary, delivery);
    String pilot = testbed.hub() + "/pilot:" + testbed.istioTag();
    KindSpec spec = KindSpec.named("bench-delve").withNodeImage(testbed.nodeImage());
    try (KindCluster cluster = KindClusters.create(toolbox).open(spec)) {
      cluster.load(List.of(pilot));
      InstallSpec install =
          InstallSpec.of(toolbox.provision(Tool.ISTIOCTL).path(), Delivery.image(pilot))
              .withProfile("minimal")
              .withProxyImage(testbed.hub(), testbed.istioTag())
              .withValues(SMALL);
      try (InClusterIstiod istiod =
          IstiodDeployer.inCluster(cluster, install)
              .deploy(pilot, IstiodSpec.defaults().withValidation(false))) {
        for (int i = -1; i < ROUNDS; i++) {
          round(i, cluster, istiod, patch);
        }
      }
    }
    report.add("istiod on kind: debug() → first hit, image built", toHit, "≤ 15 s");
    steps.tell(report);
    report.add("  set back, old istiod ready", back, "");
  }

  @SuppressWarnings("try") // The rule is there to be there.
  private void round(int round, KindCluster cluster, InClusterIstiod istiod, DelvePatch patch) {
    Stopwatch hit = new Stopwatch();
    Stopwatch end;
    Map<String, Duration> times = new LinkedHashMap<>();
    try (DebuggedIstiod debugged = istiod.debug(patch)) {
      for (Replacement.Step step : debugged.steps().steps()) {
        times.put(step.name(), step.took());
      }
      Stopwatch attach = new Stopwatch();
      try (DelveSession debug = DelveAttacher.create(toolbox).attach(debugged);
          Breakpoint stop =
              debug.breakAt(BreakpointSpec.function("model.(*PushContext).initVirtualServices"));
          Applied rule = cluster.apply(Manifests.yaml(RULE))) {
        stop.await(SOON);
        times.put("attach, break, hit", attach.elapsed());
        hit.stop();
      }
      end = new Stopwatch();
    }
    steps.add(round, times);
    if (round >= 0) {
      toHit.add(hit.stopped());
      back.add(end.elapsed());
    }
  }
}
