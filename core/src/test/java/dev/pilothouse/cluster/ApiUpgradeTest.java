package dev.pilothouse.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Upgrades by way of a proxy. {@code PortForwardIT} has a real API server behind it. */
class ApiUpgradeTest {
  private static final Map<String, String> PROTOCOL = Map.of("Upgrade", "SPDY/3.1");
  private static final String CONNECTED = "HTTP/1.0 200 Connection established\r\nVia: me\r\n\r\n";

  @Test
  void theProxyIsToldWhereToAndByWhomAndThenHeardNoMore() throws IOException {
    try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        KubernetesClient client = client("http://me:secret@127.0.0.1:" + proxy.getLocalPort())) {
      CompletableFuture<List<String>> heard =
          CompletableFuture.supplyAsync(
              () -> answer(proxy, CONNECTED, "HTTP/1.1 101 UPGRADED\r\n\r\n!"));

      try (Socket socket = new ApiUpgrade(client).open("/api/v1/x", PROTOCOL)) {
        assertThat(socket.getInputStream().read()).isEqualTo('!');
      }

      assertThat(heard.join())
          .containsSubsequence(
              "CONNECT api.invalid:80 HTTP/1.1",
              "Proxy-Authorization: Basic bWU6c2VjcmV0",
              "POST /api/v1/x HTTP/1.1")
          .contains("Upgrade: SPDY/3.1");
    }
  }

  @Test
  void aProxyThatRefusesIsNamed() throws IOException {
    try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        KubernetesClient client = client("http://127.0.0.1:" + proxy.getLocalPort())) {
      CompletableFuture<List<String>> heard =
          CompletableFuture.supplyAsync(() -> answer(proxy, "HTTP/1.1 403 Forbidden\r\n\r\n"));

      assertThatThrownBy(() -> new ApiUpgrade(client).open("/api/v1/x", PROTOCOL).close())
          .isInstanceOf(IOException.class)
          .hasMessage(
              "the proxy 127.0.0.1:%d answers HTTP 403 to CONNECT api.invalid:80"
                  .formatted(proxy.getLocalPort()));
      assertThat(heard.join()).noneMatch(line -> line.startsWith("Proxy-Authorization"));
    }
  }

  /** Answers one request after the other on one connection, and gives their lines. */
  private static List<String> answer(ServerSocket proxy, String... answers) {
    List<String> heard = new ArrayList<>();
    try (Socket socket = proxy.accept()) {
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      for (String answer : answers) {
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
          heard.add(line);
        }
        socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
      }
      return heard;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static KubernetesClient client(String proxy) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.empty())
                .withMasterUrl("http://api.invalid")
                .withHttpProxy(proxy)
                .build())
        .build();
  }
}
