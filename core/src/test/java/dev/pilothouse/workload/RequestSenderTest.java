package dev.pilothouse.workload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.internal.LoopbackServer;
import dev.pilothouse.workload.NoReplyException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Over real sockets, against our own application and against servers that misbehave. */
class RequestSenderTest {
  private static final HttpCall GET = HttpCall.get("http://some-service:8000/");

  private final RequestSender sender = new RequestSender();

  @Test
  void sendsTheRequestAsItIsWritten() throws Exception {
    JsonNode told =
        told(
            HttpCall.get("http://some-service:8000//a/../b%2Fc;d?e=%20f&g")
                .withMethod("PATCH")
                .withHeader("x-one", "1")
                .withBody("größer"));

    assertThat(told.path("method").asText()).isEqualTo("PATCH");
    assertThat(told.path("path").asText()).isEqualTo("//a/../b%2Fc;d");
    assertThat(told.path("query").asText()).isEqualTo("e=%20f&g");
    assertThat(told.path("body").asText()).isEqualTo("größer");
    assertThat(told.path("headers").toString())
        .isEqualTo(
            "{\"content-length\":[\"8\"],\"host\":[\"some-service:8000\"],\"x-one\":[\"1\"]}");
  }

  @Test
  void sendsNoPortInTheHostHeaderWhereTheUrlHasNone() throws Exception {
    assertThat(told(HttpCall.get("http://a.b")).at("/headers/host").toString())
        .isEqualTo("[\"a.b\"]");
    assertThat(told(HttpCall.get("http://a.b").withHeader("HOST", "c")).at("/headers/host/0"))
        .hasToString("\"c\"");
  }

  @Test
  void keepsTheStatusAndRepeatedHeaders() throws Exception {
    HttpReply reply =
        replyTo(
            "HTTP/1.1 302 Found\r\nA: 1\r\nLocation: /x\r\na: 2\r\nContent-Length: 2\r\n\r\nhi");

    assertThat(reply.status()).isEqualTo(302);
    assertThat(reply.headers().get("a")).containsExactly("1", "2");
    assertThat(reply.body()).isEqualTo("hi");
    assertThat(reply.took()).isPositive();
  }

  @Test
  void readsAnAnswerThatEndsWithTheConnection() throws Exception {
    assertThat(replyTo("HTTP/1.0 200 OK\r\n\r\nall of it").body()).isEqualTo("all of it");
  }

  @Test
  void anApplicationAnswersWithTheStatusAsked() throws Exception {
    try (LoopbackServer server = application()) {
      HttpReply reply = sender.send(HttpCall.get("http://a/status/503"), address(server));
      assertThat(reply.status()).isEqualTo(503);
      assertThat(sender.send(HttpCall.get("http://a/status/204"), address(server)).body())
          .isEmpty();
      assertThat(sender.send(GET.withMethod("HEAD"), address(server)).body()).isEmpty();
    }
  }

  @Test
  void tellsThatNobodyListens() throws Exception {
    InetSocketAddress address;
    try (LoopbackServer server = application()) {
      address = address(server);
    }
    assertReason(Reason.REFUSED, () -> sender.send(GET, address));
  }

  @Test
  void tellsThatTheConnectionWasClosed() {
    assertReason(Reason.CLOSED, () -> replyTo(""));
    assertReason(Reason.CLOSED, () -> replyTo("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
  }

  @Test
  void tellsThatTheAnswerIsNotHttp() {
    assertReason(Reason.OTHER, () -> replyTo("HTTP/1.1 yes\r\n\r\n"));
  }

  @Test
  void theDeadlineHoldsForAnAnswerThatComesDropByDrop() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (LoopbackServer server =
        LoopbackServer.start(
            "drip",
            connection -> {
              connection.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
              while (over.getCount() > 0) {
                connection.getOutputStream().write('.');
              }
            })) {
      HttpCall call = GET.withDeadline(Duration.ofMillis(200));
      assertReason(Reason.DEADLINE, () -> sender.send(call, address(server)));
    } finally {
      over.countDown();
    }
  }

  @Test
  void anInterruptEndsIt() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (LoopbackServer server =
        LoopbackServer.start(
            "silent",
            connection -> {
              readRequest(connection);
              arrived.countDown();
              connection.getInputStream().read(); // Until the other side closes.
            })) {
      CompletableFuture<Reason> outcome = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  sender.send(GET, address(server));
                  outcome.complete(null);
                } catch (RequestSender.Failure e) {
                  outcome.complete(e.reason());
                }
              });
      caller.start();
      arrived.await();
      caller.interrupt();

      assertThat(outcome.get()).isEqualTo(Reason.INTERRUPTED);
    }
  }

  private JsonNode told(HttpCall call) throws Exception {
    try (LoopbackServer server = application()) {
      return new ObjectMapper().readTree(sender.send(call, address(server)).body());
    }
  }

  private HttpReply replyTo(String answer) throws Exception {
    try (LoopbackServer server =
        LoopbackServer.start(
            "answers",
            connection -> {
              readRequest(connection);
              connection.getOutputStream().write(answer.getBytes(UTF_8));
            })) {
      return sender.send(GET, address(server));
    }
  }

  private static void readRequest(Socket connection) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
    String line = in.readLine();
    while (line != null && !line.isEmpty()) {
      line = in.readLine();
    }
  }

  private static void assertReason(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RequestSender.Failure.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static LoopbackServer application() throws IOException {
    WorkloadSpec spec = WorkloadSpec.http("some-service", 8000);
    return LoopbackServer.start("application", new RequestTeller(spec));
  }

  private static InetSocketAddress address(LoopbackServer server) {
    return new InetSocketAddress(LoopbackBlock.loopback(0, 0, 1), server.port());
  }
}
