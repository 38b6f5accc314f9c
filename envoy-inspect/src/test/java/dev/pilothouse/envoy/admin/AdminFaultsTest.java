package dev.pilothouse.envoy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.pilothouse.envoy.EnvoyConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that a real Envoy cannot be made to give: so a server plays it. */
class AdminFaultsTest {
  private final Deque<String> answers = new ConcurrentLinkedDeque<>();
  private final Deque<String> requests = new ConcurrentLinkedDeque<>();
  private HttpServer server;
  private EnvoyAdmin admin;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          byte[] body = answers.remove().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(body.length == 0 ? 500 : 200, Math.max(body.length, -1));
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    admin = EnvoyAdmin.at(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aTextInThePlaceOfJsonIsShown() {
    answers.addAll(List.of("<html>Some other server</html>", "no JSON either", "{\"stats\": ["));

    for (Runnable request :
        List.<Runnable>of(admin::serverInfo, admin::runtime, () -> admin.stats(""))) {
      assertThatThrownBy(request::run)
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageStartingWith("GET http://127.0.0.1:")
          .hasMessageContaining("the answer is not understood: ")
          .hasMessageContaining("check that this is Envoy's admin interface");
    }
  }

  @Test
  void aListOfLoggersThatIsNoneIsShown() {
    answers.addAll(List.of("OK\n", "active loggers:\n  http: loud\n"));

    assertThatThrownBy(admin::logLevels).hasMessageContaining("it lists no loggers");
    assertThatThrownBy(admin::logLevels).hasMessageContaining("no log level: http: loud");
  }

  @Test
  void aLoggerThatKeepsItsLevelIsTold() {
    answers.addAll(
        List.of("active loggers:\n  http: info\n\n", "active loggers:\n  http: error\n\n"));

    assertThatThrownBy(() -> admin.setLogLevels(Map.of("http", LogLevel.DEBUG)))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("these loggers should be {http=DEBUG} and are {http=ERROR}");
  }

  @Test
  void aRestoreThatFailedIsTriedAgain() {
    answers.addAll(
        List.of(
            "active loggers:\n  http: info\n",
            "active loggers:\n  http: debug\n",
            "",
            "active loggers:\n  http: info\n"));
    LogLevelChange change = admin.setLogLevels(Map.of("http", LogLevel.DEBUG));

    assertThatThrownBy(change::close).hasMessageContaining("HTTP 500");
    change.close();
    change.close();

    assertThat(requests)
        .containsExactly(
            "POST /logging",
            "POST /logging?paths=http%3Adebug",
            "POST /logging?paths=http%3Ainfo",
            "POST /logging?paths=http%3Ainfo");
  }
}
