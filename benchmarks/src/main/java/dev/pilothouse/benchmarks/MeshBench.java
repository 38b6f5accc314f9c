package dev.pilothouse.benchmarks;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.LocalMeshSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.source.SourceEdit;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * The local mesh on real components. The numbers of runs are small, because each starts real
 * processes.
 */
final class MeshBench {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int MESHES = 7;
  private static final int EDITS = 5;
  private static final int CHANGES = 100;
  private static final int WARM_UP = 20;

  private final Toolbox toolbox;
  private final Report report;
  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();

  private MeshBench(Toolbox toolbox, Report report) {
    this.toolbox = toolbox;
    this.report = report;
  }

  static void run(Toolbox toolbox, Report report) throws IOException {
    MeshBench bench = new MeshBench(toolbox, report);
    bench.warmResolve();
    bench.startAndStop();
    bench.editToVerified();
    bench.changeToSeen(
        "API change → seen", IstiodSpec.defaults(), "≤ 20 ms behind the poller, p95 ≤ 40");
    bench.changeToSeen(
        "the same, PILOT_DEBOUNCE_AFTER=1ms",
        IstiodSpec.defaults().withEnvironment("PILOT_DEBOUNCE_AFTER", "1ms"),
        "≤ 30 ms in all");
  }

  private void warmResolve() {
    Samples samples = new Samples();
    for (int i = 0; i < MESHES; i++) {
      Stopwatch watch = new Stopwatch();
      Toolbox.create().require(EnumSet.allOf(Tool.class));
      samples.add(watch.elapsed());
    }
    report.add("resolve all tools, warm cache", samples, "≤ 200 ms");
  }

  private void startAndStop() {
    Samples starts = new Samples();
    Samples stops = new Samples();
    for (int i = 0; i < MESHES; i++) {
      Stopwatch start = new Stopwatch();
      LocalMesh mesh = LocalMesh.start(toolbox);
      try {
        mesh.workloads().deploy(WorkloadSpec.client("client"));
        starts.add(start.elapsed());
      } finally {
        Stopwatch stop = new Stopwatch();
        mesh.close();
        stops.add(stop.elapsed());
      }
    }
    report.add("start → first Envoy has acknowledged all types", starts, "≤ 6 s");
    report.add("teardown", stops, "≤ 2 s");
  }

  /** From a saved file to the header asserted in a real response, without compile and link. */
  private void editToVerified() {
    IstioSource source = IstioSource.pinned(toolbox);
    IstiodCompiler compiler = IstiodCompiler.create(toolbox);
    IstiodBinary stock = compiler.compile(source, List.of(), CompileOptions.release());
    Samples compiles = new Samples();
    Samples rest = new Samples();
    try (LocalMesh mesh = LocalMesh.start(LocalMeshSpec.of(toolbox).withBinary(stock))) {
      mesh.workloads().deploy(WorkloadSpec.http("httpbin", 8000));
      Workload client = mesh.workloads().deploy(WorkloadSpec.client("client"));
      for (int i = 0; i < EDITS; i++) {
        String value = "edit-" + i + "-" + System.nanoTime();
        Stopwatch compile = new Stopwatch();
        IstiodBinary changed =
            compiler.compile(source, List.of(headerEdit(value)), CompileOptions.release());
        compiles.add(compile.elapsed());
        Stopwatch watch = new Stopwatch();
        mesh.istiod().replaceWith(changed, MINUTE);
        inspector.await(client.proxy().config(), config -> setsHeader(config, value), MINUTE);
        List<String> header =
            client.send(HttpCall.get("http://httpbin:8000/get")).headers().get("x-bench");
        if (!List.of(value).equals(header)) {
          throw new IllegalStateException("x-bench is " + header + ", not " + value);
        }
        rest.add(watch.elapsed());
      }
    }
    report.add("edit → istiod compiled and linked (Go's time)", compiles, "");
    report.add("istiod compiled → verified in a response", rest, "≤ 2 s");
  }

  private static SourceEdit headerEdit(String value) {
    return SourceEdit.insertAfter(
        "pilot/pkg/networking/core/route/route.go",
        "setTimeout(out.GetRoute(), nil, nil)",
        """

        	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, &core.HeaderValueOption{
        		Header: &core.HeaderValue{Key: "x-bench", Value: "%s"},
        	})"""
            .formatted(value));
  }

  /**
   * Both wait for the same header value in the same Envoy: our inspector in this JVM, and a poller
   * in another process that knows nothing of Pilothouse.
   */
  private void changeToSeen(String what, IstiodSpec istiod, String goal) throws IOException {
    Samples ours = new Samples();
    Samples peer = new Samples();
    Samples behind = new Samples();
    try (LocalMesh mesh = LocalMesh.start(LocalMeshSpec.of(toolbox).withIstiod(istiod))) {
      mesh.workloads().deploy(WorkloadSpec.http("httpbin", 8000));
      Workload client = mesh.workloads().deploy(WorkloadSpec.client("client"));
      try (PollerProcess poller = PollerProcess.start(client.proxy().admin())) {
        for (int i = -WARM_UP; i < CHANGES; i++) {
          String value = "change-" + i + "-" + System.nanoTime();
          poller.expect(value);
          long start = PollerProcess.nowMicros();
          mesh.cluster().apply(Manifests.yaml(virtualService(value)));
          inspector.await(
              client.proxy().config().only(ConfigSection.DYNAMIC_ROUTE_CONFIGS),
              config -> setsHeader(config, value),
              MINUTE);
          long seen = PollerProcess.nowMicros();
          long peerSeen = poller.seen();
          if (i >= 0) {
            ours.add(micros(seen - start));
            peer.add(micros(peerSeen - start));
            behind.add(micros(seen - peerSeen));
          }
        }
      }
    }
    report.add(what, ours, goal);
    report.add("  the independent poller", peer, "");
    report.add("  behind the poller", behind, "");
    report.ratio("  ours : poller", ours, peer);
  }

  private static boolean setsHeader(EnvoyConfig config, String value) {
    return config.routeConfigurations().stream()
        .flatMap(routes -> routes.virtualHosts().stream())
        .flatMap(host -> host.routes().stream())
        .anyMatch(route -> route.responseHeader("x-bench").equals(Optional.of(value)));
  }

  private static Duration micros(long micros) {
    return Duration.ofNanos(micros * 1000);
  }

  private static String virtualService(String value) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin, namespace: default}
        spec:
          hosts: [httpbin]
          http:
          - headers: {response: {set: {x-bench: %s}}}
            route: [{destination: {host: httpbin, port: {number: 8000}}}]
        """
        .formatted(value);
  }
}
