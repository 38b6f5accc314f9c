package dev.pilothouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.cluster.KubeconfigException.Problem;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {
  @TempDir Path folder;

  @Test
  void theDefaultFilesAreKubectls() {
    assertThat(Kubeconfig.defaultFiles(Map.of()))
        .containsExactly(Path.of(System.getProperty("user.home"), ".kube", "config"));
    String two = "/a/one" + File.pathSeparator + File.pathSeparator + "two";
    assertThat(Kubeconfig.defaultFiles(Map.of("KUBECONFIG", two)))
        .containsExactly(Path.of("/a/one"), Path.of("two"));
  }

  @Test
  void theFirstFileThatNamesSomethingWins() throws IOException {
    Path one = write("one", config("dev", "https://one", ""));
    Path two = write("two", config("dev", "https://two", "dev"));

    Kubeconfig merged = Kubeconfig.read(List.of(one, folder.resolve("absent"), two));

    assertThat(merged.context(KubeconfigSpec.currentContext())).isEqualTo("dev");
    assertThat(server(merged.only("dev"))).isEqualTo("https://one");
  }

  @Test
  void whatIsOpenedIsOneContextWithAbsolutePaths() throws IOException {
    Path file =
        write(
            "config",
            config("dev", "https://dev", "dev")
                .replace("server:", "certificate-authority: pki/ca.crt\n    server:")
                .replace("token: secret", "client-certificate: ../admin.crt"));

    JsonNode only = new ObjectMapper().readTree(Kubeconfig.read(List.of(file)).only("dev"));

    assertThat(only.at("/clusters/0/cluster/certificate-authority").asText())
        .isEqualTo(folder.resolve("pki/ca.crt").toString());
    assertThat(only.at("/users/0/user/client-certificate").asText())
        .isEqualTo(folder.resolveSibling("admin.crt").toString());
    assertThat(only.path("current-context").asText()).isEqualTo("dev");
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("missing");

    assertThatProblem(() -> ClusterManager.kubeconfig(missing).list(), Problem.NO_FILE)
        .hasMessageContaining("no such file: " + missing)
        .hasMessageContaining("KUBECONFIG");
  }

  @Test
  void whatIsNoKubeconfigIsRefused() throws IOException {
    Path text = write("text", "hello");
    Path yaml = write("yaml", "a: b: c");

    assertThatProblem(() -> ClusterManager.kubeconfig(text).list(), Problem.INVALID)
        .hasMessageContaining(text.toString());
    assertThatProblem(() -> ClusterManager.kubeconfig(yaml).list(), Problem.INVALID)
        .hasMessageContaining("no YAML");
  }

  @Test
  void anUnknownContextIsToldTogetherWithThoseThereAre() throws IOException {
    ClusterManager<KubeconfigSpec, Cluster> clusters =
        ClusterManager.kubeconfig(write("config", config("dev", "https://dev", "")));

    assertThat(clusters.list()).containsExactly("dev");
    assertThat(clusters.find("prod")).isEmpty();
    assertThatProblem(() -> clusters.open(KubeconfigSpec.context("prod")), Problem.NO_CONTEXT)
        .hasMessageContaining("there is no context prod")
        .hasMessageContaining("one of its contexts: dev");
    assertThatProblem(() -> clusters.open(KubeconfigSpec.currentContext()), Problem.NO_CONTEXT)
        .hasMessageContaining("no current context is set");
  }

  @Test
  void aContextWithoutItsClusterIsInvalid() throws IOException {
    String text = config("dev", "https://dev", "dev").replace("cluster: dev", "cluster: gone");

    assertThatProblem(
            () ->
                ClusterManager.kubeconfig(write("config", text))
                    .open(KubeconfigSpec.currentContext()),
            Problem.INVALID)
        .hasMessageContaining("needs the cluster gone");
  }

  @Test
  void aServerThatDoesNotAnswerIsUnreachable() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String url = "https://127.0.0.1:" + port;

    assertThatProblem(
            () ->
                ClusterManager.kubeconfig(write("config", config("dev", url, "dev")))
                    .open(KubeconfigSpec.currentContext()),
            Problem.UNREACHABLE)
        .hasMessageContaining("context dev")
        .hasMessageContaining(url);
  }

  @Test
  void aSocksProxyIsRefusedByName() throws IOException {
    String text =
        config("dev", "https://dev.invalid", "dev")
            .replace("server:", "proxy-url: socks5://me:secret@127.0.0.1:1080\n    server:");

    assertThatProblem(
            () ->
                ClusterManager.kubeconfig(write("config", text))
                    .open(KubeconfigSpec.currentContext()),
            Problem.INVALID)
        .hasMessageContaining("proxy-url socks5://127.0.0.1:1080 names a SOCKS proxy")
        .hasMessageContaining("name an HTTP proxy")
        .hasMessageNotContaining("secret");
  }

  private static AbstractThrowableAssert<?, KubeconfigException> assertThatProblem(
      ThrowingCallable call, Problem problem) {
    return assertThatThrownBy(call)
        .asInstanceOf(throwable(KubeconfigException.class))
        .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
  }

  private static String server(String kubeconfig) throws IOException {
    return new ObjectMapper().readTree(kubeconfig).at("/clusters/0/cluster/server").asText();
  }

  private static String config(String name, String server, String currentContext) {
    return """
        apiVersion: v1
        kind: Config
        contexts:
        - name: %1$s
          context:
            cluster: %1$s
            user: %1$s
        clusters:
        - name: %1$s
          cluster:
            server: %2$s
        users:
        - name: %1$s
          user:
            token: secret
        current-context: "%3$s"
        """
        .formatted(name, server, currentContext);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
