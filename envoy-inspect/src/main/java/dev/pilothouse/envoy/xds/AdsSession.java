package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.xds.Holdings.Applied;
import dev.pilothouse.envoy.xds.Holdings.Change;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a stream open for one proxy and answers what comes by it. Safe for use by several threads:
 * its lock guards all it has.
 */
final class AdsSession implements AdsStream.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(AdsSession.class);

  /** istiod takes an acknowledgement of these for another request. */
  private static final String DEBUG_TYPES = "istio.io/debug";

  private final SharedFleet fleet;
  private final SharedFleet.Connection connection;
  private final XdsOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Holdings holdings;
  private final ResponseLog log;
  private XdsCheck check;
  private @Nullable AdsStream stream;
  private int streams;
  private int failures;
  private boolean open;
  private boolean answeredOnce;
  private boolean closed;
  private String lastError = "";
  private long changes;

  AdsSession(SharedFleet fleet, SharedFleet.Connection connection, XdsOptions options) {
    this.fleet = fleet;
    this.connection = connection;
    this.options = options;
    this.check = options.check();
    this.holdings = new Holdings(options.further());
    this.log = new ResponseLog(options.logSize());
  }

  /** Opens a stream, in place of the one that may be open. */
  void connect() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      AdsStream last = stream;
      stream = null;
      open = false;
      if (last != null) {
        last.cancel();
      }
      openStream();
      noteChange();
    } finally {
      lock.unlock();
    }
  }

  private void openStream() {
    streams++;
    AdsStream fresh =
        options.protocol() == XdsProtocol.DELTA
            ? new DeltaStream(connection.stub(), options.node().message(), fleet.pool(), this)
            : new SotwStream(connection.stub(), options.node().message(), fleet.pool(), this);
    stream = fresh;
    try {
      fresh.open();
      for (Subscription subscription : holdings.subscriptions()) {
        subscription.askedAnew();
        fresh.ask(subscription, Set.of(), Set.of());
      }
    } catch (RuntimeException e) {
      ended(fresh, StreamFault.describe(e));
    }
  }

  @Override
  public void received(AdsStream from, Update update) {
    lock.lock();
    try {
      if (from != stream) {
        return;
      }
      open = true;
      failures = 0;
      Subscription subscription = holdings.subscription(update.typeUrl());
      if (subscription == null) {
        // Envoy ignores it too.
        note(update, new Applied(), "this type was not asked for, so it was ignored");
        return;
      }
      Applied applied = holdings.apply(subscription, update, check, Instant.now());
      String fault = String.join("; ", applied.faults);
      // As Envoy: what follows is asked for before the response is acknowledged.
      for (Change change : holdings.follow(subscription, applied)) {
        from.ask(change.subscription(), change.added(), change.removed());
      }
      if (!update.typeUrl().startsWith(DEBUG_TYPES)) {
        from.answer(subscription, update, fault);
      }
      answeredOnce |= holdings.unanswered().isEmpty();
      note(update, applied, fault);
    } finally {
      lock.unlock();
    }
  }

  private void note(Update update, Applied applied, String error) {
    XdsResponse response =
        new XdsResponse(
            log.position() + 1,
            streams,
            Instant.now(),
            update.typeUrl(),
            update.version(),
            update.nonce(),
            applied.added,
            applied.changed,
            applied.unchanged,
            applied.removed,
            applied.refused,
            applied.ignored,
            update.bytes(),
            error);
    log.add(response);
    LOG.debug("{} {}", options.node(), response);
    noteChange();
  }

  private void noteChange() {
    changes++;
    changed.signalAll();
  }

  @Override
  public void ended(AdsStream which, String reason) {
    lock.lock();
    try {
      if (which != stream) {
        return;
      }
      stream = null;
      open = false;
      failures++;
      lastError = reason;
      LOG.debug("{} stream {} ended: {}", options.node(), streams, reason);
      noteChange();
      fleet.later(this::reopen, options.backoff().nanosAfter(failures));
    } finally {
      lock.unlock();
    }
  }

  private void reopen() {
    lock.lock();
    try {
      if (stream == null && !closed) {
        connection.retryNow();
        openStream();
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      open = false;
      if (stream != null) {
        stream.cancel();
        stream = null;
      }
      noteChange();
    } finally {
      lock.unlock();
    }
  }

  void check(XdsCheck other) {
    lock.lock();
    try {
      check = other;
    } finally {
      lock.unlock();
    }
  }

  /** Reads what is held, while nothing changes. */
  <T> T read(Function<Holdings, T> reader) {
    lock.lock();
    try {
      return reader.apply(holdings);
    } finally {
      lock.unlock();
    }
  }

  /** Reads the log, while nothing changes. */
  <T> T readLog(Function<ResponseLog, T> reader) {
    lock.lock();
    try {
      return reader.apply(log);
    } finally {
      lock.unlock();
    }
  }

  XdsStatus status() {
    return read(held -> new XdsStatus(streams, open, lastError, held.unanswered(), closed));
  }

  /** Whether once there was nothing unanswered. */
  boolean answeredOnce() {
    return read(held -> answeredOnce);
  }

  /** How often something has changed; another number means that it has. */
  long changes() {
    return read(held -> changes);
  }

  /** Waits until something has changed since, or the time is over. */
  void awaitChange(long since, long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (changes == since && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
