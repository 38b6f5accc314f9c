package dev.pilothouse.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.ImageIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.InClusterDeployer;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodReplica;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.Replacement;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.Tool;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster of the test's own whose only node, and the API server with it, freezes or goes. */
class ApiServerFaultsIT {
  private static final Duration READY = Duration.ofMinutes(5);
  private static final String NODE = "api-server-faults-it-control-plane";

  @TempDir private static Path folder;

  private static KindFixture kind;
  private static KindCluster cluster;
  private static InClusterDeployer deployer;

  @BeforeAll
  static void open() {
    kind = KindFixture.require();
    cluster = kind.clusters().open(kind.spec("api-server-faults-it"));
    cluster.load(List.of(pilot()));
    deployer = deployer(Delivery.image(pilot()));
  }

  private static InClusterDeployer deployer(Delivery delivery) {
    InstallSpec install =
        InstallSpec.of(kind.toolbox().provision(Tool.ISTIOCTL).path(), delivery)
            .withProfile("minimal")
            .withValues("pilot: {resources: {requests: {cpu: 10m, memory: 64Mi}}}");
    return IstiodDeployer.inCluster(cluster, install);
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static String pilot() {
    return kind.hub() + "/pilot:" + kind.istioTag();
  }

  private static IstiodSpec revision(String name) {
    return IstiodSpec.defaults().withRevision(name).withReadyDeadline(READY);
  }

  @ParameterizedTest
  @CsvSource({"pause, unpause", "kill, start"})
  void anApiServerThatGoesInTheMiddleOfARolloutIsToldAndNothingStaysWhenItIsBack(
      String away, String back) throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread deploying =
        new Thread(
            () -> {
              try (InClusterIstiod istiod = deployer.deploy(pilot(), revision("lost"))) {
                failure.completeExceptionally(new AssertionError("deployed: " + istiod));
              } catch (PilothouseException e) {
                failure.complete(e);
              }
            });
    deploying.start();
    awaitPod("lost");
    docker(away, NODE);
    try {
      assertThat(failure.get(READY.toSeconds(), TimeUnit.SECONDS))
          .as("told before its deadline of " + READY)
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("deploying istiod of revision lost")
          .hasMessageContaining("calling the API server https://127.0.0.1:");
    } finally {
      docker(back, NODE);
    }
    awaitAnswer();
    assertThat(deployer.revisions()).contains("lost");

    try (InClusterIstiod next = deployer.deploy(pilot(), revision("next"))) {
      awaitReady(next);
      assertThat(deployer.revisions()).containsExactly("next");
    }
    assertThat(deployer.revisions()).isEmpty();
  }

  @Test
  void aPortForwardSaysSoAndGoesOnWhenTheNodeIsBack() throws IOException {
    try (InClusterIstiod istiod = deployer.deploy(pilot(), revision("frozen"));
        PortForward forward =
            PortForward.open(
                cluster, PodTarget.deployment("istio-system", istiod.deployment()), 15014)) {
      assertThat(get(forward.http())).contains("1.");
      docker("pause", NODE);
      try {
        assertThatThrownBy(() -> get(forward.http())).isInstanceOf(IOException.class);
        assertThat(forward.lastFailure().orElseThrow())
            .hasMessageContaining("calling the API server");
        assertThatThrownBy(istiod::replicas)
            .isInstanceOf(PilothouseException.class)
            .hasMessageContaining("see whether the API server runs");
      } finally {
        docker("unpause", NODE);
      }
      awaitAnswer();
      awaitReady(istiod);
      // A node that was away may be taken for lost once more.
      assertThat(Poll.require("it forwards again", READY, () -> Optional.of(get(forward.http()))))
          .contains("1.");
    }
  }

  /** Without its deadline a change is waited for 40 s, and the way back as long. */
  @Test
  void replacingIstiodOnAnApiServerThatFreezesEndsWithItsDeadline() throws Exception {
    kind.toolbox().provision(Tool.PILOT_DISCOVERY);
    IstiodBinary binary = MeshFixture.istiodBinary(kind.toolbox());
    Delivery freezing =
        (delivered, target, place) -> {
          docker("pause", NODE);
          return new ImageIstiod(pilot(), DeliveredIstiod.IF_NOT_PRESENT, true);
        };
    try (InClusterIstiod istiod = deployer(freezing).deploy(pilot(), revision("held"))) {
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      Thread replacing =
          new Thread(
              () -> {
                try {
                  Replacement done = istiod.replaceWith(binary, Duration.ofSeconds(5));
                  failure.completeExceptionally(new AssertionError("replaced: " + done));
                } catch (PilothouseException e) {
                  failure.complete(e);
                }
              });
      replacing.start();
      try {
        assertThat(failure.get(75, TimeUnit.SECONDS))
            .hasMessageContaining("replacing Deployment istio-system/istiod-held")
            .hasMessageContaining("which one runs cannot be seen")
            .hasMessageContaining("calling the API server https://127.0.0.1:");
      } finally {
        docker("unpause", NODE);
      }
      awaitAnswer();
      assertThat(istiod.replicas()).isNotEmpty();
    }
  }

  /** By a connection of its own. */
  private static String get(URI base) throws IOException {
    URLConnection connection = base.resolve("/version").toURL().openConnection();
    connection.setRequestProperty("Connection", "close");
    connection.setReadTimeout((int) READY.toMillis());
    try (InputStream version = connection.getInputStream()) {
      return new String(version.readAllBytes(), UTF_8);
    }
  }

  private static void awaitPod(String revision) {
    cluster
        .client()
        .pods()
        .inNamespace("istio-system")
        .withLabel("istio.io/rev", revision)
        .waitUntilCondition(Objects::nonNull, READY.toSeconds(), TimeUnit.SECONDS);
  }

  private static void awaitAnswer() {
    long end = System.nanoTime() + READY.toNanos();
    while (true) {
      try {
        assertThat(cluster.client().nodes().list().getItems()).isNotEmpty();
        return;
      } catch (KubernetesClientException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  /** A node that was away may be taken for lost once more, and its pods with it. */
  private static void awaitReady(InClusterIstiod istiod) {
    Poll.require(
        "the replicas are ready",
        READY,
        () -> {
          List<IstiodReplica> replicas = istiod.replicas();
          if (replicas.isEmpty() || !replicas.stream().allMatch(IstiodReplica::ready)) {
            throw new Poll.NotYet(replicas.toString());
          }
          return Optional.of(true);
        });
  }

  private static void docker(String verb, String container) {
    new Command(List.of("docker", verb, container), Map.of(), folder, Duration.ofMinutes(2))
        .output();
  }
}
