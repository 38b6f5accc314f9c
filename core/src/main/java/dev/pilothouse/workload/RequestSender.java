package dev.pilothouse.workload;

import dev.pilothouse.workload.NoReplyException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnectionFactory;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http.protocol.RequestContent;
import org.jspecify.annotations.Nullable;

/**
 * Sends HTTP/1.1 requests to an address that their URL does not name. Each has a connection of its
 * own, so that it meets the listener as it is now. Nothing is added to a request but what HTTP asks
 * for, and its path is sent as it is written.
 */
final class RequestSender {
  private static final DefaultBHttpClientConnectionFactory CONNECTIONS =
      DefaultBHttpClientConnectionFactory.builder().build();
  private static final HttpProcessor REQUEST_CONTENT =
      HttpProcessorBuilder.create().add(new RequestContent()).build();

  private static final LiteralRequests REQUESTS = new LiteralRequests();

  private final HttpRequestExecutor executor = new HttpRequestExecutor();

  /** What came instead of an answer. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    private final Reason reason;

    Failure(Reason reason, Exception cause) {
      super(cause.toString(), cause);
      this.reason = reason;
    }

    Reason reason() {
      return reason;
    }
  }

  HttpReply send(HttpCall call, InetSocketAddress address) throws Failure {
    long start = System.nanoTime();
    CompletableFuture<Void> done = new CompletableFuture<>();
    // A channel's blocking calls end when the thread is interrupted; a plain socket's do not.
    try (SocketChannel channel = SocketChannel.open()) {
      CompletableFuture<Void> alarm =
          done.orTimeout(call.deadline().toNanos(), TimeUnit.NANOSECONDS)
              .exceptionally(late -> close(channel));
      try {
        channel.connect(address);
        HttpClientConnection connection = CONNECTIONS.createConnection(channel.socket());
        return exchange(call, connection, start);
      } catch (IOException | HttpException e) {
        throw new Failure(reason(e, done.isCompletedExceptionally()), e);
      } finally {
        if (!done.complete(null)) {
          alarm.join();
        }
      }
    } catch (IOException e) {
      throw new Failure(Reason.OTHER, e);
    }
  }

  private HttpReply exchange(HttpCall call, HttpClientConnection connection, long start)
      throws IOException, HttpException {
    HttpCoreContext context = HttpCoreContext.create();
    ClassicHttpRequest request = request(call);
    executor.preProcess(request, REQUEST_CONTENT, context);
    try (ClassicHttpResponse response = executor.execute(request, connection, context)) {
      HttpEntity entity = response.getEntity();
      byte[] body = entity == null ? new byte[0] : EntityUtils.toByteArray(entity);
      Map<String, List<String>> headers = new LinkedHashMap<>();
      for (Header header : response.getHeaders()) {
        headers
            .computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
            .add(header.getValue());
      }
      return new HttpReply(
          response.getCode(),
          headers,
          new String(body, StandardCharsets.UTF_8),
          Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static ClassicHttpRequest request(HttpCall call) {
    URI url = call.url();
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    ClassicHttpRequest request = REQUESTS.newHttpRequest(call.method(), path + query);
    if (call.headers().keySet().stream().noneMatch(name -> name.equalsIgnoreCase("host"))) {
      String port = url.getPort() < 0 ? "" : ":" + url.getPort();
      request.setHeader("Host", url.getHost() + port);
    }
    call.headers().forEach(request::addHeader);
    if (!call.body().isEmpty()) {
      // Without a content type: that is the caller's to say.
      request.setEntity(new StringEntity(call.body(), null, null, false));
    }
    return request;
  }

  private static @Nullable Void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return null;
  }

  private static Reason reason(Exception e, boolean late) {
    if (e instanceof ClosedByInterruptException || e instanceof InterruptedIOException) {
      return Reason.INTERRUPTED;
    }
    if (late) {
      return Reason.DEADLINE;
    }
    if (e instanceof ConnectException) {
      return Reason.REFUSED;
    }
    if (e instanceof NoHttpResponseException
        || e instanceof ConnectionClosedException
        || e instanceof SocketException) {
      return Reason.CLOSED;
    }
    return Reason.OTHER;
  }
}
