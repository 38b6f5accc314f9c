package dev.pilothouse.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections to pods that a port-forward has, in use and for use again: to make one takes two
 * TLS handshakes, our own and that of the API server with the kubelet. Safe for use by several
 * threads.
 */
final class PodConnections implements AutoCloseable {
  private static final Duration FRESH = Duration.ofSeconds(20);

  /** It may have broken without a word. */
  private static final Duration USED = Duration.ofSeconds(3);

  private static final int MOST_FREE = 8;

  /** One pod, of whichever port. */
  private record Pod(String namespace, String uid) {}

  private final ApiUpgrade server;
  private final String threads;

  /** Guarded by this. */
  private final Set<PodConnection> all = new HashSet<>();

  /** The one that was used last comes first. Guarded by this. */
  private final Map<Pod, Deque<PodConnection>> free = new HashMap<>();

  private boolean closed;

  PodConnections(ApiUpgrade server, String threads) {
    this.server = server;
    this.threads = threads;
  }

  /** The API server does not let us through, and will not later. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String words, Throwable cause) {
      super(words, cause);
    }
  }

  /**
   * Connects to a port of a pod.
   *
   * @throws Refused if the API server does not let us through
   */
  PodStream open(PodPort to, PodStream.Receiver receiver) throws IOException {
    for (PodConnection used = used(to); used != null; used = used(to)) {
      try {
        return used.stream(to, USED, receiver);
      } catch (IOException e) {
        end(used); // It has broken since; with a new one it will turn out why.
      }
    }
    PodConnection fresh = fresh(to);
    boolean open = false;
    try {
      PodStream stream = fresh.stream(to, FRESH, receiver);
      open = true;
      return stream;
    } finally {
      if (!open) {
        end(fresh);
      }
    }
  }

  private synchronized @Nullable PodConnection used(PodPort to) {
    Pod pod = new Pod(to.namespace(), to.uid());
    free.forEach(
        (other, connections) -> {
          if (!other.equals(pod)) {
            connections.forEach(this::end); // That pod is not the one to go to any more.
            connections.clear();
          }
        });
    Deque<PodConnection> connections = free.getOrDefault(pod, new ArrayDeque<>());
    PodConnection used = connections.poll();
    while (used != null && !used.usable()) {
      end(used);
      used = connections.poll();
    }
    return used;
  }

  private PodConnection fresh(PodPort to) throws IOException {
    Pod pod = new Pod(to.namespace(), to.uid());
    PodConnection connection;
    try {
      connection = PodConnection.open(server, threads, to, freed -> free(pod, freed));
    } catch (ApiUpgrade.Refused e) {
      String words = e.getMessage() + " to a port-forward to " + to;
      throw e.code() == 401 || e.code() == 403 ? new Refused(words, e) : new IOException(words, e);
    } catch (IOException e) {
      throw new IOException("no connection to " + to + ": " + e, e);
    }
    synchronized (this) {
      all.add(connection);
      if (closed) {
        end(connection);
      }
    }
    return connection;
  }

  private synchronized void free(Pod pod, PodConnection connection) {
    Deque<PodConnection> others = free.computeIfAbsent(pod, missing -> new ArrayDeque<>());
    if (closed || others.size() >= MOST_FREE) {
      end(connection);
    } else {
      others.push(connection);
    }
  }

  private synchronized void end(PodConnection connection) {
    all.remove(connection);
    connection.close();
  }

  @Override
  public void close() {
    List<PodConnection> left;
    synchronized (this) {
      closed = true;
      free.clear();
      left = new ArrayList<>(all);
    }
    left.forEach(this::end);
  }
}
