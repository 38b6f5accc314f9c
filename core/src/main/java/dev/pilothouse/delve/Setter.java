package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.DelveException.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets breakpoints and takes them out. */
final class Setter {
  private static final Logger LOG = LoggerFactory.getLogger(Setter.class);

  /** What one breakpoint meets, and the others need not. */
  private static final Set<Kind> OF_ONE_PLACE =
      EnumSet.of(Kind.NOT_FOUND, Kind.TAKEN, Kind.EXPRESSION, Kind.REFUSED);

  private final Connection connection;
  private final RunControl control;
  private final OwnBreakpoints own;
  private final Places places;

  Setter(Connection connection) {
    this.connection = connection;
    this.control = connection.control();
    this.own = connection.own();
    this.places = connection.places();
  }

  List<JsonNode> locate(String tried, BreakpointSpec.Place place) {
    try {
      return control.whileStopped(tried, () -> places.find(tried, place));
    } catch (DelveException e) {
      throw places.explained(tried, place, e);
    }
  }

  void set(OwnBreakpoint breakpoint, BreakpointSpec spec) {
    String tried = setting(breakpoint, spec);
    try {
      control.whileStopped(
          tried,
          () -> {
            place(tried, breakpoint, spec);
            return breakpoint;
          });
    } catch (DelveException e) {
      throw places.explained(tried, spec.place(), e);
    }
  }

  private static String setting(OwnBreakpoint breakpoint, BreakpointSpec spec) {
    return (breakpoint.tracing ? "tracing " : "setting a breakpoint at ") + spec.place();
  }

  /** All that are open, which belong to a program that is gone. */
  List<OwnBreakpoint> displace() {
    ReentrantLock lock = control.lock();
    lock.lock();
    try {
      return own.displace();
    } finally {
      lock.unlock();
    }
  }

  /**
   * In another program. Within {@link RunControl#whileStopped}.
   *
   * @return why some have no place there; the code may come back
   */
  List<DelveException> placeAgain(List<OwnBreakpoint> before) {
    List<DelveException> displaced = new ArrayList<>();
    for (OwnBreakpoint breakpoint : before) {
      if (breakpoint.closed) {
        continue;
      }
      if (breakpoint.spec.isEmpty()) {
        String words = "it belonged to the memory of the program before";
        breakpoint.displaced(
            new DelveException(Kind.NOT_FOUND, "watching", words, "set another one", null));
        continue;
      }
      DelveException why = placeAgain(breakpoint, breakpoint.spec.get());
      if (why != null) {
        breakpoint.displaced(why);
        displaced.add(why);
      }
    }
    control.changed().signalAll();
    return displaced;
  }

  private @Nullable DelveException placeAgain(OwnBreakpoint breakpoint, BreakpointSpec spec) {
    String tried = setting(breakpoint, spec);
    try {
      place(tried, breakpoint, spec);
      return null;
    } catch (DelveException e) {
      if (!OF_ONE_PLACE.contains(e.kind())) {
        throw e;
      }
      return places.explained(tried, spec.place(), e);
    }
  }

  static void requireNone(String tried, List<DelveException> displaced) {
    if (!displaced.isEmpty()) {
      DelveException first = displaced.get(0);
      String words =
          displaced.stream().map(DelveException::words).distinct().collect(Collectors.joining("; "))
              + ". It is connected, and what else was set is set again";
      throw new DelveException(first.kind(), tried, words, first.toDo(), first);
    }
  }

  /** Within {@link RunControl#whileStopped}. */
  void place(String tried, OwnBreakpoint breakpoint, BreakpointSpec spec) {
    List<JsonNode> found = free(tried, places.find(tried, spec.place()), spec);
    String name = connection.nextName();
    ObjectNode request =
        Requests.breakpoint(
            name,
            Places.request(found),
            spec,
            connection.options().hitLimits(),
            breakpoint.tracing);
    JsonNode made;
    try {
      made = control.ask(tried, "CreateBreakpoint", request).path("Breakpoint");
    } catch (DelveException e) {
      clearQuietly(name); // Delve keeps the name of one whose condition it has refused.
      throw condition(tried, spec, e);
    }
    breakpoint.placed(
        made.path("id").asInt(),
        name,
        Reading.list(connection.json(found), connection.reading()::location));
    own.add(breakpoint);
  }

  void watch(String tried, OwnBreakpoint breakpoint, ObjectNode request) {
    control.whileStopped(
        tried,
        () -> {
          JsonNode made;
          try {
            made = control.ask(tried, "CreateWatchpoint", request);
          } catch (DelveException e) {
            throw e.kind() != Kind.REFUSED
                ? e
                : new DelveException(Kind.EXPRESSION, tried, String.valueOf(e.getMessage()), "", e);
          }
          String name = connection.nextName();
          ObjectNode renamed = made.deepCopy();
          renamed.put("name", name);
          control.ask(tried, "AmendBreakpoint", Requests.with("Breakpoint", renamed));
          breakpoint.placed(made.path("id").asInt(), name, List.of());
          own.add(breakpoint);
          return breakpoint;
        });
  }

  void takeOut(OwnBreakpoint breakpoint) {
    ReentrantLock lock = control.lock();
    lock.lock();
    try {
      if (breakpoint.closed) {
        return;
      }
      breakpoint.closed = true;
      control.changed().signalAll();
      if (control.ended() != null || !own.owns(breakpoint.id)) {
        own.remove(breakpoint);
        return;
      }
    } finally {
      lock.unlock();
    }
    String tried = "taking out " + breakpoint.what();
    boolean interrupted = Thread.interrupted(); // What is closed is closed.
    boolean ran = control.standing() == Runs.Standing.RUNNING;
    try {
      control.whileStopped(
          tried,
          () -> {
            own.remove(breakpoint);
            return control.ask(
                tried, "ClearBreakpoint", Requests.none().put("Id", breakpoint.id).put("Name", ""));
          });
      Stop last = control.runs().last();
      if (ran && last != null && last.reachedOnly(breakpoint.id)) {
        control.resume(tried); // It was reached while it was being taken out: nobody awaits that.
      }
    } catch (DelveException e) {
      if (e.kind() != Kind.EXITED && e.kind() != Kind.CONNECTION && e.kind() != Kind.CLOSED) {
        throw e;
      }
      LOG.debug("{}: the program is gone", tried);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  List<BreakpointInfo> all() {
    return control
        .whileStopped("listing the breakpoints", () -> Leftovers.list(control))
        .valueStream()
        .filter(breakpoint -> breakpoint.path("id").asInt() > 0)
        .filter(breakpoint -> !Leftovers.marker(breakpoint))
        .map(breakpoint -> connection.reading().breakpoint(breakpoint, owner(breakpoint)))
        .sorted(Comparator.comparingInt(BreakpointInfo::id))
        .toList();
  }

  private BreakpointInfo.Owner owner(JsonNode breakpoint) {
    if (own.owns(breakpoint.path("id").asInt())) {
      return BreakpointInfo.Owner.OURS;
    }
    return Owner.of(breakpoint.path("name").asText(""))
        .map(
            other ->
                other.gone() ? BreakpointInfo.Owner.LEFT_BEHIND : BreakpointInfo.Owner.PILOTHOUSE)
        .orElse(BreakpointInfo.Owner.OTHER);
  }

  /**
   * The locations at which nobody has a breakpoint. Delve has one breakpoint an address, and makes
   * a mess of one that has some of its addresses.
   */
  private List<JsonNode> free(String tried, List<JsonNode> found, BreakpointSpec spec) {
    Map<Long, JsonNode> taken = new HashMap<>();
    for (JsonNode breakpoint : Leftovers.list(control)) {
      breakpoint.path("addrs").forEach(address -> taken.put(address.asLong(), breakpoint));
    }
    List<JsonNode> free = new ArrayList<>();
    for (JsonNode location : found) {
      JsonNode other = taken.get(location.path("pc").asLong());
      if (other == null) {
        free.add(location);
      } else if (!spec.many()) {
        throw taken(tried, connection.reading().location(location), other);
      } else {
        LOG.info("{}: left out, because of breakpoint {}: {}", tried, other.path("id"), location);
      }
    }
    if (free.isEmpty()) {
      throw new DelveException(
          Kind.TAKEN, tried, "other breakpoints lie at all " + found.size() + " of them", "", null);
    }
    return free;
  }

  private DelveException taken(String tried, SourceLocation place, JsonNode other) {
    String whose =
        switch (owner(other)) {
          case OURS -> "this session";
          case PILOTHOUSE, LEFT_BEHIND -> "another session of Pilothouse";
          case OTHER -> "an IDE, or another client,";
        };
    return new DelveException(
        Kind.TAKEN,
        tried,
        "%s has a breakpoint there already, number %d at %s"
            .formatted(whose, other.path("id").asInt(), place),
        "take that one out, or name another line: Delve has one breakpoint a place",
        null);
  }

  private static DelveException condition(String tried, BreakpointSpec spec, DelveException e) {
    boolean conditions = !spec.condition().isEmpty() || !spec.hitCondition().isEmpty();
    Throwable cause = e.getCause();
    if ((e.kind() != Kind.REFUSED && e.kind() != Kind.EXPRESSION) || !conditions || cause == null) {
      return e;
    }
    return new DelveException(
        Kind.EXPRESSION,
        tried,
        cause.getMessage()
            + " (condition: "
            + spec.condition()
            + (spec.hitCondition().isEmpty() ? "" : ", hits: " + spec.hitCondition())
            + ")",
        "see Delve's Documentation/cli/expr.md",
        e);
  }

  private void clearQuietly(String name) {
    try {
      control.ask("taking it back", "ClearBreakpoint", Requests.with("Name", name));
    } catch (DelveException e) {
      LOG.debug("There is no breakpoint {} to take back", name);
    }
  }
}
