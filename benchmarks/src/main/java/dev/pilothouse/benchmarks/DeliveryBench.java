package dev.pilothouse.benchmarks;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Brings a changed istiod into a kind node, beside {@code kind load docker-image} of the same
 * content, in turn. An image is built beforehand for kind; ours start from the binary.
 */
final class DeliveryBench {
  private static final int DELIVERIES = 7;
  private static final Duration MINUTES = Duration.ofMinutes(3);

  private final Toolbox toolbox;
  private final Report report;
  private final Cluster cluster;
  private final String name;
  private final IstiodBinary stock;
  private final Path folder;

  private DeliveryBench(Toolbox toolbox, Report report, Cluster cluster, String name, Path folder) {
    this.toolbox = toolbox;
    this.report = report;
    this.cluster = cluster;
    this.name = name;
    this.folder = folder;
    this.stock = IstiodBinary.at(toolbox.require(Tool.PILOT_DISCOVERY).path());
  }

  public static void main(String[] arguments) throws IOException {
    Report report = new Report();
    run(Toolbox.create(), report);
    System.out.print(report);
  }

  /** Measures where there is a testbed. */
  static void run(Toolbox toolbox, Report report) throws IOException {
    Testbed testbed = Testbed.find();
    if (!testbed.isUp()) {
      report.note("deliveries into a node", "not measured", testbed.reason());
      return;
    }
    KindSpec spec = KindSpec.named("pilothouse-bench").withNodeImage(testbed.nodeImage());
    Path folder = Files.createTempDirectory("pilothouse-bench-");
    try (KindCluster cluster = KindClusters.create(toolbox).open(spec)) {
      new DeliveryBench(toolbox, report, cluster, spec.name(), folder)
          .measure(testbed.sample("base"));
    } finally {
      Files.deleteIfExists(folder.resolve("pilot-discovery"));
      Files.delete(folder);
    }
  }

  private void measure(String base) throws IOException {
    ImageSpec spec = ImageSpec.pilot().withHub("localhost/pilothouse-bench").withBase(base);
    ImageBuilder builder = ImageBuilders.docker(DockerHost.usual(), event -> {});
    Deliveries deliveries = Deliveries.in(DockerHost.usual());
    Delivery archive = deliveries.nodeArchive(spec);
    Delivery hotSwap = deliveries.hotSwap(toolbox);
    Samples kind = new Samples();
    Samples archives = new Samples();
    Samples swaps = new Samples();
    try {
      for (int i = -1; i < DELIVERIES; i++) {
        BuiltImage image = builder.build(changed(i), spec.withTag("kind-" + i));
        Duration byKind = time(() -> kindLoad(image.reference()));
        IstiodBinary other = changed(i);
        Duration byArchive = time(() -> archive.deliver(other, cluster, "bench/istiod"));
        IstiodBinary third = changed(i);
        Duration bySwap = time(() -> hotSwap.deliver(third, cluster, "bench/istiod"));
        builder.prune(spec, 0);
        if (i >= 0) { // The first brings the base and the supervisor.
          kind.add(byKind);
          archives.add(byArchive);
          swaps.add(bySwap);
        }
      }
    } finally {
      builder.prune(spec, 0);
    }
    System.out.printf(Locale.ROOT, "istiod: %.0f MB%n", Files.size(stock.path()) / 1e6);
    report.add("kind load docker-image of a changed istiod", kind, "");
    report.add("  straight into the node, as an archive", archives, "");
    report.ratio("  ours : kind load", archives, kind, "≤ × 0.5");
    report.add("  hot swap: the binary into the node", swaps, "");
    report.ratio("  hot swap : kind load", swaps, kind);
  }

  private static Duration time(Runnable work) {
    Stopwatch watch = new Stopwatch();
    work.run();
    return watch.elapsed();
  }

  private void kindLoad(String image) {
    new Command(
            List.of(
                toolbox.require(Tool.KIND).path().toString(),
                "load",
                "docker-image",
                image,
                "--name",
                name),
            Map.of(),
            folder,
            MINUTES)
        .output();
  }

  /** The same program with another end, which no loader reads. */
  private IstiodBinary changed(int number) throws IOException {
    Path file = folder.resolve("pilot-discovery");
    Files.copy(stock.path(), file, StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(file, number + "-" + System.nanoTime(), StandardOpenOption.APPEND);
    return new IstiodBinary(file, stock.version(), stock.flavor());
  }
}
