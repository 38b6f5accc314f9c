package dev.pilothouse.benchmarks;

import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.loop.CycleReport;
import dev.pilothouse.loop.DevLoop;
import dev.pilothouse.loop.DevLoopSpec;
import dev.pilothouse.loop.Step;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.PodOptions;
import dev.pilothouse.workload.PodWorkload;
import dev.pilothouse.workload.PodWorkloads;
import dev.pilothouse.workload.Sample;
import dev.pilothouse.workload.Workloads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The whole loop on kind, beside the guide's dev-loop.sh: a file is saved, and in the end the edit
 * is in the routes of httpbin's Envoy. All work on one tree, in one cluster, with one Go cache. The
 * script and our loop with an image take turns; the hot swap comes after them, because it needs
 * another pod.
 */
final class LoopBench {
  private static final String ROUTE_GO = "pilot/pkg/networking/core/route/route.go";
  private static final String ANCHOR = "setTimeout(out.GetRoute(), nil, nil)";
  private static final int ROUNDS = 5;
  private static final String COMPILE = "compile";
  private static final String SMALL =
      "{pilot: {resources: {requests: {cpu: 50m, memory: 128Mi}}},"
          + " global: {proxy: {resources: {requests: {cpu: 10m, memory: 64Mi}}}}}";

  private final Toolbox toolbox;
  private final Testbed testbed;
  private final Path folder;
  private final IstioSource source;
  private final String original;
  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();

  private LoopBench(Toolbox toolbox, Testbed testbed, Path folder) throws IOException {
    this.toolbox = toolbox;
    this.testbed = testbed;
    this.folder = folder;
    this.source = IstioSource.pinned(toolbox).workingCopy(folder.resolve("tree"), List.of());
    this.original = Files.readString(source.root().resolve(ROUTE_GO));
  }

  /** Measures where there is a testbed. */
  static void run(Toolbox toolbox, Report report) throws IOException {
    Testbed testbed = Testbed.find();
    if (!testbed.isUp()) {
      report.note("the loop on kind", "not measured", testbed.reason());
      return;
    }
    Path folder = Files.createTempDirectory("pilothouse-bench-");
    try {
      new LoopBench(toolbox, testbed, folder).run(report);
    } finally {
      delete(folder);
    }
  }

  @SuppressWarnings("try") // The label of the namespace is there to be there.
  private void run(Report report) {
    Cycles script = new Cycles();
    Cycles image = new Cycles();
    Cycles hot = new Cycles();
    Samples unchanged = new Samples();
    KindSpec spec = KindSpec.named("bench-loop").withNodeImage(testbed.nodeImage());
    try (KindCluster cluster = KindClusters.create(toolbox).open(spec)) {
      cluster.load(
          List.of(
              testbed.hub() + "/proxyv2:" + testbed.istioTag(),
              testbed.sample("base"),
              testbed.sample("httpbin")));
      Path programs = directory(folder.resolve("script"));
      DevLoopScript peer =
          new DevLoopScript(
              toolbox, programs, source.moduleDirectory(), testbed.sample("base"), cluster);
      IstiodBinary stock =
          IstiodCompiler.create(toolbox).compile(source, List.of(), CompileOptions.release());
      Deliveries deliveries = Deliveries.in(DockerHost.usual());
      ImageSpec pilot =
          ImageSpec.pilot().withHub("localhost/ours").withBase(testbed.sample("base"));
      try (PodWorkloads workloads = Workloads.inCluster(cluster, PodOptions.defaults());
          var injection = workloads.injectedNamespace("default")) {
        PodWorkload httpbin;
        try (InClusterIstiod istiod =
            deploy(cluster, stock, deliveries.nodeArchive(pilot), Lifetime.KEEP)) {
          httpbin =
              workloads
                  .deploy(Sample.httpbin(testbed.sample("httpbin")), "default")
                  .workload("httpbin");
          for (int i = -1; i < ROUNDS; i++) {
            script.add(i, byScript(peer));
            image.add(i, byLoop(istiod, httpbin));
          }
        }
        try (InClusterIstiod istiod =
            deploy(cluster, stock, deliveries.hotSwap(toolbox), Lifetime.HANDLE)) {
          for (int i = -1; i < ROUNDS; i++) {
            hot.add(i, byLoop(istiod, httpbin));
          }
          unchanged(istiod, httpbin, unchanged);
        }
      }
    }
    tell(report, script, image, hot, unchanged);
  }

  private InClusterIstiod deploy(
      KindCluster cluster, IstiodBinary istiod, Delivery delivery, Lifetime lifetime) {
    InstallSpec install =
        InstallSpec.of(toolbox.provision(Tool.ISTIOCTL).path(), delivery)
            .withProfile("minimal")
            .withProxyImage(testbed.hub(), testbed.istioTag())
            .withValues(SMALL)
            .withLifetime(lifetime);
    IstiodSpec how = IstiodSpec.defaults().withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS);
    return IstiodDeployer.inCluster(cluster, install).deploy(istiod, how);
  }

  private Map<String, Duration> byScript(DevLoopScript script) {
    String value = save();
    return script.run("deploy/httpbin.default", value);
  }

  private Map<String, Duration> byLoop(InClusterIstiod istiod, PodWorkload seen) {
    String value = save();
    CycleReport report = loop(istiod, seen, value).cycle();
    System.out.println(report.table());
    Map<String, Duration> steps = new LinkedHashMap<>();
    report.steps().stream()
        .filter(step -> step.status() == Step.Status.DONE)
        .forEach(step -> steps.put(step.name(), step.took()));
    Duration sum = steps.values().stream().reduce(Duration.ZERO, Duration::plus);
    steps.put("between the steps", report.took().minus(sum));
    return steps;
  }

  private DevLoop loop(InClusterIstiod istiod, PodWorkload seen, String value) {
    return DevLoop.of(
        DevLoopSpec.of(toolbox, source, istiod)
            .withVerification("the edit is in Envoy's routes", () -> require(seen, value)));
  }

  private void require(PodWorkload seen, String value) {
    var routes = seen.proxy().config().only(ConfigSection.DYNAMIC_ROUTE_CONFIGS);
    if (!inspector.read(routes).raw().toString().contains(value)) {
      throw new AssertionError("no route has " + value);
    }
  }

  /** A cycle that has nothing to do; the loop has to be the one that has deployed. */
  private void unchanged(InClusterIstiod istiod, PodWorkload seen, Samples samples) {
    String value = save();
    DevLoop loop = loop(istiod, seen, value);
    loop.cycle();
    for (int i = 0; i < ROUNDS; i++) {
      CycleReport report = loop.cycle();
      if (report.outcome() != CycleReport.Outcome.UNCHANGED) {
        throw new IllegalStateException(report.table());
      }
      samples.add(report.took());
    }
  }

  /** Saves another header into the tree, and gives its value. */
  private String save() {
    String value = "edit-" + System.nanoTime();
    String code =
        """

        	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, &core.HeaderValueOption{
        		Header: &core.HeaderValue{Key: "x-istiod-dev", Value: "%s"},
        	})"""
            .formatted(value);
    try {
      Files.writeString(source.root().resolve(ROUTE_GO), original.replace(ANCHOR, ANCHOR + code));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return value;
  }

  private static void tell(
      Report report, Cycles script, Cycles image, Cycles hot, Samples unchanged) {
    Samples scriptRest = script.rest("show");
    report.add("dev-loop.sh with a 50 ms poll, without Go's compile and link", scriptRest, "");
    script.tell(report, COMPILE, "show");
    report.add("  as it stands, with its sleep 5", script.asItStands(), "");
    report.add("our loop, hot swap, without Go's compile and link", hot.rest(), "");
    hot.tell(report, COMPILE);
    report.ratio("  ours : script with the poll", hot.rest(), scriptRest, "≤ × 0.125");
    report.ratio("  ours : script as it stands", hot.rest(), script.asItStands());
    report.add("our loop, image, without Go's compile and link", image.rest(), "");
    image.tell(report, COMPILE);
    report.ratio("  ours : script with the poll", image.rest(), scriptRest, "≤ × 0.5");
    report.ratio("  ours : script as it stands", image.rest(), script.asItStands());
    report.add("compile and link: dev-loop.sh", script.only(COMPILE), "");
    report.add("  our loop", hot.only(COMPILE), "");
    report.ratio("  ours : script", hot.only(COMPILE), script.only(COMPILE), "≤ × 0.8");
    report.add("whole cycle: dev-loop.sh with a 50 ms poll", script.whole("show"), "");
    report.add("  our loop, hot swap", hot.whole(), "");
    report.ratio("  ours : script", hot.whole(), script.whole("show"), "≤ × 0.45");
    report.add("cycle of an unchanged tree", unchanged, "≤ 1 s");
  }

  private static Path directory(Path path) {
    try {
      return Files.createDirectory(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
