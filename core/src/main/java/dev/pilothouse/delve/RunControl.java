package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.Runs.Standing;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.TimeLeft;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the program for what can be done only then, and lets it go on afterwards. Delve has one
 * program and may have many clients, and tells nobody what another one did: who wants an answer has
 * to look, and to ask again.
 */
final class RunControl {
  private static final Logger LOG = LoggerFactory.getLogger(RunControl.class);
  private static final Duration ASK_AGAIN = Duration.ofMillis(100);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Duration patience;
  private final Runs runs;

  /** How many {@link #whileStopped} are within each other. */
  private int depth;

  private volatile boolean brokenInto;

  RunControl(Link link, Duration patience, ScheduledExecutorService helper, StopListener listener) {
    this.patience = patience;
    this.runs = new Runs(this, link, lock, changed, helper, listener);
  }

  ReentrantLock lock() {
    return lock;
  }

  /** Signalled when something has come that somebody may wait for. */
  Condition changed() {
    return changed;
  }

  Runs runs() {
    return runs;
  }

  Link link() {
    return runs.link();
  }

  /** Why there is nothing to control any more; null while there is. */
  @Nullable DelveException ended() {
    return runs.ended();
  }

  Standing standing() {
    return runs.standing();
  }

  /** Takes over a fresh connection, and finds out whether the program runs. */
  void begin(String tried, Link fresh) {
    lock.lock();
    try {
      runs.begin(tried, fresh);
    } finally {
      lock.unlock();
    }
  }

  /** Ends a step or a call that another thread waits for, and that would keep us out. */
  void breakIn() {
    brokenInto = true;
    if (lock.isLocked() && !lock.isHeldByCurrentThread()) {
      var unused = link().halt();
    }
  }

  /** Whether somebody wants to end the session. */
  boolean brokenInto() {
    return brokenInto;
  }

  /** Waits until the calls that nobody else waits for have returned. Returns whether they have. */
  boolean awaitStrayCalls(Duration longest) {
    long left = longest.toNanos();
    lock.lock();
    try {
      while (ended() == null && runs.strayCalls() > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return ended() != null || runs.strayCalls() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until it runs, if it is meant to. At a tracepoint of another session, too: that one may
   * leave it to us, who stopped it.
   */
  void awaitRunning(Duration deadline) {
    String tried = "waiting until the program runs";
    Poll.Outcome<Boolean> outcome =
        Poll.until(
            tried,
            deadline,
            () ->
                ended() != null || !runs.meantToRun() || link().stateNow(tried).running()
                    ? Optional.of(true)
                    : Optional.empty());
    if (outcome.value() == null) {
      LOG.warn("The program did not go on within {} ms", deadline.toMillis());
    }
  }

  /** Does something that Delve can do only while the program is stopped. */
  <T> T whileStopped(String tried, Supplier<T> action) {
    enter(tried);
    try {
      if (depth == 0) {
        if (standing() == Standing.STOPPED_BY_OTHERS && link().stateNow(tried).running()) {
          runs.runsByOthers(); // They have let it go on, and we had not looked yet.
        }
        if (standing() == Standing.RUNNING) {
          stop(tried);
        }
      }
      depth++;
      try {
        return action.get();
      } finally {
        depth--;
        if (depth == 0) {
          runs.goOn();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks what Delve answers while the program is stopped. Within {@link #whileStopped}. */
  JsonNode ask(String tried, String method, ObjectNode argument) {
    CompletableFuture<JsonNode> answer = link().send(method, argument);
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return waitFor(tried, answer, min(ASK_AGAIN, TimeLeft.until(end)));
      } catch (DelveException e) {
        if (e.kind() != Kind.TIMEOUT || TimeLeft.until(end).isZero()) {
          throw e;
        }
      }
      if (!answer.isDone() && link().stateNow(tried).running()) {
        // Somebody has let it go on. We stop it, and if nobody else does we let it go on again.
        runs.halts().ask(link());
        runs.othersWereRunning();
      }
    }
  }

  /** Waits for an answer; the lock is held. */
  JsonNode waitFor(String tried, CompletableFuture<JsonNode> answer, Duration longest) {
    try {
      return Link.await(tried, answer, longest);
    } catch (DelveException e) {
      if (e.kind() == Kind.EXITED) {
        runs.end(e);
      }
      throw e;
    }
  }

  /** Stops it, to stay so. */
  void halt(String tried) {
    enter(tried);
    try {
      if (standing() == Standing.RUNNING) {
        stop(tried);
      }
      if (standing() == Standing.RUNNING) {
        runs.hold();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets it go on. */
  void resume(String tried) {
    enter(tried);
    try {
      if (standing() != Standing.RUNNING) {
        if (link().stateNow(tried).running()) {
          runs.runsByOthers();
        } else {
          runs.run();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends it for good: nothing is asked of Delve afterwards. */
  void end(DelveException why) {
    lock.lock();
    try {
      runs.end(why);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the lock, which the caller gives back. */
  void enter(String tried) {
    try {
      if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new DelveException(Kind.TIMEOUT, tried, "another thread keeps Delve busy", "", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DelveException(Kind.INTERRUPTED, tried, "this thread was interrupted", "", e);
    }
    DelveException why = ended();
    if (why != null) {
      lock.unlock();
      throw again(tried, why);
    }
  }

  /** The same trouble, met by somebody else. */
  static DelveException again(String tried, DelveException why) {
    return new DelveException(why.kind(), tried, why.words(), why.toDo(), why);
  }

  /** Stops a running program and looks at why it stopped. It may be meant to stay stopped then. */
  private void stop(String tried) {
    Run current = runs.current();
    if (current == null) {
      return;
    }
    current.haltAsked = true;
    long end = System.nanoTime() + patience.toNanos();
    Duration wait = ASK_AGAIN;
    while (!current.answer.isDone()) {
      // Each is a signal to the program, which may come late on a busy machine.
      runs.halts().ask(link());
      wait = wait.multipliedBy(2);
      try {
        Link.await(tried, current.answer, wait);
      } catch (DelveException e) {
        if (e.kind() == Kind.INTERRUPTED || System.nanoTime() > end) {
          throw e;
        }
      }
    }
    runs.halts().await(tried);
    runs.settle(current);
    DelveException why = ended();
    if (why != null) {
      throw again(tried, why);
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
