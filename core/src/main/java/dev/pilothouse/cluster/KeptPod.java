package dev.pilothouse.cluster;

import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.Poll.NotYet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pod that connections go to. It is asked for once, and then again only when something is heard
 * of the target's pods, or a connection failed. Where nothing can be heard, as the user may not
 * watch pods, each connection asks. Safe for use by several threads.
 */
final class KeptPod implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeptPod.class);

  /** A connection that is idle may break without a word, and that of a watch is idle. */
  private static final Duration TRUSTED = Duration.ofMinutes(5);

  private final ApiServer server;
  private final ReadyPods pods;

  /** What is listened to. Guarded by this, as all that follows. */
  private Listening listening = new Listening(List.of());

  private @Nullable PodPort kept;

  /** How much has been heard: what was asked for before the last of it is stale. */
  private long heard;

  private boolean askedBefore;
  private boolean refused;
  private boolean closed;

  KeptPod(ApiServer server, ReadyPods pods) {
    this.server = server;
    this.pods = pods;
  }

  /**
   * A pod that is ready.
   *
   * @throws NotYet if there is none, with what there is instead
   * @throws dev.pilothouse.failure.PilothouseException if there cannot be one, or the API server
   *     does not answer
   */
  PodPort get() throws NotYet {
    long before;
    synchronized (this) {
      if (kept != null && listening.trusted()) {
        return kept;
      }
      before = heard;
    }
    ReadyPods.Found found = pods.find();
    synchronized (this) {
      if (!listening.trusted() || !listening.paths.equals(found.collections())) {
        listen(found.collections());
      } else if (listening.complete() && heard == before) {
        kept = found.pod();
      }
    }
    return found.pod();
  }

  /** A connection failed: the next one asks. */
  synchronized void forget() {
    heard++;
    kept = null;
  }

  /** A watch begins with what there is: by then, this pod was asked for once more. */
  private synchronized void listen(List<String> paths) {
    boolean first = !askedBefore;
    askedBefore = true;
    if (first || refused || closed) { // For a single connection it would not pay.
      return;
    }
    listening.end();
    forget();
    listening = new Listening(paths);
    listening.begin();
  }

  private synchronized void ended(Listening which, @Nullable Throwable failure) {
    if (which == listening) {
      refused = failure == null && !which.complete();
      which.end();
      listening = new Listening(List.of());
      forget();
      if (failure != null && !(failure instanceof CancellationException)) {
        LOG.debug("A watch of pods has ended", failure);
      }
    }
  }

  private synchronized void opened(Listening which) {
    which.silent--;
  }

  @Override
  public synchronized void close() {
    closed = true;
    listening.end();
    forget();
  }

  /** One watch for each of some collections. Guarded by the pod's lock. */
  private final class Listening {
    private final List<String> paths;
    private final List<CompletableFuture<Void>> watches = new ArrayList<>();

    private final long since = System.nanoTime();

    /** How many of them have not begun yet. */
    private int silent;

    Listening(List<String> paths) {
      this.paths = paths;
      this.silent = paths.size();
    }

    boolean trusted() {
      return System.nanoTime() - since < TRUSTED.toNanos();
    }

    boolean complete() {
      return !paths.isEmpty() && silent == 0;
    }

    void begin() {
      for (String path : paths) {
        if (listening != this) {
          return; // The one before could not even begin.
        }
        CompletableFuture<Void> watch =
            server.watch(path, () -> opened(this), KeptPod.this::forget);
        watches.add(watch);
        var unused = watch.whenComplete((none, failure) -> ended(this, failure));
      }
    }

    void end() {
      List<CompletableFuture<Void>> all = List.copyOf(watches);
      watches.clear();
      all.forEach(watch -> watch.cancel(true));
    }
  }
}
