package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.StopListener.Verdict;
import dev.pilothouse.delve.rpc.RpcException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the program after the other, from when somebody lets it go on until it stops, and what
 * each stop means. A run that we did not begin is waited for by a question that Delve answers when
 * it is over. All methods want the lock to be held unless they say otherwise.
 */
final class Runs {
  private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

  /** An IDE that was halted by us lets the program go on by itself, at once. */
  private static final Duration IDE_GOES_ON = Duration.ofMillis(15);

  /** What the program is meant to do. */
  enum Standing {
    RUNNING,
    STOPPED,
    STOPPED_BY_OTHERS
  }

  private final RunControl control;
  private final ReentrantLock lock;
  private final Condition changed;
  private final ScheduledExecutorService helper;
  private final StopListener listener;
  private final Others others;
  private final Halts halts = new Halts();
  private volatile @Nullable DelveException ended;
  private volatile Standing standing = Standing.STOPPED_BY_OTHERS;
  private volatile @Nullable Stop last;
  private volatile Link link;
  private @Nullable Run run;
  private boolean lastRunOurs = true;

  /** Calls of ours that nobody waits for any more. Delve stops the program when one returns. */
  private int strayCalls;

  Runs(
      RunControl control,
      Link link,
      ReentrantLock lock,
      Condition changed,
      ScheduledExecutorService helper,
      StopListener listener) {
    this.control = control;
    this.link = link;
    this.lock = lock;
    this.changed = changed;
    this.helper = helper;
    this.listener = listener;
    this.others = new Others(this, lock, helper);
  }

  /** Takes over a fresh connection, and finds out whether the program runs. */
  void begin(String tried, Link fresh) {
    link = fresh;
    ended = null;
    run = null;
    strayCalls = 0;
    var unused = fresh.ended().thenAccept(why -> helper.execute(() -> lost(fresh, why)));
    if (fresh.stateNow(tried).running()) {
      runsByOthers();
    } else {
      standing = Standing.STOPPED_BY_OTHERS;
      others.inTheirTime();
      others.lookLater();
    }
  }

  /** Needs no lock. */
  Link link() {
    return link;
  }

  /** Why there is nothing to control any more; null while there is. Needs no lock. */
  @Nullable DelveException ended() {
    return ended;
  }

  /** Needs no lock. */
  Standing standing() {
    return standing;
  }

  /** Whether it runs, or others have only a moment to let it run. Needs no lock. */
  boolean meantToRun() {
    return standing == Standing.RUNNING
        || (standing == Standing.STOPPED_BY_OTHERS && others.forAMoment());
  }

  /** The last stop, or null while it runs. Needs no lock. */
  @Nullable Stop last() {
    return last;
  }

  /** The run that is not over yet, or that nobody has looked at. */
  @Nullable Run current() {
    return run;
  }

  Halts halts() {
    return halts;
  }

  /** It stays stopped until somebody says so. */
  void hold() {
    standing = Standing.STOPPED;
  }

  /** Somebody else runs it behind our back: after we have stopped it, it is to go on. */
  void othersWereRunning() {
    standing = Standing.RUNNING;
    lastRunOurs = false;
  }

  /** After something was done: lets it go on if it is meant to run. */
  void goOn() {
    if (ended != null || run != null) {
      return;
    }
    if (standing == Standing.STOPPED_BY_OTHERS) {
      others.lookLater();
    } else if (standing == Standing.RUNNING) {
      boolean interrupted = Thread.interrupted();
      try {
        if (!lastRunOurs && others.runWithin(IDE_GOES_ON)) {
          observe();
        } else {
          start();
        }
      } catch (DelveException e) {
        LOG.debug("Going on failed", e); // The connection has ended, and says so elsewhere.
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private void start() {
    halts.await("letting the program go on");
    wait(new Run(true, link.send("Command", Requests.command("continue"))));
  }

  private void observe() {
    wait(new Run(false, link.send("State", Requests.state(false))));
  }

  private void wait(Run begun) {
    run = begun;
    begun.haltAsked = halts.outstanding();
    last = null;
    lastRunOurs = begun.ours;
    // By the thread that reads, if nobody is busy here: a tracepoint costs no change of threads.
    var unused = begun.answer.whenComplete((state, failure) -> over(begun));
  }

  private void over(Run finished) {
    // Who waits for a future may have to complete it: that thread is busy here too.
    if (!finished.ours || lock.isHeldByCurrentThread() || !lock.tryLock()) {
      helper.execute(
          () -> {
            lock.lock();
            try {
              settleAndGoOn(finished);
            } finally {
              lock.unlock();
            }
          });
      return;
    }
    try {
      settleAndGoOn(finished);
    } finally {
      lock.unlock();
    }
  }

  private void settleAndGoOn(Run finished) {
    if (!finished.settled && finished == run) {
      settle(finished);
      goOn();
    }
  }

  /** Looks at why a run is over. */
  void settle(Run finished) {
    if (finished.settled) {
      return;
    }
    finished.settled = true;
    run = null;
    JsonNode answer;
    try {
      answer = finished.answer.join();
    } catch (CompletionException e) {
      failed(Link.failure("running the program", e.getCause()));
      return;
    }
    Stop stop = new Stop(answer.path("State"));
    last = stop;
    if (stop.exited()) {
      end(exit(stop.exitStatus()));
      return;
    }
    boolean ours = strayReturned(stop) || finished.haltAsked;
    judge(listener.stopped(stop, ours));
    changed.signalAll();
  }

  private boolean strayReturned(Stop stop) {
    boolean stray = strayCalls > 0 && stop.callReturned();
    strayCalls -= stray ? 1 : 0;
    return stray;
  }

  int strayCalls() {
    return strayCalls;
  }

  void addStrayCalls(int more) {
    strayCalls += more;
  }

  private void judge(Verdict verdict) {
    switch (verdict) {
      case GO_ON -> standing = Standing.RUNNING;
      case STAY -> standing = Standing.STOPPED;
      case LEAVE -> {
        standing = Standing.STOPPED_BY_OTHERS;
        others.inTheirTime();
      }
      case LEAVE_FOR_A_MOMENT -> {
        standing = Standing.STOPPED_BY_OTHERS;
        others.shortly();
      }
    }
  }

  private void failed(DelveException why) {
    if (why.kind() == Kind.CONNECTION || why.kind() == Kind.PROTOCOL) {
      return; // The end of the connection is told once, with its reason.
    }
    if (why.kind() == Kind.EXITED) {
      end(why);
      return;
    }
    // The program is stopped and Delve complains: about a condition, if it is ours.
    // Until that is known, nobody lets it go on.
    standing = Standing.STOPPED;
    Link at = link;
    helper.execute(() -> examine(at, why.words()));
  }

  private void examine(Link at, String words) {
    lock.lock();
    try {
      if (ended == null && at == link && standing == Standing.STOPPED) {
        JsonNode state =
            control.ask("looking why the program stopped", "State", Requests.state(false));
        last = new Stop(state.path("State"));
        if (listener.conditionFailed(last, words)) {
          standing = Standing.RUNNING;
          goOn();
        } else {
          LOG.warn("The program is stopped: {}", words);
        }
        changed.signalAll();
      }
    } catch (DelveException e) {
      LOG.debug("Looking why the program stopped failed", e);
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is stopped, and others are to let it go on. */
  boolean leftToOthers() {
    return ended == null && standing == Standing.STOPPED_BY_OTHERS && run == null;
  }

  /** It is stopped: perhaps by a breakpoint of ours that nobody has seen yet. Else, false. */
  boolean foundStopped(Stop stop) {
    if (!listener.unseen(stop)) {
      return false;
    }
    lastRunOurs = false;
    last = stop;
    judge(listener.stopped(stop, false));
    changed.signalAll();
    goOn();
    return true;
  }

  /** Others let it run. */
  void runsByOthers() {
    standing = Standing.RUNNING;
    observe();
  }

  /** Lets it run. */
  void run() {
    standing = Standing.RUNNING;
    start();
  }

  /**
   * A command that let it run is over. Returns what the stop means.
   *
   * @param call whether the command was a call, whose return is its own
   */
  Verdict stoppedBy(String tried, Stop stop, boolean call) {
    if (stop.exited()) {
      DelveException why = exit(stop.exitStatus());
      end(why);
      throw RunControl.again(tried, why);
    }
    last = stop;
    standing = Standing.STOPPED;
    if (!call) {
      var unused = strayReturned(stop);
    }
    return listener.stopped(stop, true);
  }

  private static DelveException exit(int status) {
    return new DelveException(
        Kind.EXITED, "debugging", "the program has exited with status " + status, "", null);
  }

  /** Ends it for good: nothing is asked of Delve afterwards. */
  void end(DelveException why) {
    if (ended == null) {
      ended = why;
      listener.ended(why);
      changed.signalAll();
    }
  }

  private void lost(Link which, RpcException why) {
    lock.lock();
    try {
      if (which == link) {
        end(Refusals.of("debugging", why));
      }
    } finally {
      lock.unlock();
    }
  }
}
