package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindEvent;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.toolbox.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can go wrong while a kind cluster is made: a clear error, and nothing is left. */
class KindFaultsIT {
  private static final String NAME = "faulty";
  private static final Duration SHORT = Duration.ofSeconds(60);

  private static KindFixture kind;

  @TempDir Path folder;

  private final List<KindEvent> events = new CopyOnWriteArrayList<>();
  private volatile String moment = "";
  private volatile Runnable atThatMoment = () -> {};
  private Path runs;
  private KindClusters clusters;

  @BeforeAll
  static void require() {
    kind = KindFixture.require();
  }

  @BeforeEach
  void manager() {
    runs = folder.resolve("runs");
    clusters = KindClusters.builder(kind.toolbox()).runRoot(runs).listener(this::happened).build();
  }

  private void happened(KindEvent event) {
    events.add(event);
    if (event instanceof KindEvent.Output output && output.line().startsWith(moment)) {
      atThatMoment.run();
    }
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(docker("ps", "-aq", "--filter", "label=io.x-k8s.kind.cluster=" + NAME)).isEmpty();
    try (Stream<Path> left = Files.list(runs)) {
      assertThat(left.filter(run -> run.getFileName().toString().startsWith("kind-"))).isEmpty();
    } catch (NoSuchFileException e) {
      return; // not even begun
    }
  }

  @Test
  void dockerDoesNotRun() {
    Path socket = folder.resolve("docker.sock");
    KindClusters nowhere =
        KindClusters.builder(kind.toolbox())
            .docker(DockerHost.at("unix://" + socket))
            .runRoot(runs)
            .build();

    assertThatThrownBy(() -> nowhere.open(kind.spec(NAME)))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("opening kind cluster " + NAME)
        .hasMessageContaining("Docker does not answer at unix://" + socket)
        .hasMessageContaining("No such file")
        .hasMessageContaining("start Docker");
    assertThatThrownBy(nowhere::list).hasMessageContaining("Docker does not answer");
    assertThatThrownBy(nowhere::deleteAll).hasMessageContaining("Docker does not answer");
    assertThatThrownBy(() -> nowhere.find(NAME)).hasMessageContaining("Docker does not answer");
  }

  @Test
  void theNodeImageIsNowhere() {
    KindSpec spec = KindSpec.named(NAME).withNodeImage("localhost:9/no/such-node:v1.34.4");

    assertThatThrownBy(() -> clusters.open(spec))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("creating kind cluster " + NAME)
        .hasMessageContaining("failed to pull image")
        .hasMessageContaining("localhost:9/no/such-node:v1.34.4")
        .hasMessageContaining("pull or build that node image");
  }

  @Test
  void theNodeImageIsForAnotherMachine() throws Exception {
    String image = "localhost/pilothouse-test/foreign-node:" + ProcessHandle.current().pid();
    docker("load", "-i", ForeignImage.write(folder.resolve("foreign.tar"), image).toString());
    try {
      assertThatThrownBy(() -> clusters.open(KindSpec.named(NAME).withNodeImage(image)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("node image " + image + " is for s390x")
          .hasMessageContaining("take one for");
    } finally {
      docker("rmi", image);
    }
  }

  @Test
  void aPublishedPortIsTaken() throws Exception {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = holder.getLocalPort();
      assertThatThrownBy(() -> clusters.open(kind.spec(NAME).withIstiodPorts(0, port)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining(
              "port " + port + " is taken by pid " + ProcessHandle.current().pid())
          .hasMessageContaining("choose another port (0 takes a free one)");
      assertThat(events).isEmpty();
    }
  }

  /** kind's own failure, past what is looked at beforehand. */
  @Test
  void kindFails() throws Exception {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = holder.getLocalPort();
      KindSpec spec =
          kind.spec(NAME)
              .withRawConfig(
                  """
                  kind: Cluster
                  nodes:
                  - role: control-plane
                    extraPortMappings: [{containerPort: 30000, hostPort: %d, listenAddress: 127.0.0.1}]
                  """
                      .formatted(port));
      assertThatThrownBy(() -> clusters.open(spec))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("kind exited with code 1")
          .hasMessageContaining("address already in use")
          .hasMessageContaining("publish another one");
    }
  }

  /** Docker makes a container to its end, whoever waits for it. */
  @ParameterizedTest
  @ValueSource(strings = {"• Preparing nodes", "✓ Preparing nodes"})
  void anInterruptEndsTheCreation(String when) throws Exception {
    FutureTask<Boolean> opening =
        new FutureTask<>(
            () -> {
              assertThatThrownBy(() -> clusters.open(kind.spec(NAME)))
                  .isInstanceOf(PilothouseException.class)
                  .hasMessageContaining("this thread was interrupted");
              return Thread.currentThread().isInterrupted();
            });
    Thread thread = new Thread(opening);
    atThatMoment = thread::interrupt;
    moment = when;
    thread.start();
    assertThat(opening.get()).as("the flag is set again").isTrue();
  }

  @Test
  void theDeadlineEndsTheCreation() {
    atThatMoment = KindFaultsIT::freezeKind;
    moment = "✓ Preparing nodes";
    assertThatThrownBy(() -> clusters.open(kind.spec(NAME).withDeadline(Duration.ofSeconds(15))))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("it took longer than 15 s")
        .hasMessageContaining("Preparing nodes");
  }

  private static void freezeKind() {
    List<ProcessHandle> kinds =
        ProcessHandle.current()
            .descendants()
            .filter(process -> process.info().command().orElse("").endsWith("/kind"))
            .toList();
    assertThat(kinds).hasSize(1);
    Processes.signal("-STOP", kinds.get(0));
  }

  /** Whatever its lifetime: half-made it is of no use to anybody. */
  @ParameterizedTest
  @EnumSource(Lifetime.class)
  void aKilledJvmLeavesAHalfMadeClusterThatIsRecognised(Lifetime lifetime) throws Exception {
    Process jvm = otherJvm(lifetime);
    while (!Files.exists(runs.resolve("half-made"))) {
      assertThat(jvm.isAlive()).as(Files.readString(folder.resolve("jvm.log"))).isTrue();
      Thread.onSpinWait();
    }
    jvm.destroyForcibly().waitFor();
    assertThat(docker("ps", "-aq", "--filter", "name=" + NAME + "-control-plane")).isNotEmpty();
    assertThat(clusters.list()).as("it is no cluster yet").doesNotContain(NAME);
    assertThat(clusters.find(NAME)).isEmpty();

    try (KindCluster next = clusters.open(kind.spec(NAME))) {
      assertThat(events).contains(new KindEvent.Swept(NAME));
      assertThat(next.client().nodes().list().getItems()).hasSize(1);
    }
  }

  @Test
  void aClusterEndsWithItsJvm() throws Exception {
    Process jvm = otherJvm(Lifetime.HANDLE);
    int code = jvm.waitFor();
    assertThat(code).as(Files.readString(folder.resolve("jvm.log"))).isZero();
    assertThat(runs.resolve("half-made")).as("there was one").exists();
    assertThat(clusters.list()).doesNotContain(NAME);
  }

  private Process otherJvm(Lifetime lifetime) throws IOException {
    Files.createDirectory(
        runs, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            KindClusterOpener.class.getName(),
            runs.toString(),
            NAME,
            kind.nodeImage(),
            lifetime.name())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("jvm.log").toFile())
        .start();
  }

  private String docker(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return new Command(command, Map.of(), folder, SHORT).output();
  }
}
