package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of the connection, which a real Envoy cannot be made to show: so a socket plays it. */
class AdminEndpointTest {
  private static final ReadLimits SMALL = new ReadLimits(1_000, Duration.ofSeconds(30));
  private static final ReadLimits QUICK = SMALL.withTimeout(Duration.ofMillis(200));

  @Test
  void aRefusedConnectionIsNamed() throws Exception {
    URI nobody;
    try (ServerSocket server = loopback()) {
      nobody = uri(server);
    }

    assertThatThrownBy(() -> EnvoyConfigInspector.create().read(ConfigSource.admin(nobody)))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("GET " + nobody + "/config_dump?include_eds: connection refused")
        .hasMessageContaining("check that Envoy runs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"configs\": [",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"con\r\n"
      })
  void anAnswerThatStallsEndsWithTheTimeout(String start) throws Exception {
    try (Server server = new Server(start, true)) {
      assertThatThrownBy(() -> AdminEndpoint.at(server.uri()).get("/config_dump", QUICK))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("no complete answer within 200 ms");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"configs\": ["
      })
  void aConnectionThatBreaksIsNamed(String start) throws Exception {
    try (Server server = new Server(start, false)) {
      assertThatThrownBy(() -> AdminEndpoint.at(server.uri()).get("/config_dump", SMALL))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageStartingWith("GET " + server.uri() + "/config_dump: the connection broke");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffff\r\n"
      })
  void anAnswerThatIsTooLargeIsRefused(String start) throws Exception {
    try (Server server = new Server(start + "x".repeat(2_000), true)) {
      assertThatThrownBy(() -> AdminEndpoint.at(server.uri()).get("/config_dump", SMALL))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("limit of 1000 bytes");
    }
  }

  @Test
  void anErrorStatusIsToldWithItsWords() throws Exception {
    try (Server server = new Server("HTTP/1.1 500 Oops\r\ncontent-length: 6\r\n\r\nbroken", true)) {
      assertThatThrownBy(() -> EnvoyConfigInspector.create().read(ConfigSource.admin(server.uri())))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("HTTP 500: broken");
    }
  }

  @Test
  void anInterruptEndsTheRequestAndStays() throws Exception {
    try (Server server = new Server("", true)) {
      AtomicReference<EnvoyConfigException> thrown = new AtomicReference<>();
      AtomicReference<Boolean> stays = new AtomicReference<>();
      Thread asking =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                thrown.set(
                    catchThrowableOfType(
                        EnvoyConfigException.class,
                        () -> AdminEndpoint.at(server.uri()).get("/ready", SMALL)));
                stays.set(Thread.currentThread().isInterrupted());
              });
      asking.start();
      asking.join();

      assertThat(thrown.get()).hasMessageContaining("interrupted");
      assertThat(stays.get()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:15000", "file:///etc/passwd", "/config_dump", "http:///x"})
  void onlyHttpAddressesAreTaken(String address) {
    assertThatThrownBy(() -> AdminEndpoint.at(URI.create("x:" + address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not an http address");
  }

  private static ServerSocket loopback() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static URI uri(ServerSocket server) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** Answers each request with the same bytes, and then hangs or hangs up. */
  private static final class Server implements AutoCloseable {
    private final ServerSocket server = loopback();
    private final byte[] answer;
    private final boolean hang;

    Server(String answer, boolean hang) throws IOException {
      this.answer = answer.getBytes(StandardCharsets.US_ASCII);
      this.hang = hang;
      Thread thread = new Thread(this::serve, "broken-envoy");
      thread.setDaemon(true);
      thread.start();
    }

    URI uri() {
      return AdminEndpointTest.uri(server);
    }

    @Override
    public void close() throws IOException {
      server.close();
    }

    private void serve() {
      while (!server.isClosed()) {
        try (Socket socket = server.accept()) {
          answer(socket);
        } catch (IOException e) {
          // The client hung up first, as it should; or the test is over.
        }
      }
    }

    private void answer(Socket socket) throws IOException {
      InputStream in = socket.getInputStream();
      byte[] request = new byte[4_096];
      if (in.read(request) > 0) {
        OutputStream out = socket.getOutputStream();
        out.write(answer);
        out.flush();
      }
      if (hang) {
        // Until the client hangs up.
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }
}
