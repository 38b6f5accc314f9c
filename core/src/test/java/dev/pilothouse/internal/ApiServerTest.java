package dev.pilothouse.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerTest {
  private static final Duration SHORT = Duration.ofMillis(100);

  /** The first client of a JVM takes its time. */
  @BeforeAll
  static void warmUp() throws IOException {
    try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        KubernetesClient client = client(frozen)) {
      assertThatThrownBy(() -> new ApiServer(client).within(SHORT).find("/version"))
          .isInstanceOf(ApiServer.NoAnswer.class);
    }
  }

  /** Without a deadline a question is waited for 15 s, and a change 40 s. */
  @ParameterizedTest
  @ValueSource(strings = {"GET", "PATCH"})
  @Timeout(25)
  void aFrozenOneIsWaitedForNoLongerThanTheDeadline(String method) throws IOException {
    try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        KubernetesClient client = client(frozen)) {
      ApiServer server = new ApiServer(client).within(SHORT);
      String body = method.equals("GET") ? null : "{}";

      for (int i = 0; i < 2; i++) { // The second time the deadline has passed.
        assertThatThrownBy(() -> server.call(method, "/version", ApiServer.JSON, body))
            .isInstanceOf(ApiServer.NoAnswer.class)
            .hasMessageContaining("calling the API server http://127.0.0.1:")
            .hasMessageContaining("timed out");
      }
    }
  }

  @Test
  @Timeout(25)
  void aLaterDeadlineTakesThePlaceOfOneThatHasPassed() throws IOException {
    try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        KubernetesClient client = client(frozen)) {
      ApiServer passed = new ApiServer(client).until(System.nanoTime());
      long start = System.nanoTime();

      assertThatThrownBy(() -> passed.within(Duration.ofSeconds(3)).find("/version"))
          .isInstanceOf(ApiServer.NoAnswer.class)
          .satisfies(
              e -> {
                if (System.nanoTime() - start < Duration.ofSeconds(3).toNanos()) {
                  throw new AssertionError("it gave up before its deadline", e);
                }
              });
    }
  }

  /** The kernel takes its connections, and nobody answers. */
  private static KubernetesClient client(ServerSocket frozen) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                .withMasterUrl("http://127.0.0.1:" + frozen.getLocalPort())
                .build())
        .build();
  }
}
