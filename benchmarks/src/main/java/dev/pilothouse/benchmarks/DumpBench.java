package dev.pilothouse.benchmarks;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.VirtualHost;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Reads the dump of a large mesh, beside {@code istioctl proxy-config routes -f} on the same file.
 * Times include reading the file, which is in the page cache.
 */
final class DumpBench {
  private static final Path FILE = Path.of("benchmarks", "target", "large-dump.json");
  private static final int PROCESSES = 15;
  private static final int WARM_UP = 40;
  private static final int READS = 30;
  private static final int LOOKUPS = 300;

  private final Toolbox toolbox;
  private final Report report;
  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();
  private final ConfigSource source = ConfigSource.file(FILE);

  private DumpBench(Toolbox toolbox, Report report) {
    this.toolbox = toolbox;
    this.report = report;
  }

  public static void main(String[] arguments) throws IOException {
    Report report = new Report();
    run(Toolbox.create(), report);
    System.out.print(report);
  }

  /** Makes the dump, unless an earlier run did, and measures. */
  static void run(Toolbox toolbox, Report report) throws IOException {
    if (!Files.exists(FILE)) {
      System.out.println("Making " + FILE + " through a real istiod");
      LargeDump.make(toolbox, FILE);
    }
    DumpBench bench = new DumpBench(toolbox, report);
    EnvoyConfig config = bench.inspector.read(bench.source);
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f MB, %d clusters, %d routes%n",
        FILE,
        Files.size(FILE) / 1e6,
        config.clusters().size(),
        LargeDump.routes(config));
    Samples istioctl = bench.cold();
    bench.warm(istioctl);
    bench.lookUp();
    bench.heap();
    AnalysisBench.run(FILE, report);
  }

  /** Whole processes, ours and istioctl in turn. */
  private Samples cold() throws IOException {
    Path archive = FILE.resolveSibling("list-routes.jsa");
    Files.deleteIfExists(archive);
    String java = ProcessHandle.current().info().command().orElse("java");
    String classPath = jarsOnly(System.getProperty("java.class.path"));
    String program = ListRoutes.class.getName();
    // Interpreted, because a method that waits for its compiler when Java 17 writes the archive is
    // never compiled in a process that reads it.
    time(
        List.of(
            java,
            "-Xint",
            "-XX:ArchiveClassesAtExit=" + archive,
            "-cp",
            classPath,
            program,
            "" + FILE));
    List<String> ours =
        List.of(
            java,
            "-XX:SharedArchiveFile=" + archive,
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xms300m",
            "-Xmn256m",
            "-cp",
            classPath,
            program,
            "" + FILE);
    List<String> theirs =
        List.of(
            toolbox.require(Tool.ISTIOCTL).path().toString(),
            "proxy-config",
            "routes",
            "-f",
            "" + FILE);
    Samples mine = new Samples();
    Samples istioctl = new Samples();
    for (int i = -2; i < PROCESSES; i++) {
      Stopwatch watch = time(ours);
      Stopwatch peer = time(theirs);
      if (i >= 0) {
        mine.add(watch.stopped());
        istioctl.add(peer.stopped());
      }
    }
    report.add(size() + ": list all routes, cold process", mine, "");
    report.add("  istioctl proxy-config routes -f", istioctl, "");
    report.ratio("  ours : istioctl", mine, istioctl, "≤ × 0.60");
    return istioctl;
  }

  /** An archive of classes takes them from jars alone; ours is beside its folder of classes. */
  private static String jarsOnly(String classPath) throws IOException {
    List<String> jars = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (!Files.isDirectory(path)) {
        jars.add(entry);
        continue;
      }
      try (Stream<Path> files = Files.list(path.toAbsolutePath().getParent())) {
        files
            .filter(file -> file.getFileName().toString().matches("pilothouse-.*SNAPSHOT\\.jar"))
            .forEach(file -> jars.add(file.toString()));
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private void warm(Samples istioctl) throws IOException {
    Samples samples = new Samples();
    int size = 0;
    for (int i = -WARM_UP; i < READS; i++) {
      Stopwatch watch = new Stopwatch();
      size += ListRoutes.list(inspector.read(source)).length();
      if (i >= 0) {
        samples.add(watch.elapsed());
      }
    }
    if (size == 0) {
      throw new IllegalStateException("nothing was listed");
    }
    report.add(size() + ": list all routes, warm JVM", samples, "");
    report.ratio("  ours : istioctl", samples, istioctl, "≤ × 0.10");
  }

  /** The first look at a resource of a dump that is open, and the first look into a host. */
  private void lookUp() throws IOException {
    Random random = new Random(1);
    Samples messages = new Samples();
    Samples hosts = new Samples();
    EnvoyConfig config = inspector.read(source);
    config.cluster("none");
    List<Resource> all = config.resources();
    for (int i = 0; i < LOOKUPS; i++) {
      String name = all.get(random.nextInt(all.size())).name();
      Stopwatch watch = new Stopwatch();
      boolean read = config.cluster(name).map(Resource::message).isPresent();
      if (read) {
        messages.add(watch.elapsed());
      }
    }
    for (int i = 0; i < READS; i++) {
      EnvoyConfig fresh = inspector.read(source);
      Stopwatch watch = new Stopwatch();
      VirtualHost host =
          fresh
              .route("8000")
              .flatMap(r -> r.virtualHost("service-0007.shop.example.com:8000"))
              .orElseThrow();
      hosts.add(watch.elapsed());
      if (host.routes().isEmpty()) {
        throw new IllegalStateException("no routes in " + host);
      }
    }
    report.add(size() + ", opened: one cluster as a message", messages, "≤ 5 ms");
    report.add(size() + ", opened: one virtual host of 1,500", hosts, "≤ 5 ms");
  }

  private static String size() throws IOException {
    return String.format(Locale.ROOT, "%.0f MB dump", Files.size(FILE) / 1e6);
  }

  private void heap() throws IOException {
    long before = used();
    EnvoyConfig config = inspector.read(source);
    double retained = used() - before;
    report.note(
        size() + ": retained heap after opening",
        String.format(Locale.ROOT, "× %.2f", retained / Files.size(FILE)),
        "≤ × 1.50 of the file");
    if (config.resources().isEmpty()) {
      throw new IllegalStateException("nothing was read");
    }
  }

  private static long used() {
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static Stopwatch time(List<String> command) throws IOException {
    Stopwatch watch = new Stopwatch();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(command.get(0) + " ended with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.get(0) + " ran", e);
    }
    watch.stop();
    return watch;
  }
}
