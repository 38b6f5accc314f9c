package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What Delve's calls take. */
final class Requests {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Requests() {}

  static ObjectNode none() {
    return JSON.objectNode();
  }

  static ObjectNode with(String key, String value) {
    return none().put(key, value);
  }

  static ObjectNode with(String key, JsonNode value) {
    return none().set(key, value);
  }

  static ObjectNode command(String name) {
    return with("name", name);
  }

  static ObjectNode state(boolean nonBlocking) {
    return none().put("NonBlocking", nonBlocking);
  }

  static ObjectNode scope(long goroutine, int frame) {
    return none().put("GoroutineID", goroutine).put("Frame", frame);
  }

  static ObjectNode limits(LoadLimits limits) {
    return none()
        .put("FollowPointers", limits.followPointers())
        .put("MaxVariableRecurse", limits.depth())
        .put("MaxStringLen", limits.stringLength())
        .put("MaxArrayValues", limits.elements())
        .put("MaxStructFields", limits.fields());
  }

  /** The call that sets a breakpoint; {@code place} has {@code functionName} or {@code addrs}. */
  static ObjectNode breakpoint(
      String name, ObjectNode place, BreakpointSpec spec, LoadLimits usual, boolean tracepoint) {
    ObjectNode breakpoint = place.deepCopy();
    breakpoint.put("name", name).put("continue", tracepoint).put("goroutine", false);
    breakpoint.put("Cond", spec.wholeCondition()).put("HitCond", spec.hitCondition());
    breakpoint.put("stacktrace", spec.stack());
    breakpoint.set("LoadArgs", limits(spec.arguments().orElse(usual)));
    spec.locals().ifPresent(limits -> breakpoint.set("LoadLocals", limits(limits)));
    return with("Breakpoint", breakpoint);
  }

  static ObjectNode goroutines(GoroutineQuery query) {
    ObjectNode request = none().put("Start", query.start()).put("Count", query.count());
    var filters = request.putArray("Filters");
    for (GoroutineQuery.Filter filter : query.filters()) {
      filters
          .addObject()
          .put("Kind", filter.field().number())
          .put("Negated", filter.negated())
          .put("Arg", filter.text());
    }
    return request;
  }
}
