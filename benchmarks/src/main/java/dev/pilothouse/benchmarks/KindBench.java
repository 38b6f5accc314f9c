package dev.pilothouse.benchmarks;

import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Kind clusters beside the command line: {@code kind create cluster}, and {@code kubectl rollout
 * status} until CoreDNS is up. They take turns, and turns in going first. It needs the testbed
 * ({@code testbed/up}).
 */
final class KindBench {
  private static final int CLUSTERS = 5;
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final Toolbox toolbox;
  private final String nodeImage;
  private final Path folder;
  private final KindClusters clusters;
  private final Samples ours = new Samples();
  private final Samples ends = new Samples();
  private final Samples peer = new Samples();
  private final Samples peerEnds = new Samples();

  private KindBench(Toolbox toolbox, String nodeImage, Path folder) {
    this.toolbox = toolbox;
    this.nodeImage = nodeImage;
    this.folder = folder;
    this.clusters = KindClusters.create(toolbox);
  }

  static void run(Toolbox toolbox, Report report) throws IOException {
    Testbed testbed = Testbed.find();
    if (!testbed.isUp()) {
      report.note("kind clusters", "not measured", testbed.reason());
      return;
    }
    toolbox.provision(Set.of(Tool.KIND, Tool.KUBECTL));
    Path folder = Files.createTempDirectory("kind-bench");
    try {
      new KindBench(toolbox, testbed.nodeImage(), folder).run(report);
    } finally {
      Files.deleteIfExists(folder.resolve("kubeconfig"));
      Files.delete(folder);
    }
  }

  private void run(Report report) {
    for (int i = 0; i < CLUSTERS; i++) {
      if (i % 2 == 0) {
        ours();
        commandLine();
      } else {
        commandLine();
        ours();
      }
    }
    report.add("kind cluster → CoreDNS available", ours, "");
    report.add("  kind create cluster, kubectl rollout status", peer, "");
    report.ratio("  ours : command line", ours, peer, "≤ 1");
    report.add("kind cluster deleted", ends, "");
    report.add("  kind delete cluster", peerEnds, "");
  }

  private void ours() {
    Stopwatch open = new Stopwatch();
    KindCluster cluster = clusters.open(KindSpec.named("bench-ours").withNodeImage(nodeImage));
    ours.add(open.elapsed());
    Stopwatch close = new Stopwatch();
    cluster.close();
    ends.add(close.elapsed());
  }

  private void commandLine() {
    try {
      Stopwatch watch = new Stopwatch();
      command(Tool.KIND, "create", "cluster", "--name", "bench-peer", "--image", nodeImage);
      command(
          Tool.KUBECTL, "-n", "kube-system", "rollout", "status", "deploy/coredns", "--timeout=5m");
      peer.add(watch.elapsed());
    } finally {
      Stopwatch delete = new Stopwatch();
      command(Tool.KIND, "delete", "cluster", "--name", "bench-peer");
      peerEnds.add(delete.elapsed());
    }
  }

  private void command(Tool tool, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(toolbox.require(tool).path().toString());
    command.addAll(List.of(arguments));
    Map<String, String> environment =
        Map.of(
            "KUBECONFIG",
            folder.resolve("kubeconfig").toString(),
            "KIND_EXPERIMENTAL_PROVIDER",
            "docker");
    new Command(command, environment, folder, DEADLINE).output();
  }
}
