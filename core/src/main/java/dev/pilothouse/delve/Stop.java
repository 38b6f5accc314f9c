package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The state in which Delve says the program is stopped.
 *
 * @param state Delve's DebuggerState
 */
record Stop(JsonNode state) {
  /** Delve's numbers for its own breakpoints, on panics, are below this. */
  private static final int FIRST_BREAKPOINT = 1;

  boolean running() {
    return state.path("Running").asBoolean();
  }

  boolean exited() {
    return state.path("exited").asBoolean();
  }

  int exitStatus() {
    return state.path("exitStatus").asInt();
  }

  String reason() {
    return state.path("stopReason").asText("");
  }

  boolean manual() {
    return reason().equals("manual");
  }

  /** A call that somebody has injected is over. */
  boolean callReturned() {
    return reason().equals("call returned");
  }

  /** The threads that have reached a breakpoint of whoever's. */
  List<JsonNode> atBreakpoints() {
    List<JsonNode> threads = new ArrayList<>();
    for (JsonNode thread : state.path("Threads")) {
      if (thread.path("breakPoint").isObject()) {
        threads.add(thread);
      }
    }
    return threads;
  }

  /** Whether this breakpoint was reached, and no other one. */
  boolean reachedOnly(int id) {
    List<JsonNode> threads = atBreakpoints();
    return !threads.isEmpty()
        && threads.stream().allMatch(t -> t.path("breakPoint").path("id").asInt() == id);
  }

  /** Whether Go's runtime is about to end the program. */
  boolean fatal() {
    return atBreakpoints().stream()
        .anyMatch(thread -> thread.path("breakPoint").path("id").asInt() < FIRST_BREAKPOINT);
  }

  boolean stepUnfinished() {
    return state.path("NextInProgress").asBoolean();
  }
}
