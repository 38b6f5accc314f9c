package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds by their names, and takes out, what sessions have left at Delve whose JVM is gone. Every
 * session has a marker there, a breakpoint that lies nowhere: so it is known even of a session that
 * died with no breakpoint set that it was there, and may have been what stopped the program.
 */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
  private static final int MARKER = 0;

  private Leftovers() {}

  /** Marks that a session is there. */
  static void mark(RunControl control, Owner owner) {
    ObjectNode nowhere =
        Requests.with("name", owner.name(MARKER)).put("functionName", "pilothouse.session");
    ObjectNode request = Requests.with("Breakpoint", nowhere).put("Suspended", true);
    control.ask("marking the session", "CreateBreakpoint", request);
  }

  /** Takes out what belongs to nobody any more. Returns whether there was anything. */
  static boolean sweep(RunControl control) {
    boolean found = false;
    for (JsonNode breakpoint : list(control)) {
      String name = breakpoint.path("name").asText("");
      if (Owner.of(name).filter(Owner::gone).isPresent()) {
        LOG.info("Taking out the breakpoint {}, which a killed session has left", name);
        found |= takeOut(control, breakpoint);
      }
    }
    return found;
  }

  /** Takes out all of one owner. Returns whether there was anything. */
  static boolean takeOutAll(RunControl control, Owner owner) {
    boolean found = false;
    for (JsonNode breakpoint : list(control)) {
      Optional<Owner> of = Owner.of(breakpoint.path("name").asText(""));
      if (of.equals(Optional.of(owner))) {
        found |= takeOut(control, breakpoint);
      }
    }
    return found;
  }

  /** Whether it is only the mark of a session. */
  static boolean marker(JsonNode breakpoint) {
    String name = breakpoint.path("name").asText("");
    return name.endsWith("X" + MARKER) && Owner.of(name).isPresent();
  }

  static JsonNode list(RunControl control) {
    return control
        .ask("listing the breakpoints", "ListBreakpoints", Requests.none().put("All", false))
        .path("Breakpoints");
  }

  private static boolean takeOut(RunControl control, JsonNode breakpoint) {
    control.ask(
        "taking out a breakpoint",
        "ClearBreakpoint",
        Requests.none().put("Id", breakpoint.path("id").asInt()).put("Name", ""));
    return true;
  }
}
