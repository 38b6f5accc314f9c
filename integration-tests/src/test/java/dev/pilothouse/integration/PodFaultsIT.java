package dev.pilothouse.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.workload.PodOptions;
import dev.pilothouse.workload.PodWorkload;
import dev.pilothouse.workload.PodWorkloads;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.Workloads;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with workloads in pods: a clear error, and nothing is left. */
@SuppressWarnings("try") // what is only applied meanwhile is not referenced
class PodFaultsIT {
  private static final Duration LONG = Duration.ofHours(1);

  private static PodMesh mesh;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    mesh = PodMesh.start("pod-faults-it");
  }

  @AfterAll
  static void stop() {
    if (mesh != null) {
      mesh.close();
    }
  }

  @Test
  void aSidecarThatNeverGetsReadyIsToldWithItsLog() {
    String nowhere =
        "annotations: {proxy.istio.io/config: 'discoveryAddress: nowhere.invalid:15012'}";
    try (Applied theirs = mesh.sleeper("lost", "", nowhere)) {
      mesh.awaitPod("lost");
      try (PodWorkload lost = mesh.workloads().find("pod-faults-it", "lost")) {
        assertThatThrownBy(() -> lost.reinject(Duration.ofSeconds(90)))
            .isInstanceOf(PilothouseException.class)
            .hasMessageContaining("istio-proxy not ready")
            .hasMessageContaining("nowhere.invalid");
      }
    }
  }

  @Test
  void aMissingImageIsToldAtOnceAndLeavesNothing() {
    PodOptions missing = mesh.options().withClientImage("localhost/no-such-image:1");
    try (PodWorkloads workloads = Workloads.inCluster(mesh.cluster(), missing)) {
      assertThatThrownBy(
              () ->
                  workloads.deploy(WorkloadSpec.client("imageless").withNamespace("pod-faults-it")))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("deploying workload imageless.pod-faults-it")
          .hasMessageContaining("ImagePull")
          .hasMessageContaining("localhost/no-such-image:1");
    }
    assertThat(mesh.deployments()).doesNotContain("imageless");
  }

  @Test
  void aPodWithoutAProxyIsToldAtOnceWithTheInjectorsThereAre() {
    PodOptions nobody = mesh.options().withRevision("nobody");
    try (PodWorkloads workloads = Workloads.inCluster(mesh.cluster(), nobody)) {
      assertThatThrownBy(
              () ->
                  workloads.deploy(WorkloadSpec.client("bare").withNamespace("pod-faults-it-bare")))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("no proxy was injected")
          .hasMessageContaining("its containers are bare")
          .hasMessageContaining("pod-faults-it");
    } finally {
      mesh.cluster().client().namespaces().withName("pod-faults-it-bare").delete();
    }
  }

  @Test
  void anAmbientNamespaceIsRefusedByName() {
    try (Applied ambient =
        mesh.apply(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: pod-faults-it-ambient, labels: {istio.io/dataplane-mode: ambient}}
            """)) {
      WorkloadSpec spec = WorkloadSpec.client("client").withNamespace("pod-faults-it-ambient");

      assertThatThrownBy(() -> mesh.workloads().deploy(spec))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("pod-faults-it-ambient is in ambient mode");
    }
  }

  @Test
  void anInterruptEndsADeploymentAndLeavesNothing() throws Exception {
    // Its image does not come, and kubelet takes a while to say so.
    PodOptions missing = mesh.options().withClientImage("localhost/no-such-image:2");
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    try (PodWorkloads workloads = Workloads.inCluster(mesh.cluster(), missing)) {
      WorkloadSpec spec = WorkloadSpec.client("halted").withNamespace("pod-faults-it");
      Thread thread =
          new Thread(
              () -> {
                try {
                  failure.complete(new AssertionError("deployed: " + workloads.deploy(spec)));
                } catch (PilothouseException e) {
                  boolean flag = Thread.currentThread().isInterrupted();
                  failure.complete(flag ? e : new AssertionError("without the flag", e));
                }
              });
      thread.start();
      while (!mesh.deployments().contains("halted") && thread.isAlive()) {
        Thread.onSpinWait();
      }
      thread.interrupt();

      assertThat(failure.get())
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("interrupted");
    }
    assertThat(mesh.deployments()).doesNotContain("halted");
  }

  @Test
  void anImageForAnotherMachineIsToldAtOnceAndLeavesNothing() throws Exception {
    String image = "localhost/pilothouse-test/foreign:" + ProcessHandle.current().pid();
    docker("load", "-i", ForeignImage.write(folder.resolve("foreign.tar"), image).toString());
    try {
      assertThatThrownBy(() -> KindFixture.require().cluster().load(List.of(image)))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining(image)
          .hasMessageContaining("s390x");
    } finally {
      docker("rmi", image);
    }
  }

  /** A namespace whose injector has gone: its pods are refused until somebody brings it back. */
  @Test
  void aWebhookThatFailsIsToldLongBeforeTheDeadline() {
    try (Applied webhook =
            mesh.apply(
                """
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingWebhookConfiguration
                metadata: {name: pod-faults-it-gone}
                webhooks:
                - name: gone.sidecar-injector.istio.io
                  clientConfig: {service: {name: nobody, namespace: NAMESPACE, path: /inject}}
                  sideEffects: None
                  admissionReviewVersions: [v1]
                  failurePolicy: Fail
                  objectSelector: {matchLabels: {injected-by: nobody}}
                  rules:
                  - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
                """);
        PodWorkloads workloads =
            Workloads.inCluster(mesh.cluster(), mesh.options().withReadyDeadline(LONG))) {
      WorkloadSpec spec =
          WorkloadSpec.client("refused")
              .withNamespace("pod-faults-it")
              .withLabel("injected-by", "nobody");
      awaitAsked();

      assertThatThrownBy(() -> workloads.deploy(spec))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("deploying workload refused.pod-faults-it")
          .hasMessageContaining("failed calling webhook \"gone.sidecar-injector.istio.io\"")
          .hasMessageContaining("event FailedCreate")
          .hasMessageContaining("see that the istiod behind that webhook runs");
    }
    assertThat(mesh.deployments()).doesNotContain("refused");
  }

  /** The API server begins to ask a webhook a moment after it has taken it. */
  private static void awaitAsked() {
    ApiServer server = new ApiServer(mesh.cluster().client());
    String pods = "/api/v1/namespaces/pod-faults-it/pods?dryRun=All";
    String pod =
        """
        {"apiVersion": "v1", "kind": "Pod",
         "metadata": {"name": "asked", "labels": {"injected-by": "nobody"}},
         "spec": {"containers": [{"name": "asked", "image": "localhost/no-such-image:3"}]}}
        """;
    Poll.require(
        "the API server asks the webhook",
        Duration.ofMinutes(1),
        () ->
            Optional.of(server.call("POST", pods, ApiServer.JSON, pod).words())
                .filter(words -> words.contains("failed calling webhook")));
  }

  @Test
  void whatAKilledJvmLeftIsTakenAwayByTheNextOne() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                PodDeployer.class.getName(),
                mesh.cluster().kubeconfig().toString(),
                "pod-faults-it",
                mesh.perlAndCurl())
            .redirectError(folder.resolve("jvm.log").toFile())
            .start();
    int port;
    try (BufferedReader told =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), UTF_8))) {
      String line = told.readLine();
      assertThat(line).as("the port of a port-forward").isNotNull();
      port = Integer.parseInt(line);
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    assertThat(mesh.deployments()).contains("orphan");
    PodTarget orphan = PodTarget.deployment("pod-faults-it", "orphan");
    try (PortForward again = PortForward.open(mesh.cluster(), orphan, 15_000, port)) {
      assertThat(again.pod()).startsWith("orphan-");
    }

    Workloads.inCluster(mesh.cluster(), mesh.options()).close();

    assertThat(mesh.deployments()).doesNotContain("orphan");
  }

  private String docker(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return new Command(command, Map.of(), folder, Duration.ofMinutes(1)).output();
  }
}
