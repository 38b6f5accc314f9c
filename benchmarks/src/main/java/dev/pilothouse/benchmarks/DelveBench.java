package dev.pilothouse.benchmarks;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.LocalMeshSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.delve.Breakpoint;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.DelveAttacher;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.delve.Hit;
import dev.pilothouse.delve.LoadLimits;
import dev.pilothouse.delve.Tracepoint;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.envoy.xds.XdsNode;
import dev.pilothouse.envoy.xds.XdsServer;
import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.istiod.Debuggable;
import dev.pilothouse.istiod.DelveLaunch;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Sessions at a debug istiod. Tracing is measured beside {@code dlv trace}, at the same process, in
 * turns: both stop at each call's beginning and return, and read as much.
 */
final class DelveBench {
  /** So often a push to one proxy reaches the function. */
  private static final int CALLS = 1_000;

  private static final int STATES = 1_000;
  private static final int HITS = 30;
  private static final int ATTACHES = 5;
  private static final int TRACES = 3;
  private static final int CYCLES = 200;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final BreakpointSpec FUNCTION =
      BreakpointSpec.function("route.BuildDefaultHTTPOutboundRoute");
  private static final String PATTERN = "core/route\\.BuildDefaultHTTPOutboundRoute$";

  /** What {@code dlv trace} reads when it is told nothing. */
  private static final LoadLimits SHORT = new LoadLimits(false, 0, 64, 0, 3);

  private final Toolbox toolbox;
  private final Report report;
  private final DelveAttacher attacher;

  private DelveBench(Toolbox toolbox, Report report) {
    this.toolbox = toolbox;
    this.report = report;
    this.attacher = DelveAttacher.create(toolbox);
  }

  static void run(Toolbox toolbox, Report report) throws IOException, InterruptedException {
    toolbox.provision(Tool.DLV);
    IstiodBinary debug =
        IstiodCompiler.create(toolbox)
            .compile(IstioSource.pinned(toolbox), List.of(), CompileOptions.debug());
    IstiodSpec spec = IstiodSpec.defaults().withValidation(false);
    LocalMeshSpec mesh =
        LocalMeshSpec.of(toolbox)
            .withBinary(debug)
            .withIstiod(spec.withDelve(DelveLaunch.of(toolbox)));
    DelveBench bench = new DelveBench(toolbox, report);
    try (LocalMesh local = LocalMesh.start(mesh)) {
      local.cluster().apply(Manifests.yaml(services()));
      try (XdsClient proxy = proxy(local.istiod())) {
        proxy.awaitAnswered(MINUTE);
        bench.questions(local.istiod());
        bench.cycles(local.istiod());
      }
      try (Istiod alone =
              IstiodDeployer.beside(local.cluster()).deploy(debug, spec.withName("alone"));
          XdsClient proxy = proxy(alone)) {
        proxy.awaitAnswered(MINUTE);
        bench.attaches(alone);
        bench.traces(alone);
      }
    }
  }

  private void questions(Istiod istiod) {
    Samples states = new Samples();
    Samples values = new Samples();
    try (DelveSession debug = attacher.attach(istiod)) {
      for (int i = -STATES / 10; i < STATES; i++) {
        Stopwatch watch = new Stopwatch();
        debug.state();
        if (i >= 0) {
          states.add(watch.elapsed());
        }
      }
      try (Breakpoint stop =
          debug.breakAt(FUNCTION.when("clusterName == \"" + cluster(0) + "\""))) {
        for (int i = -2; i < HITS; i++) {
          CompletableFuture<Integer> push = push(istiod);
          Hit hit = stop.await(MINUTE);
          debug.scope(hit.goroutine(), 1).eval("svc");
          if (i >= 0) {
            values.add(Duration.between(hit.at(), Instant.now()));
          }
          debug.resume();
          push.join();
        }
      }
    }
    report.add("Delve: state of a running istiod", states, "≤ 3 ms");
    report.add("Delve: hit learned → typed value of a struct", values, "≤ 30 ms");
  }

  /** Attaches and closes while pushes go on. */
  private void cycles(Istiod istiod) throws IOException {
    Path folder = istiod.log().toAbsolutePath().resolveSibling("");
    Samples samples = new Samples();
    String before = "";
    for (int i = -CYCLES / 10; i < CYCLES; i++) {
      if (i == 0) {
        before = Footprints.below(folder);
      }
      CompletableFuture<Integer> push = push(istiod);
      Stopwatch watch = new Stopwatch();
      attacher.attach(istiod).close();
      if (i >= 0) {
        samples.add(watch.elapsed());
      }
      push.join();
    }
    report.add("Delve: attach and close while istiod pushes", samples, "never left stopped");
    report.note("  threads, files, memory before", before, "level");
    report.note("  after", Footprints.below(folder), "");
  }

  private void attaches(Istiod istiod) {
    Samples samples = new Samples();
    for (int i = 0; i < ATTACHES; i++) {
      Stopwatch watch = new Stopwatch();
      CompletableFuture<Integer> push;
      try (DelveSession debug = attacher.attach(istiod)) {
        Breakpoint stop = debug.breakAt(FUNCTION);
        push = push(istiod);
        stop.await(MINUTE);
        samples.add(watch.elapsed());
      }
      push.join();
    }
    report.add("Delve: attach to a debug istiod → first hit", samples, "≤ 3 s");
  }

  private void traces(Istiod istiod) throws IOException, InterruptedException {
    long pid = ((DebugEndpoint.Pid) ((Debuggable) istiod).debug()).pid();
    Samples ours = new Samples();
    Samples peer = new Samples();
    long lost = 0;
    for (int i = 0; i < TRACES; i++) {
      try (DelveSession debug = attacher.attach(istiod);
          Tracepoint calls = debug.trace(FUNCTION.withArguments(SHORT));
          Tracepoint returns = debug.trace(BreakpointSpec.returns(PATTERN).withArguments(SHORT))) {
        push(istiod).join();
        returns.await(CALLS, MINUTE);
        lost += 2L * CALLS - calls.hits().size() - returns.hits().size();
        ours.add(perHit(calls.hits(), returns.hits()));
      }
      try (DlvTrace dlv = DlvTrace.attach(toolbox.require(Tool.DLV).path(), pid, PATTERN)) {
        dlv.awaitReady(() -> push(istiod).join());
        push(istiod).join();
        peer.add(dlv.awaitLines(2 * CALLS, MINUTE));
      }
    }
    report.add("Delve: a tracepoint's hit, " + CALLS + " calls and returns", ours, "");
    report.add("  dlv trace", peer, "");
    report.ratio("  ours : dlv trace", ours, peer, "≤ × 1.1");
    report.note("  hits that were lost", String.valueOf(lost), "0");
  }

  private static Duration perHit(List<Hit> calls, List<Hit> returns) {
    List<Instant> at =
        Stream.concat(calls.stream(), returns.stream()).map(Hit::at).sorted().toList();
    return Duration.between(at.get(0), at.get(at.size() - 1)).dividedBy(at.size() - 1L);
  }

  private static CompletableFuture<Integer> push(Istiod istiod) {
    IstiodConsole console = IstiodConsole.of(istiod);
    return CompletableFuture.supplyAsync(console::push);
  }

  private static XdsClient proxy(Istiod istiod) {
    return XdsClient.connect(
        XdsServer.plaintext("127.0.0.1", istiod.xdsPort()),
        XdsNode.sidecar("debugged", "default", "10.9.8.7"));
  }

  private static String cluster(int service) {
    return "outbound|8000||service-" + service + ".example.com";
  }

  private static String services() {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < CALLS; i++) {
      yaml.append(
          """
          apiVersion: networking.istio.io/v1
          kind: ServiceEntry
          metadata: {name: service-%1$d, namespace: default}
          spec:
            hosts: [service-%1$d.example.com]
            ports: [{number: 8000, name: http, protocol: HTTP}]
            resolution: STATIC
            endpoints: [{address: 10.201.0.1}]
          ---
          """
              .formatted(i));
    }
    return yaml.toString();
  }
}
