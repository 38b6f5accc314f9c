package dev.pilothouse.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * A connection to the kubelet of a pod, by way of the API server. It serves one port-forwarded
 * connection after the other, and never two at once: whoever does not read what the pod sends him
 * would hold up the other one. Safe for use by several threads.
 */
final class PodConnection implements AutoCloseable {
  /** A container runtime gives up what has ended on our side after one second. */
  private static final Duration TO_END = Duration.ofSeconds(3);

  private static final Map<String, String> PROTOCOL =
      Map.of("Upgrade", "SPDY/3.1", "X-Stream-Protocol-Version", "portforward.k8s.io");

  private final SpdyConnection spdy;
  private final Consumer<PodConnection> whenFree;

  /** Which streams the other side has not ended yet, and when we did. Guarded by itself. */
  private final Map<CountDownLatch, Long> ending = new HashMap<>();

  /** Used by one thread at a time. */
  private int requests;

  private PodConnection(SpdyConnection spdy, Consumer<PodConnection> whenFree) {
    this.spdy = spdy;
    this.whenFree = whenFree;
  }

  static PodConnection open(
      ApiUpgrade server, String thread, PodPort to, Consumer<PodConnection> whenFree)
      throws IOException {
    String path =
        "/api/v1/namespaces/"
            + ApiResources.encode(to.namespace())
            + "/pods/"
            + ApiResources.encode(to.pod())
            + "/portforward";
    return new PodConnection(SpdyConnection.start(thread, server.open(path, PROTOCOL)), whenFree);
  }

  SpdyConnection spdy() {
    return spdy;
  }

  /** Opens a connection to a port of the pod. */
  PodStream stream(PodPort to, Duration patience, PodStream.Receiver receiver) throws IOException {
    return PodStream.open(this, requests++, to, patience, receiver);
  }

  /**
   * The stream that had it needs it no more.
   *
   * @param end when the other side has ended the stream
   */
  void release(CountDownLatch end) {
    synchronized (ending) {
      ending.put(end, System.nanoTime());
    }
    whenFree.accept(this);
  }

  /** Whether another stream can have it: it is there, and does not hang on an earlier stream. */
  boolean usable() {
    synchronized (ending) {
      long now = System.nanoTime();
      ending.keySet().removeIf(end -> end.getCount() == 0);
      return !spdy.ended()
          && ending.values().stream().allMatch(since -> now - since < TO_END.toNanos());
    }
  }

  @Override
  public void close() {
    spdy.close();
  }
}
