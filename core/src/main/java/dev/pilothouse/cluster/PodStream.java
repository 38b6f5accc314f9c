package dev.pilothouse.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pilothouse.internal.ApiServer;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a port of a pod: a WebSocket to the API server that speaks {@code
 * v4.channel.k8s.io}. Each message begins with its channel: 0 carries data, 1 an error's text; the
 * first message of each channel is the port's number.
 *
 * <p>fabric8's own port-forward is not used: over the JDK's HTTP client, which takes one message at
 * a time, it loses what it sends while another is under way.
 */
final class PodStream implements AutoCloseable {
  private static final String PROTOCOL = "v4.channel.k8s.io";
  private static final byte DATA = 0;
  private static final int CHANNELS = 2;
  private static final int NORMAL_END = 1000;
  private static final int OPEN_SECONDS = 30;
  private static final int CLOSE_MILLIS = 500;
  private static final long SHORTEST_PAUSE_NANOS = 20_000;
  private static final long LONGEST_PAUSE_NANOS = 2_000_000;

  private final WebSocket socket;
  private final Incoming incoming;

  private PodStream(WebSocket socket, Incoming incoming) {
    this.socket = socket;
    this.incoming = incoming;
  }

  /** What happens on the way from the pod. Called by one thread at a time. */
  interface Receiver {
    /** Where the pod's data goes; the next data comes when it is written. */
    OutputStream data();

    /** The connection has ended: by the pod's end, or else by a failure. */
    void ended(boolean orderly);
  }

  /** The API server does not let us through, and will not later. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String words, Throwable cause) {
      super(words, cause);
    }
  }

  static PodStream open(ApiServer server, PodPort to, Receiver receiver) throws IOException {
    Incoming incoming = new Incoming(to, receiver);
    CompletableFuture<WebSocket> opening =
        server.webSocket(
            "/api/v1/namespaces/"
                + ApiResources.encode(to.namespace())
                + "/pods/"
                + ApiResources.encode(to.pod())
                + "/portforward?ports="
                + to.port(),
            PROTOCOL,
            incoming);
    try {
      return new PodStream(opening.get(OPEN_SECONDS, TimeUnit.SECONDS), incoming);
    } catch (InterruptedException e) {
      opening.cancel(true); // One that still comes is closed then.
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while connecting to " + to);
    } catch (TimeoutException e) {
      opening.cancel(true);
      throw new IOException("no connection to " + to + " within " + OPEN_SECONDS + " s", e);
    } catch (ExecutionException e) {
      throw failure(to, e.getCause() == null ? e : e.getCause());
    }
  }

  private static IOException failure(PodPort to, Throwable cause) {
    if (cause instanceof WebSocketHandshakeException handshake) {
      int code = handshake.getResponse().code();
      String words = "the API server answers HTTP " + code + " to a port-forward to " + to;
      return code == 401 || code == 403 ? new Refused(words, cause) : new IOException(words, cause);
    }
    return new IOException("no connection to " + to + ": " + cause, cause);
  }

  /** Sends what is in the buffer, and returns when the connection has taken it. */
  void send(byte[] buffer, int length) throws IOException {
    ByteBuffer message = ByteBuffer.allocate(length + 1).put(DATA).put(buffer, 0, length).flip();
    if (!socket.send(message)) {
      IOException reason = failure();
      throw reason == null ? new IOException("the connection takes no more data") : reason;
    }
    long pause = SHORTEST_PAUSE_NANOS;
    // The queue is all that tells when a message has gone out.
    while (socket.queueSize() > 0 && !ended()) {
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
    incoming.lastMoved = System.nanoTime();
  }

  /** Whether the pod, or a failure, has ended the connection. */
  boolean ended() {
    return incoming.ended();
  }

  /** Waits for the end of the connection, and says whether it has come. */
  boolean awaitEnd(long millis) throws IOException {
    try {
      return incoming.end.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the pod's end");
    }
  }

  /** For how long nothing has gone either way. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - incoming.lastMoved);
  }

  /** What ended the connection, or null if that was its orderly end or it has not ended. */
  @Nullable IOException failure() {
    return incoming.failure;
  }

  /** Whether the other side has closed the connection, or there is none any more. */
  private boolean closedByOther() throws InterruptedException {
    // After an error's text it does so at once; two that close at the same time disturb each other.
    return incoming.closed.await(failure() == null ? 0 : CLOSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    incoming.end.countDown(); // What still comes from the pod has nowhere to go.
    boolean closed = false;
    try {
      closed = closedByOther();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!closed) {
      socket.sendClose(NORMAL_END, null);
    }
  }

  private static final class Incoming implements WebSocket.Listener {
    private final PodPort to;
    private final Receiver receiver;
    private final boolean[] greeted = new boolean[CHANNELS];
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable IOException failure;
    private volatile long lastMoved = System.nanoTime();

    Incoming(PodPort to, Receiver receiver) {
      this.to = to;
      this.receiver = receiver;
    }

    boolean ended() {
      return end.getCount() == 0;
    }

    @Override
    public void onMessage(WebSocket socket, ByteBuffer message) {
      if (ended()) {
        socket.request(); // The close comes after what is still under way.
        return;
      }
      int channel = message.hasRemaining() ? message.get() : -1;
      if (channel < 0 || channel >= CHANNELS) {
        finish(new IOException("a message of channel " + channel + ", which this protocol lacks"));
      } else if (!greeted[channel]) {
        greeted[channel] = true;
        socket.request();
      } else if (channel == DATA) {
        pass(message);
        socket.request();
      } else {
        finish(new IOException(to + ": " + UTF_8.decode(message).toString().strip()));
        socket.request();
      }
    }

    private void pass(ByteBuffer message) {
      byte[] bytes = new byte[message.remaining()];
      message.get(bytes);
      try {
        receiver.data().write(bytes);
        lastMoved = System.nanoTime();
      } catch (IOException e) {
        finish(null); // This machine's side has gone.
      }
    }

    @Override
    public void onClose(WebSocket socket, int code, String reason) {
      closed.countDown();
      String words = "the connection to " + to + " ended with " + code + " " + reason;
      finish(code == NORMAL_END ? null : new IOException(words.strip()));
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.countDown();
      finish(new IOException("the connection to " + to + " broke: " + error, error));
    }

    synchronized void finish(@Nullable IOException reason) {
      if (!ended()) {
        failure = reason;
        receiver.ended(reason == null);
        end.countDown();
      }
    }
  }
}
