package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.KubeconfigException;
import dev.pilothouse.cluster.KubeconfigException.Problem;
import dev.pilothouse.cluster.KubeconfigSpec;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else's cluster: here a local one that others own, reached by its kubeconfig. */
class KubeconfigClusterIT {
  private static final Manifests CONFIG_MAP =
      Manifests.yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: guest}}");

  @TempDir static Path runs;

  private static OwnedCluster owned;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    owned = ClusterManager.local(Toolbox.create(), runs).open(LocalClusterSpec.named("theirs"));
  }

  @AfterAll
  static void close() {
    owned.close();
  }

  @Test
  void isReachedByItsContext() throws IOException {
    ClusterManager<KubeconfigSpec, Cluster> clusters = ClusterManager.kubeconfig(kubeconfig());

    assertThat(clusters.list()).containsExactly("theirs");
    Path own;
    try (Cluster cluster = clusters.open(KubeconfigSpec.currentContext());
        Applied applied = cluster.apply(CONFIG_MAP)) {
      own = cluster.kubeconfig();
      assertThat(cluster.name()).isEqualTo("theirs");
      assertThat(cluster).isNotInstanceOf(OwnedCluster.class);
      assertThat(applied.resources()).hasSize(1);
      assertThat(guest(owned)).isTrue();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
          .isEqualTo("rw-------");
      try (Cluster again = ClusterManager.kubeconfig(own).open(KubeconfigSpec.context("theirs"))) {
        assertThat(guest(again)).isTrue();
      }
    }
    assertThat(guest(owned)).isFalse();
    assertThat(own).doesNotExist();
  }

  @Test
  void closingItLeavesWhatWasApplied() throws IOException {
    Cluster cluster = ClusterManager.kubeconfig(kubeconfig()).find("theirs").orElseThrow();
    Applied applied = cluster.apply(CONFIG_MAP);

    cluster.close();
    cluster.close();

    assertThat(guest(owned)).isTrue();
    assertThatThrownBy(() -> cluster.apply(CONFIG_MAP))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("this handle is closed");
    assertThatThrownBy(applied::close).isInstanceOf(PilothouseException.class);
    owned.client().configMaps().inNamespace("default").withName("guest").delete();
  }

  @Test
  void whatIsAppliedEndsWithTheJvmAtTheLatest() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KubeconfigApplier.class.getName(),
                kubeconfig().toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("jvm.log").toFile())
            .start();

    assertThat(jvm.waitFor()).as(Files.readString(folder.resolve("jvm.log"))).isZero();

    assertThat(folder.resolve("jvm.log")).content().contains("applied");
    assertThat(guest(owned)).isFalse();
  }

  @Test
  void wrongCredentialsAreUnauthorized() throws IOException {
    Path file = kubeconfig();
    Files.writeString(file, Files.readString(file).replaceAll("token: .*", "token: guessed"));

    assertThatProblem(file, Problem.UNAUTHORIZED)
        .hasMessageContaining("opening the cluster of context theirs")
        .hasMessageContaining("does not accept the credentials: Unauthorized (HTTP 401)");
  }

  @Test
  void aServerThatCannotBeTrustedIsUnreachable() throws IOException {
    try (OwnedCluster other =
        ClusterManager.local(Toolbox.create(), runs).open(LocalClusterSpec.named("other"))) {
      Path file = folder.resolve("mixed");
      Files.writeString(
          file,
          Files.readString(owned.kubeconfig())
              .replaceAll("server: .*", "server: " + other.client().getMasterUrl()));

      assertThatProblem(file, Problem.UNREACHABLE)
          .hasMessageContaining(other.client().getMasterUrl().toString().replaceAll("/$", ""))
          .hasMessageContaining("PKIX path validation failed");
    }
  }

  @Test
  void aServerThatHasGoneIsUnreachable() throws IOException {
    Path file = folder.resolve("gone");
    String url;
    try (OwnedCluster other =
        ClusterManager.local(Toolbox.create(), runs).open(LocalClusterSpec.named("other"))) {
      Files.copy(other.kubeconfig(), file);
      url = other.client().getMasterUrl().toString();
    }

    assertThatProblem(file, Problem.UNREACHABLE)
        .hasMessageContaining(url.replaceAll("/$", ""))
        .hasMessageContaining("see whether the cluster runs");
  }

  private Path kubeconfig() throws IOException {
    return Files.copy(owned.kubeconfig(), folder.resolve("config"));
  }

  private static boolean guest(Cluster cluster) {
    return cluster.client().configMaps().inNamespace("default").withName("guest").get() != null;
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, KubeconfigException>
      assertThatProblem(Path file, Problem problem) {
    return assertThatThrownBy(
            () -> ClusterManager.kubeconfig(file).open(KubeconfigSpec.currentContext()))
        .asInstanceOf(throwable(KubeconfigException.class))
        .satisfies(failure -> assertThat(failure.problem()).isEqualTo(problem));
  }
}
