package dev.pilothouse.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a port of a pod: two streams to kubelet, of which one carries the data, and the
 * other the text of an error.
 */
final class PodStream implements AutoCloseable {
  private final PodConnection connection;
  private final Incoming incoming;
  private final int data;

  private PodStream(PodConnection connection, Incoming incoming, int data) {
    this.connection = connection;
    this.incoming = incoming;
    this.data = data;
  }

  /** What happens on the way from the pod. Called by one thread at a time. */
  interface Receiver {
    /** Where the pod's data goes; the next data comes when it is written. */
    OutputStream data();

    /** The connection has ended: by the pod's end, or else by a failure. */
    void ended(boolean orderly);
  }

  /**
   * Opens a stream.
   *
   * @param request a number that no other stream of this connection has
   * @param patience how long kubelet may take to accept it
   */
  static PodStream open(
      PodConnection connection, int request, PodPort to, Duration patience, Receiver receiver)
      throws IOException {
    SpdyConnection spdy = connection.spdy();
    Incoming incoming = new Incoming(to, receiver);
    int errors = spdy.open(headers("error", request, to), incoming.errors);
    spdy.end(errors); // We have nothing to say on it.
    int data = spdy.open(headers("data", request, to), incoming);
    incoming.awaitAcceptance(patience);
    return new PodStream(connection, incoming, data);
  }

  private static Map<String, String> headers(String type, int request, PodPort to) {
    return Map.of(
        "streamtype",
        type,
        "port",
        Integer.toString(to.port()),
        "requestid",
        Integer.toString(request));
  }

  /** Sends what is in the buffer, and returns when the connection has taken it. */
  void send(byte[] buffer, int length) throws IOException {
    connection.spdy().send(data, buffer, length);
    incoming.lastMoved = System.nanoTime();
  }

  /** Whether the pod, or a failure, has ended the connection. */
  boolean ended() {
    return incoming.end.getCount() == 0;
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

  @Override
  public void close() {
    incoming.dropped = true; // What still comes from the pod has nowhere to go.
    try {
      if (!ended()) {
        connection.spdy().end(data);
      }
      connection.release(incoming.end);
    } catch (IOException e) {
      connection.close(); // It takes nothing any more.
    }
  }

  private static final class Incoming implements SpdyConnection.Receiver {
    private final PodPort to;
    private final Receiver receiver;
    private final ErrorText errors = new ErrorText(this::halfEnded);
    private final AtomicInteger halves = new AtomicInteger(2);
    private final CountDownLatch accepted = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean dropped;
    private volatile @Nullable IOException failure;
    private volatile long lastMoved = System.nanoTime();

    Incoming(PodPort to, Receiver receiver) {
      this.to = to;
      this.receiver = receiver;
    }

    void awaitAcceptance(Duration patience) throws IOException {
      try {
        boolean answered = accepted.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (!answered) {
          throw new IOException(
              "no connection to " + to + " within " + patience.toMillis() + " ms");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while connecting to " + to);
      }
    }

    @Override
    public void accepted() {
      accepted.countDown();
    }

    @Override
    public void data(byte[] bytes) throws IOException {
      if (!dropped) {
        receiver.data().write(bytes);
        lastMoved = System.nanoTime();
      }
    }

    @Override
    public void ended(@Nullable IOException broken) {
      accepted.countDown();
      halfEnded(broken);
    }

    /** The text of an error may come after the end of the data: both streams have to end. */
    private void halfEnded(@Nullable IOException broken) {
      if (halves.decrementAndGet() > 0 && broken == null) {
        return;
      }
      String text = errors.text();
      if (!text.isEmpty()) {
        failure = new IOException(to + ": " + text);
      } else if (broken != null) {
        failure = new IOException("the connection to " + to + " broke: " + broken, broken);
      }
      if (!dropped && end.getCount() > 0) {
        receiver.ended(failure == null);
      }
      end.countDown();
    }
  }

  /** What kubelet says of a connection that it cannot make, or that broke. */
  private static final class ErrorText implements SpdyConnection.Receiver {
    private final Consumer<@Nullable IOException> whenEnded;

    /** Guarded by this. */
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    ErrorText(Consumer<@Nullable IOException> whenEnded) {
      this.whenEnded = whenEnded;
    }

    @Override
    public synchronized void data(byte[] bytes) {
      text.writeBytes(bytes);
    }

    @Override
    public void ended(@Nullable IOException failure) {
      whenEnded.accept(failure);
    }

    synchronized String text() {
      return text.toString(UTF_8).strip();
    }
  }
}
