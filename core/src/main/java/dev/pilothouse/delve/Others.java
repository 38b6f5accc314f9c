package dev.pilothouse.delve;

import dev.pilothouse.delve.DelveException.Kind;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether other clients, who have stopped the program, have let it go on. Delve tells nobody.
 */
final class Others {
  private static final Logger LOG = LoggerFactory.getLogger(Others.class);
  private static final long LOOK_MILLIS = 20;
  private static final Duration TRACEPOINT = Duration.ofMillis(200);

  private final Runs runs;
  private final ReentrantLock lock;
  private final ScheduledExecutorService helper;
  private final AtomicBoolean looking = new AtomicBoolean();

  /** When we let it go on for them; set under the lock of the runs. */
  private volatile long until = Long.MAX_VALUE;

  Others(Runs runs, ReentrantLock lock, ScheduledExecutorService helper) {
    this.runs = runs;
    this.lock = lock;
    this.helper = helper;
  }

  /** They let it go on when a user says so. */
  void inTheirTime() {
    until = Long.MAX_VALUE;
  }

  /** It is at a tracepoint of theirs: they let it go on at once, if they still live. */
  void shortly() {
    until = System.nanoTime() + TRACEPOINT.toNanos();
  }

  /** Whether we let it go on soon unless they do. Needs no lock. */
  boolean forAMoment() {
    return until != Long.MAX_VALUE;
  }

  void lookLater() {
    if (looking.compareAndSet(false, true)) {
      var unused = helper.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Whether the program runs within a time. */
  boolean runWithin(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    do {
      if (running()) {
        return true;
      }
    } while (System.nanoTime() < end);
    return false;
  }

  private void look() {
    looking.set(false);
    if (!lock.tryLock()) {
      lookLater();
      return;
    }
    try {
      if (!runs.leftToOthers()) {
        return;
      }
      Stop now = runs.link().stateNow("looking whether the program runs");
      if (now.running()) {
        runs.runsByOthers();
      } else if (runs.foundStopped(now)) {
        LOG.debug("It has run, and stopped again, while nobody looked");
      } else if (until != Long.MAX_VALUE && System.nanoTime() - until > 0) {
        runs.run();
      } else {
        lookLater();
      }
    } catch (DelveException e) {
      LOG.debug("Looking whether the program runs failed", e);
      if (e.kind() == Kind.EXITED) {
        runs.end(e);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean running() {
    return runs.link().stateNow("looking whether the program runs").running();
  }
}
