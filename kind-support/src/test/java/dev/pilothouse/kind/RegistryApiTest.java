package dev.pilothouse.kind;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What registries with accounts and without deletion say, which the real one of {@code
 * RegistryPushIT} does not.
 */
class RegistryApiTest {
  private static final String DIGEST = "sha256:" + "0a".repeat(32);

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private RegistryApi api;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v2/istio/pilot/manifests/", this::manifest);
    server.createContext("/token", this::token);
    server.start();
    api = RegistryApi.of("127.0.0.1:" + server.getAddress().getPort() + "/istio/pilot:dev");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void token(HttpExchange exchange) throws IOException {
    calls.add("token " + exchange.getRequestURI().getQuery());
    answer(exchange, 200, "{\"token\": \"t0k3n\"}");
  }

  /** As the CNCF's distribution does while deletion is not enabled. */
  private void manifest(HttpExchange exchange) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    calls.add(exchange.getRequestMethod() + " " + authorization);
    if (!"Bearer t0k3n".equals(authorization)) {
      String realm = "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
      String scope = "repository:istio/pilot:pull";
      exchange
          .getResponseHeaders()
          .set(
              "WWW-Authenticate",
              "Bearer realm=\"%s\",service=\"registry.test\",scope=\"%s\"".formatted(realm, scope));
      answer(exchange, 401, "");
    } else if (exchange.getRequestMethod().equals("DELETE")) {
      answer(exchange, 405, "{\"errors\":[{\"code\":\"UNSUPPORTED\"}]}");
    } else {
      exchange.getResponseHeaders().set("Docker-Content-Digest", DIGEST);
      answer(exchange, 200, "");
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, none ? -1 : body.length);
    if (!none) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Test
  void asksForATokenWhereItIsToldTo() throws Exception {
    assertThat(api.digest("dev")).hasValue(DIGEST);

    assertThat(calls)
        .containsExactly(
            "HEAD null",
            "token service=registry.test&scope=repository:istio/pilot:pull",
            "HEAD Bearer t0k3n");
  }

  @Test
  void deletionThatIsNotSupportedIsToldInTheRegistrysWords() {
    assertThatThrownBy(() -> api.delete(DIGEST, "dev"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("DELETE http://127.0.0.1")
        .hasMessageContaining("HTTP 405: {\"errors\":[{\"code\":\"UNSUPPORTED\"}]}");
  }
}
