package dev.pilothouse.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Log levels that were changed by ControlZ. */
final class ScopeLevels implements LogScopeChange {
  private static final List<String> LEVELS = List.of("debug", "info", "warn", "error", "none");
  private static final String ALL = "all";
  private static final String PATH = "/scopej/";

  /** One scope of one replica as it was. */
  private record Was(Replica replica, LogScope scope) {}

  private final Supplier<List<String>> running;
  private final Deque<Was> changed = new ArrayDeque<>();
  private final List<LogScope> before = new ArrayList<>();

  private ScopeLevels(Supplier<List<String>> running) {
    this.running = running;
  }

  static List<LogScope> read(Replica replica) {
    List<LogScope> scopes = new ArrayList<>();
    for (JsonNode scope : replica.controlZ(PATH)) {
      scopes.add(scope(replica, scope));
    }
    return scopes;
  }

  private static LogScope scope(Replica replica, JsonNode scope) {
    return new LogScope(
        replica.name(),
        scope.path("name").asText(),
        scope.path("description").asText(),
        scope.path("output_level").asText(),
        scope.path("stack_trace_level").asText(),
        scope.path("log_callers").asBoolean());
  }

  static LogScopeChange change(
      List<Replica> replicas, Supplier<List<String>> running, Map<String, String> levels) {
    requireLevels(levels);
    ScopeLevels change = new ScopeLevels(running);
    Map<Replica, List<LogScope>> chosen = new LinkedHashMap<>();
    for (Replica replica : replicas) {
      chosen.put(replica, chosen(replica, levels));
    }
    try {
      chosen.forEach(
          (replica, scopes) ->
              scopes.forEach(scope -> change.set(replica, scope, level(scope, levels))));
      return change;
    } catch (PilothouseException e) {
      try {
        change.close();
      } catch (PilothouseException further) {
        e.addSuppressed(further);
      }
      throw e;
    }
  }

  private static void requireLevels(Map<String, String> levels) {
    levels.forEach(
        (scope, level) -> {
          if (!LEVELS.contains(level)) {
            throw new IllegalArgumentException(
                "\"%s\" is no level for log scope %s%s; there are %s"
                    .formatted(level, scope, Nearest.suggestion(level, LEVELS), LEVELS));
          }
        });
  }

  private static List<LogScope> chosen(Replica replica, Map<String, String> levels) {
    List<LogScope> all = read(replica);
    TreeSet<String> names = new TreeSet<>();
    all.forEach(scope -> names.add(scope.name()));
    for (String scope : levels.keySet()) {
      if (!scope.equals(ALL) && !names.contains(scope)) {
        throw new PilothouseException(
            "setting log levels of istiod " + replica.name(),
            "there is no log scope \"" + scope + '"' + Nearest.suggestion(scope, names),
            "the scopes are " + names,
            null,
            null);
      }
    }
    return all.stream()
        .filter(scope -> levels.containsKey(scope.name()) || levels.containsKey(ALL))
        .toList();
  }

  private static String level(LogScope scope, Map<String, String> levels) {
    String own = levels.get(scope.name());
    String all = levels.get(ALL);
    return own != null ? own : all != null ? all : scope.level();
  }

  private void set(Replica replica, LogScope scope, String level) {
    before.add(scope);
    changed.push(new Was(replica, scope));
    put(replica, scope, level);
  }

  /** All fields are sent: what is left out is set to nothing. */
  private static void put(Replica replica, LogScope scope, String level) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("name", scope.name());
    body.put("description", scope.description());
    body.put("output_level", level);
    body.put("stack_trace_level", scope.stackTraceLevel());
    body.put("log_callers", scope.logCallers());
    String path = PATH + scope.name();
    replica.putControlZ(path, body);
    String now = replica.controlZ(path).path("output_level").asText();
    if (!now.equals(level)) {
      throw replica.failure(path, "its level is " + now + " after it was set to " + level, null);
    }
  }

  @Override
  public List<LogScope> before() {
    return List.copyOf(before);
  }

  @Override
  public synchronized void close() {
    PilothouseException failure = null;
    // What was set before an interrupt is set back all the same.
    boolean interrupted = Thread.interrupted();
    try {
      while (!changed.isEmpty()) {
        Was was = changed.pop();
        try {
          put(was.replica(), was.scope(), was.scope().level());
        } catch (PilothouseException e) {
          if (gone(was.replica())) {
            continue;
          }
          if (failure == null) {
            failure = e;
          } else {
            failure.addSuppressed(e);
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private boolean gone(Replica replica) {
    try {
      return !running.get().contains(replica.name());
    } catch (PilothouseException e) {
      return true; // its istiod was closed
    }
  }
}
