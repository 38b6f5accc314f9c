package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.MissingToolsException;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How local clusters begin and end, and what goes wrong in between. */
class LocalClusterLifeIT {
  private static final Manifests CONFIG_MAP =
      Manifests.yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}");

  @TempDir Path folder;

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void closingLeavesNothing() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    OwnedCluster cluster = clusters().open(LocalClusterSpec.named("short").withPort(port));
    assertThat(cluster.client().getMasterUrl().getPort()).isEqualTo(port);
    Path run = cluster.kubeconfig().getParent();
    Applied applied = cluster.apply(CONFIG_MAP);
    List<ProcessHandle> processes = Processes.below(run);
    assertThat(processes).hasSize(2).allMatch(ProcessHandle::isAlive);

    cluster.close();

    assertThat(processes).noneMatch(ProcessHandle::isAlive);
    assertThat(run).doesNotExist();
    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    cluster.close();
    cluster.delete();
    applied.close();
    assertThatThrownBy(() -> cluster.apply(CONFIG_MAP))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("local cluster short: it is closed");
    assertThat(clusters().list()).isEmpty();
    assertThat(clusters().find("short")).isEmpty();
  }

  @Test
  void aKeptClusterIsFoundUsedAndDeleted() {
    LocalClusterSpec spec = LocalClusterSpec.named("kept").withLifetime(Lifetime.KEEP);
    Path run;
    Applied applied;
    try (OwnedCluster cluster = clusters().open(spec)) {
      run = cluster.kubeconfig().getParent();
      applied = cluster.apply(CONFIG_MAP);
      assertThatThrownBy(() -> clusters().find("kept"))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("finding local cluster kept");
    }
    // It lives on, so this is no undoing that may be left out in silence.
    assertThatThrownBy(applied::close).isInstanceOf(PilothouseException.class);
    assertThat(Processes.below(run)).hasSize(2);
    assertThat(clusters().list()).containsExactly("kept");
    assertThatThrownBy(() -> clusters().open(spec))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("one of that name is kept");

    OwnedCluster found = clusters().find("kept").orElseThrow();
    assertThat(found.client().configMaps().inNamespace("default").withName("a").get().getData())
        .isEqualTo(Map.of("k", "v"));
    found.delete();

    assertThat(Processes.below(run)).isEmpty();
    assertThat(clusters().list()).isEmpty();
    assertThat(clusters().find("kept")).isEmpty();
  }

  @Test
  void aKeptClusterOutlivesItsJvmAndOthersDoNot() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LocalClusterOpener.class.getName(),
                runs().toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("jvm.log").toFile())
            .start();
    Path ready = runs().resolve("ready");
    while (jvm.isAlive() && !Files.exists(ready)) {
      jvm.waitFor(20, TimeUnit.MILLISECONDS);
    }
    assertThat(folder.resolve("jvm.log")).content().doesNotContain("Exception");
    List<Path> folders = Files.readAllLines(ready).stream().map(Path::of).toList();
    Path kept = folders.get(0);
    Path passing = folders.get(1);
    assertThat(Processes.below(passing)).hasSize(2);

    jvm.destroyForcibly().waitFor();

    assertThat(Processes.below(kept)).hasSize(2);
    // Whoever opens the next run ends what a killed JVM has left.
    clusters().open(LocalClusterSpec.named("next")).close();
    assertThat(Processes.below(passing)).isEmpty();
    assertThat(passing).doesNotExist();
    try (OwnedCluster found = clusters().find("kept").orElseThrow()) {
      assertThat(found.client().namespaces().withName("from-the-jvm").get()).isNotNull();
      // The new owner ends namespaces, too.
      found.client().namespaces().withName("from-the-jvm").delete();
      found
          .client()
          .namespaces()
          .withName("from-the-jvm")
          .waitUntilCondition(namespace -> namespace == null, 30, TimeUnit.SECONDS);
      found.delete();
    }
    Files.delete(ready);
  }

  @Test
  void aCallSaysThatTheApiServerWasKilled() {
    try (OwnedCluster cluster = clusters().open(LocalClusterSpec.named("dying"))) {
      Path run = cluster.kubeconfig().getParent();
      Applied applied = cluster.apply(CONFIG_MAP);

      Processes.kill(Processes.below(run, "kube-apiserver"));

      assertThatThrownBy(() -> cluster.apply(CONFIG_MAP))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining(
              "calling the API server of local cluster dying: kube-apiserver (pid ")
          .hasMessageContaining("exited with code 137, killed by signal 9. The end of its log:")
          .hasMessageContaining("Evidence: " + run.resolve("kube-apiserver.log"));
      assertThatThrownBy(() -> cluster.client().namespaces().list())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("kube-apiserver (pid ")
          .hasRootCauseInstanceOf(PilothouseException.class);
      cluster.exportLogs(folder.resolve("logs"));
      assertThat(folder.resolve("logs/kube-apiserver.log")).exists();
      applied.close();
    }
  }

  @Test
  void aCallThatIsUnderWaySaysThatTheApiServerWasKilled() throws Exception {
    try (OwnedCluster cluster = clusters().open(LocalClusterSpec.named("dying"))) {
      Path run = cluster.kubeconfig().getParent();
      List<ProcessHandle> apiServer = Processes.below(run, "kube-apiserver");
      // Stopped, so that the call waits for its answer.
      Processes.signal("-STOP", apiServer.get(0));
      var call = CompletableFuture.supplyAsync(() -> cluster.apply(CONFIG_MAP));
      assertThatThrownBy(() -> call.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);

      Processes.kill(apiServer);

      assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(PilothouseException.class)
          .hasMessageContaining("kube-apiserver (pid ");
    }
  }

  @Test
  void aCallSaysThatEtcdWasKilled() {
    try (OwnedCluster cluster = clusters().open(LocalClusterSpec.named("dying"))) {
      Processes.kill(Processes.below(cluster.kubeconfig().getParent(), "etcd"));

      assertThatThrownBy(() -> cluster.apply(CONFIG_MAP))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("etcd (pid ")
          .hasMessageContaining("killed by signal 9");
    }
  }

  @Test
  void aTakenPortIsNamedWithWhoHasIt() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> clusters().open(LocalClusterSpec.named("a").withPort(port)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("opening local cluster a: port " + port + " is taken by pid ")
          .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
    }
  }

  @Test
  void anInterruptedOpeningLeavesNothing() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread opener =
        new Thread(
            () -> {
              try {
                clusters().open(LocalClusterSpec.named("interrupted"));
              } catch (PilothouseException e) {
                failure.set(
                    Thread.currentThread().isInterrupted() ? e : new AssertionError("flag"));
              }
            });
    opener.start();
    while (opener.isAlive() && processes("kube-apiserver").isEmpty()) {
      opener.join(5);
    }
    List<ProcessHandle> started = processes("kube-apiserver");
    for (ProcessHandle each : started) {
      Processes.signal("-STOP", each); // It is not ready before the interrupt.
    }

    opener.interrupt();
    opener.join();

    assertThat(failure.get())
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("opening local cluster interrupted")
        .hasMessageContaining("interrupted");
    assertThat(started).hasSize(1).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void aMissingBinaryIsNamed() {
    Toolbox empty =
        Toolbox.builder()
            .environment(Map.of("PATH", folder.toString()))
            .cacheDirectory(folder.resolve("cache"))
            .offline(true)
            .build();

    assertThatThrownBy(() -> ClusterManager.local(empty, runs()).open(LocalClusterSpec.named("a")))
        .isInstanceOf(MissingToolsException.class)
        .hasMessageContaining("etcd")
        .hasMessageContaining("kube-apiserver");
  }

  @Test
  void aBinaryThatIsAnotherIsNamed() {
    Path wrong = Toolbox.create().find(Tool.ETCD).orElseThrow().path();
    Toolbox toolbox = Toolbox.builder().path(Tool.KUBE_APISERVER, wrong).build();

    assertThatThrownBy(
            () -> ClusterManager.local(toolbox, runs()).open(LocalClusterSpec.named("a")))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining(wrong.toString());
  }

  @Test
  void aFlagThatTheServerRefusesIsToldInItsWords() {
    LocalClusterSpec spec =
        LocalClusterSpec.named("a").withApiServerFlags(List.of("--no-such-flag=1"));

    assertThatThrownBy(() -> clusters().open(spec))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("opening local cluster a: ")
        .hasMessageContaining("kube-apiserver")
        .hasMessageContaining("unknown flag: --no-such-flag");
  }

  @Test
  void otherDefinitionsMakeAnotherCluster() {
    Manifests widgets =
        Manifests.yaml(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.pilothouse.dev}
            spec:
              group: pilothouse.dev
              scope: Namespaced
              names: {plural: widgets, singular: widget, kind: Widget}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
            """);
    try (OwnedCluster cluster =
        clusters().open(LocalClusterSpec.named("widgets").withDefinitions(widgets))) {
      cluster.apply(
          Manifests.yaml("{apiVersion: pilothouse.dev/v1, kind: Widget, metadata: {name: w}}"));
      assertThat(
              cluster.client().apiextensions().v1().customResourceDefinitions().list().getItems())
          .hasSize(1);
    }
  }

  private List<ProcessHandle> processes(String program) throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    for (Path run : leftovers()) {
      found.addAll(Processes.below(run, program));
    }
    return found;
  }

  private Path runs() {
    return folder.resolve("runs");
  }

  private ClusterManager<LocalClusterSpec, OwnedCluster> clusters() {
    return ClusterManager.local(Toolbox.create(), runs());
  }

  private List<Path> leftovers() throws IOException {
    if (!Files.exists(runs())) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(runs())) {
      return entries.filter(entry -> !entry.getFileName().toString().startsWith(".")).toList();
    }
  }
}
