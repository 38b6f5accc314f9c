package dev.pilothouse.benchmarks;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.LocalMeshSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.toolbox.Toolbox;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A thousand proxies without Envoy at one istiod, beside as many of Istio's own {@code adsc}
 * clients: the same identities, port and settings, in turns. It is istiod that says when all have
 * acknowledged everything.
 */
final class XdsBench {
  private static final int PROXIES = 1_000;
  private static final int SERVICES = 100;
  private static final int ROUNDS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final LocalMesh mesh;
  private final Samples ourTimes = new Samples();
  private final Samples peerTimes = new Samples();
  private final Samples ourCpu = new Samples();
  private final Samples peerCpu = new Samples();
  private Memory ourMemory = new Memory(0, 0, 0);
  private Memory peerMemory = new Memory(0, 0, 0);

  /** What a process holds when all is acknowledged. */
  private record Memory(long heap, long resources, long resident) {}

  private XdsBench(LocalMesh mesh) {
    this.mesh = mesh;
  }

  /**
   * Measures it alone.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Report report = new Report();
    run(Toolbox.create(), report);
    System.out.print(report);
  }

  static void run(Toolbox toolbox, Report report) throws IOException, InterruptedException {
    IstiodSpec istiod =
        IstiodSpec.defaults()
            .withValidation(false)
            .withEnvironment("PILOT_MAX_REQUESTS_PER_SECOND", "100000");
    List<String> tags = List.of("vtprotobuf", "disable_pgv");
    try (PeerProgram adsc = PeerProgram.build(toolbox, "adsc", tags);
        LocalMesh mesh = LocalMesh.start(LocalMeshSpec.of(toolbox).withIstiod(istiod))) {
      mesh.cluster().apply(Manifests.yaml(services()));
      new XdsBench(mesh).measure(adsc.path(), report);
    }
  }

  private void measure(Path adsc, Report report) throws IOException, InterruptedException {
    String address = "127.0.0.1:" + mesh.istiod().xdsPort();
    List<String> ours =
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-Xmx1g",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            XdsProxies.class.getName(),
            String.valueOf(mesh.istiod().xdsPort()),
            String.valueOf(PROXIES));
    List<String> peer = List.of(adsc.toString(), address, String.valueOf(PROXIES));
    for (int i = 0; i < ROUNDS; i++) {
      ourMemory = round(ours, ourTimes, ourCpu);
      peerMemory = round(peer, peerTimes, peerCpu);
    }
    report.add(PROXIES + " xDS proxies started → all acknowledged", ourTimes, "in ≤ 1 GB heap");
    report.add("  as many adsc clients", peerTimes, "");
    report.ratio("  ours : adsc", ourTimes, peerTimes);
    report.add("  processor time, ours", ourCpu, "");
    report.add("  processor time, adsc", peerCpu, "");
    report.ratio("  ours : adsc", ourCpu, peerCpu);
    report.note("  heap in use, ours", megabytes(ourMemory.heap()), "≤ 1 GB");
    report.note("  heap in use, adsc", megabytes(peerMemory.heap()), "");
    report.note("  resident, ours", megabytes(ourMemory.resident()), "");
    report.note("  resident, adsc", megabytes(peerMemory.resident()), "");
    report.note("  resources held, ours", String.valueOf(ourMemory.resources()), "");
    report.note("  resources held, adsc", String.valueOf(peerMemory.resources()), "");
  }

  private Memory round(List<String> command, Samples times, Samples cpu)
      throws IOException, InterruptedException {
    await(0);
    Stopwatch watch = new Stopwatch();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedWriter to = process.outputWriter(StandardCharsets.UTF_8);
        BufferedReader from = process.inputReader(StandardCharsets.UTF_8)) {
      await(PROXIES);
      times.add(watch.elapsed());
      cpu.add(process.info().totalCpuDuration().orElse(Duration.ZERO));
      to.write("\n");
      to.flush();
      String line = from.readLine();
      if (line == null) {
        throw new IOException("it ended: " + command);
      }
      String[] figures = line.split(" ", -1);
      return new Memory(
          Long.parseLong(figures[0]), Long.parseLong(figures[1]), resident(process.pid()));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Waits until istiod has that many proxies and all of them have acknowledged everything. */
  private void await(int wanted) throws InterruptedException {
    Stopwatch watch = new Stopwatch();
    while (true) {
      List<ProxySync> proxies = mesh.istiod().proxies();
      if (proxies.size() == wanted && proxies.stream().allMatch(XdsBench::isComplete)) {
        return;
      }
      if (watch.elapsed().compareTo(PATIENCE) > 0) {
        long complete = proxies.stream().filter(XdsBench::isComplete).count();
        throw new IllegalStateException(
            complete + " of " + proxies.size() + " proxies have acknowledged, wanted " + wanted);
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }

  private static boolean isComplete(ProxySync proxy) {
    return proxy.inSync()
        && proxy.types().containsKey(ProxySync.ENDPOINTS)
        && proxy.types().containsKey(ProxySync.ROUTES);
  }

  private static String services() {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < SERVICES; i++) {
      yaml.append(
          """
          apiVersion: networking.istio.io/v1
          kind: ServiceEntry
          metadata: {name: service-%1$d, namespace: default}
          spec:
            hosts: [service-%1$d.example.com]
            addresses: [10.200.0.%1$d]
            ports: [{number: 80, name: http, protocol: HTTP}]
            resolution: STATIC
            endpoints: [{address: 10.201.0.%1$d}, {address: 10.202.0.%1$d}]
          ---
          """
              .formatted(i));
    }
    return yaml.toString();
  }

  private static long resident(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return 0;
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
