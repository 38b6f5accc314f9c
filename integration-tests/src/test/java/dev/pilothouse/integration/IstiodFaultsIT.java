package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an istiod that fails says, and that it leaves nothing. */
@SuppressWarnings("try") // Some resources are there to be there.
class IstiodFaultsIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Duration NEVER = Duration.ofMinutes(5);

  /** Names the run directories of this test, so that what they leave can be told. */
  private static final IstiodSpec SPEC = IstiodSpec.defaults().withName("istiod-faults-it");

  private static Toolbox toolbox;
  private static IstiodBinary binary;
  private static Path envoy;
  private static OwnedCluster cluster;

  @TempDir Path folder;

  @BeforeAll
  static void openCluster() {
    toolbox = Toolbox.create();
    Map<Tool, ToolBinary> tools = toolbox.require(Set.of(Tool.PILOT_DISCOVERY, Tool.ENVOY));
    binary = IstiodBinary.at(tools.get(Tool.PILOT_DISCOVERY).path());
    envoy = tools.get(Tool.ENVOY).path();
    cluster = open();
  }

  @AfterAll
  static void closeCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(registrations()).isZero();
    try (Stream<Path> runs = Files.list(RunDirectory.defaultRoot())) {
      assertThat(runs).noneMatch(run -> run.getFileName().toString().startsWith(SPEC.name() + "-"));
    }
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(
            process -> process.info().commandLine().orElse("").contains("/" + SPEC.name() + "-"));
  }

  @Test
  void aBadMeshConfigIsToldInIstiodsWords() {
    assertThatThrownBy(() -> deploy(SPEC.withMeshConfig("accessLogEncoding: XML")))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("deploying istiod istiod-faults-it beside the cluster")
        .hasMessageContaining("failed reading mesh config: failed to convert to proto")
        .hasMessageContaining("unknown value \"\\\"XML\\\"\" for enum")
        .hasMessageContaining("Exit code 255")
        .hasMessageContaining("accessLogEncoding: \"XML\"")
        .hasMessageContaining("correct IstiodSpec.meshConfig");
  }

  @Test
  void aMeshConfigFieldThatIstiodIgnoresIsAnError() {
    String config =
        "{trustDomainn: example.org, defaultConfig: {concurrencyy: 0, proxy_metadata: {ANY: '1'}},"
            + " extensionProviders: [{name: a, zipkin: {port: 1, servis: b}}]}";
    assertThatThrownBy(() -> deploy(SPEC.withMeshConfig(config)))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("checking the settings of istiod")
        .hasMessageContaining(
            "no field trustDomainn (did you mean trustDomain?) of the mesh config")
        .hasMessageContaining("no field defaultConfig.concurrencyy (did you mean concurrency?)")
        .hasMessageContaining(
            "no field extensionProviders[0].zipkin.servis (did you mean service?)")
        .hasMessageNotContainingAny("metadata", "ANY");
  }

  @Test
  void settingsThatIstiodIgnoresAreErrors() {
    IstiodSpec spec =
        SPEC.withArguments("--kubernetesApiQps=10")
            .withEnvironment("PILOT_DEBOUNCE_AFTR", "1ms")
            .withEnvironment("PILOT_PUSH_THROTTLE", "many")
            .withLogLevel("adz", "debug");
    assertThatThrownBy(() -> deploy(spec))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("no flag --kubernetesApiQps (did you mean kubernetesApiQPS?)")
        .hasMessageContaining("no environment variable PILOT_DEBOUNCE_AFTR (did you mean")
        .hasMessageContaining("an integer for PILOT_PUSH_THROTTLE, not \"many\"")
        .hasMessageContaining("no log scope adz");
  }

  @Test
  void aPortThatIsTakenIsTold() throws IOException {
    try (Istiod istiod = deploy(SPEC)) {
      Processes.kill(Processes.below(istiod.log().getParent()));
      try (ServerSocket other =
          new ServerSocket(istiod.xdsPort(), 1, InetAddress.getLoopbackAddress())) {
        assertThatThrownBy(() -> istiod.restart(SOON))
            .isInstanceOf(PilothouseException.class)
            .hasMessageContaining(
                "listen tcp 127.0.0.1:" + other.getLocalPort() + ": bind: address already in use")
            .hasMessageContaining("another program has taken that port");
      }
      istiod.restart(SOON);
      assertThat(istiod.proxies()).isEmpty();
    }
  }

  @Test
  void aProgramThatNeverGetsReadyIsEnded() throws IOException {
    IstiodBinary idle = program("#!/bin/sh\necho sleeping; exec sleep 1000\n");
    assertThatThrownBy(
            () ->
                IstiodDeployer.beside(cluster)
                    .deploy(idle, SPEC.withReadyDeadline(Duration.ofSeconds(20))))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("it is not ready in time: waiting until its TLS port")
        .hasMessageContaining("Connection refused")
        .hasMessageContaining("The API server answers /readyz: ok")
        .hasMessageContaining("sleeping");
  }

  @Test
  void withoutItsApiServerItDoesNotGetReady() {
    try (OwnedCluster mortal = open();
        Istiod istiod = IstiodDeployer.beside(mortal).deploy(binary, SPEC)) {
      Processes.kill(Processes.below(mortal.kubeconfig().getParent(), "kube-apiserver"));
      // It goes on serving what it knows.
      assertThat(istiod.proxies()).isEmpty();
      assertThatThrownBy(() -> istiod.restart(Duration.ofSeconds(2)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("restarting istiod")
          .hasMessageContaining("it is not ready in time")
          .hasMessageContaining("The API server does not answer");
      assertThatThrownBy(() -> istiod.proxies())
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("istiod has exited");
      assertThatThrownBy(() -> IstiodDeployer.beside(mortal).deploy(binary, SPEC))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("deploying istiod istiod-faults-it");
    }
  }

  @Test
  void waitingEndsWhenIstiodIsKilled() {
    try (Istiod istiod = deploy(SPEC)) {
      CompletableFuture<ProxySync> waiting =
          CompletableFuture.supplyAsync(
              () -> istiod.await("app-1.default", ProxySync::inSync, NEVER));
      Processes.kill(Processes.below(istiod.log().getParent()));
      assertThatThrownBy(waiting::join)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("waiting for proxy app-1.default")
          .hasMessageContaining("istiod has exited with code 137")
          .hasMessageContaining("The end of its log:");
    }
  }

  @Test
  void waitingGoesOnOverARestart() {
    try (Istiod istiod = deploy(SPEC)) {
      CompletableFuture<ProxySync> waiting =
          CompletableFuture.supplyAsync(
              () -> istiod.await("gateway.default", ProxySync::inSync, NEVER));
      istiod.restart(SOON);
      istiod.restart(SOON);
      assertThat(waiting).isNotDone();
      try (TestEnvoy gateway = TestEnvoy.start(envoy, istiod, "router", "gateway.default")) {
        assertThat(waiting.join().inSync()).isTrue();
      }
    }
  }

  @Test
  void closingEndsAReplacement() throws IOException {
    IstiodBinary idle = program("#!/bin/sh\nexec sleep 1000\n");
    Istiod istiod = deploy(SPEC);
    try (istiod) {
      CompletableFuture<Void> replacing =
          CompletableFuture.runAsync(() -> istiod.replaceWith(idle, NEVER));
      awaitSleeper();
      istiod.close();
      assertThatThrownBy(replacing::join)
          .cause()
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("it was closed meanwhile");
    }
  }

  @Test
  void anInterruptEndsTheDeploymentAtOnce() throws IOException, InterruptedException {
    IstiodBinary idle = program("#!/bin/sh\nexec sleep 1000\n");
    Throwable[] thrown = new Throwable[1];
    boolean[] flag = new boolean[1];
    Thread thread =
        new Thread(
            () -> {
              thrown[0] =
                  catchThrowable(
                      () ->
                          IstiodDeployer.beside(cluster)
                              .deploy(idle, SPEC.withReadyDeadline(NEVER)));
              flag[0] = Thread.currentThread().isInterrupted();
            });
    thread.start();
    awaitSleeper();
    thread.interrupt();
    thread.join();
    assertThat(thrown[0])
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("this thread was interrupted");
    assertThat(flag[0]).isTrue();
  }

  @Test
  void closingTwiceAndAfterTheClusterIsFine() {
    OwnedCluster mortal = open();
    Istiod istiod = IstiodDeployer.beside(mortal).deploy(binary, SPEC);
    mortal.close();
    istiod.close();
    istiod.close();
    assertThatThrownBy(() -> istiod.restart(SOON))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("it is closed");
    assertThatThrownBy(istiod::proxies)
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("it is closed");
  }

  private static OwnedCluster open() {
    return ClusterManager.local(toolbox).open(LocalClusterSpec.named("istiod-faults-it"));
  }

  private Istiod deploy(IstiodSpec spec) {
    return IstiodDeployer.beside(cluster).deploy(binary, spec);
  }

  private long registrations() {
    return cluster
        .client()
        .admissionRegistration()
        .v1()
        .validatingWebhookConfigurations()
        .list()
        .getItems()
        .size();
  }

  private IstiodBinary program(String script) throws IOException {
    Path file = Files.writeString(folder.resolve("program"), script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new IstiodBinary(file, binary.version(), binary.flavor());
  }

  private static void awaitSleeper() throws IOException {
    boolean found = false;
    while (!found) {
      try (Stream<Path> runs = Files.list(RunDirectory.defaultRoot())) {
        found =
            runs.filter(run -> run.getFileName().toString().startsWith(SPEC.name() + "-"))
                .anyMatch(run -> !Processes.below(run, "sleep").isEmpty());
      }
    }
  }
}
