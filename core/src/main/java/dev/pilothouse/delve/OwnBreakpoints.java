package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our breakpoints and tracepoints, and what a stop means for them. Guarded by the lock of {@link
 * RunControl}.
 */
final class OwnBreakpoints implements StopListener {
  private static final Logger LOG = LoggerFactory.getLogger(OwnBreakpoints.class);

  private final Map<Integer, OwnBreakpoint> byId = new LinkedHashMap<>();

  /** Those without a place in the program that runs now. */
  private final List<OwnBreakpoint> nowhere = new ArrayList<>();

  private final Executor helper;
  private final Consumer<DelveException> atEnd;
  private volatile Reading reading;
  private @Nullable RunControl control;

  OwnBreakpoints(Executor helper, Reading reading, Consumer<DelveException> atEnd) {
    this.helper = helper;
    this.reading = reading;
    this.atEnd = atEnd;
  }

  void controlledBy(RunControl runControl) {
    control = runControl;
  }

  void readWith(Reading other) {
    reading = other;
  }

  void add(OwnBreakpoint breakpoint) {
    nowhere.remove(breakpoint);
    byId.put(breakpoint.id, breakpoint);
  }

  void remove(OwnBreakpoint breakpoint) {
    byId.remove(breakpoint.id);
    nowhere.remove(breakpoint);
  }

  /** Their numbers mean nothing in another program. Returns all that are open. */
  List<OwnBreakpoint> displace() {
    nowhere.addAll(byId.values());
    byId.clear();
    nowhere.forEach(OwnBreakpoint::displace);
    return List.copyOf(nowhere);
  }

  void clear() {
    byId.clear();
    nowhere.clear();
  }

  boolean owns(int id) {
    return byId.containsKey(id);
  }

  @Override
  public Verdict stopped(Stop stop, boolean haltAsked) {
    Instant now = Instant.now();
    boolean hits = false;
    boolean stay = stop.fatal();
    boolean othersStop = false;
    boolean othersTrace = false;
    List<JsonNode> threads = stop.atBreakpoints();
    Map<Integer, Integer> toCome = new LinkedHashMap<>();
    threads.forEach(thread -> toCome.merge(id(thread), 1, Integer::sum));
    for (JsonNode thread : threads) {
      OwnBreakpoint own = byId.get(id(thread));
      if (own != null) {
        hits = true;
        stay |= !own.tracing;
        int left = toCome.merge(own.id, -1, Integer::sum);
        long total = total(thread);
        own.counted(total);
        deliver(own, thread, total - left, now);
      } else if (thread.path("breakPoint").path("continue").asBoolean()) {
        othersTrace = true;
      } else {
        othersStop = true;
      }
    }
    if (stay) {
      return Verdict.STAY;
    }
    if (othersStop || (stop.manual() && !haltAsked)) {
      return Verdict.LEAVE;
    }
    if (othersTrace) {
      return Verdict.LEAVE_FOR_A_MOMENT;
    }
    return hits || haltAsked ? Verdict.GO_ON : Verdict.LEAVE;
  }

  @Override
  public boolean unseen(Stop stop) {
    return stop.atBreakpoints().stream()
        .anyMatch(
            thread -> {
              OwnBreakpoint own = byId.get(id(thread));
              return own != null && own.unseen(total(thread));
            });
  }

  private static long total(JsonNode thread) {
    return thread.path("breakPoint").path("totalHitCount").asLong();
  }

  @Override
  public boolean conditionFailed(Stop stop, String words) {
    boolean ours = false;
    for (JsonNode thread : stop.atBreakpoints()) {
      OwnBreakpoint own = byId.get(id(thread));
      if (own != null && own.spec.map(spec -> !spec.condition().isEmpty()).orElse(false)) {
        ours = true;
        own.conditionIsWrong(words);
        byId.remove(own.id);
        if (control != null) {
          control.ask(
              "taking out " + own.what(),
              "ClearBreakpoint",
              Requests.none().put("Id", own.id).put("Name", ""));
        }
      }
    }
    return ours;
  }

  @Override
  public void ended(DelveException why) {
    LOG.debug("The session cannot go on: {}", why.getMessage());
    atEnd.accept(why);
  }

  /** Makes the hit on another thread: the program does not wait for it. */
  private void deliver(OwnBreakpoint own, JsonNode thread, long nth, Instant at) {
    Reading by = reading;
    try {
      helper.execute(() -> add(own, own.read(by, thread, nth, at)));
    } catch (RejectedExecutionException e) {
      LOG.debug("A hit came while the session was being closed", e);
    }
  }

  private void add(OwnBreakpoint own, Hit hit) {
    RunControl by = control;
    if (by == null) {
      return;
    }
    ReentrantLock lock = by.lock();
    Condition changed = by.changed();
    lock.lock();
    try {
      own.add(hit);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static int id(JsonNode thread) {
    return thread.path("breakPoint").path("id").asInt();
  }
}
