package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.delve.paths.PathMapping;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Delve's JSON as values. What is missing is empty: Delve leaves out what is. */
final class Reading {
  /** Delve's flag for what a function returns. */
  private static final int RESULT = 1 << 4;

  private final PathMapping paths;

  Reading(PathMapping paths) {
    this.paths = paths;
  }

  SourceLocation location(JsonNode location) {
    return new SourceLocation(
        paths.toLocal(location.path("file").asText("")),
        Math.max(0, location.path("line").asInt()),
        location.path("function").path("name").asText(""),
        location.path("pc").asLong());
  }

  GoValue value(JsonNode variable) {
    String text = variable.path("value").asText("");
    String bytes = variable.path("StringValueBytes").asText("");
    if (!bytes.isEmpty()) {
      text = new String(Base64.getDecoder().decode(bytes), StandardCharsets.UTF_8);
    }
    GoKind kind = GoKind.of(variable.path("kind").asInt());
    List<GoValue> children = list(variable.path("children"), this::value);
    boolean channel = kind == GoKind.CHAN;
    return new GoValue(
        variable.path("name").asText(""),
        variable.path("type").asText(""),
        kind,
        text,
        children,
        channel ? ofChannel(children, "qcount") : variable.path("len").asLong(),
        channel ? ofChannel(children, "dataqsiz") : variable.path("cap").asLong(),
        variable.path("addr").asLong(),
        variable.path("base").asLong(),
        variable.path("unreadable").asText(""),
        variable.path("onlyAddr").asBoolean());
  }

  /** A channel is shown as the struct that Go's runtime has behind it. */
  private static long ofChannel(List<GoValue> fields, String name) {
    return fields.stream()
        .filter(field -> field.name().equals(name) && !field.value().isEmpty())
        .mapToLong(GoValue::number)
        .findFirst()
        .orElse(0);
  }

  List<GoValue> values(JsonNode variables) {
    return list(variables, this::value);
  }

  List<StackFrame> frames(JsonNode frames) {
    return list(
        frames,
        frame ->
            new StackFrame(
                location(frame), values(frame.path("Arguments")), values(frame.path("Locals"))));
  }

  /**
   * The hit of a thread that has reached a breakpoint.
   *
   * @param returning whether the function returns there: else its results hold nothing yet
   */
  Hit hit(JsonNode thread, boolean returning, long count, Instant at) {
    JsonNode info = thread.path("breakPointInfo");
    List<GoValue> arguments = new ArrayList<>();
    List<GoValue> results = new ArrayList<>();
    for (JsonNode argument : info.path("arguments")) {
      boolean result = (argument.path("flags").asInt() & RESULT) != 0;
      (returning && result ? results : arguments).add(value(argument));
    }
    return new Hit(
        location(thread),
        thread.path("goroutineID").asLong(),
        count,
        arguments,
        results,
        values(info.path("locals")),
        frames(info.path("stacktrace")),
        at);
  }

  Goroutine goroutine(JsonNode goroutine) {
    Map<String, String> labels = new HashMap<>();
    goroutine
        .path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText("")));
    return new Goroutine(
        goroutine.path("id").asLong(),
        location(goroutine.path("userCurrentLoc")),
        location(goroutine.path("currentLoc")),
        location(goroutine.path("goStatementLoc")),
        goroutine.path("threadID").asInt() != 0,
        labels);
  }

  Instruction instruction(JsonNode instruction) {
    byte[] bytes = Base64.getDecoder().decode(instruction.path("Bytes").asText(""));
    StringBuilder hex = new StringBuilder();
    for (byte b : bytes) {
      hex.append("%02x".formatted(b));
    }
    return new Instruction(
        location(instruction.path("Loc")),
        instruction.path("Text").asText(""),
        hex.toString(),
        instruction.path("Breakpoint").asBoolean(),
        instruction.path("AtPC").asBoolean());
  }

  BreakpointInfo breakpoint(JsonNode breakpoint, BreakpointInfo.Owner owner) {
    SourceLocation place =
        new SourceLocation(
            paths.toLocal(breakpoint.path("file").asText("")),
            Math.max(0, breakpoint.path("line").asInt()),
            breakpoint.path("functionName").asText(""),
            breakpoint.path("addr").asLong());
    return new BreakpointInfo(
        breakpoint.path("id").asInt(),
        breakpoint.path("name").asText(""),
        owner,
        List.of(place),
        breakpoint.path("Cond").asText(""),
        breakpoint.path("continue").asBoolean(),
        breakpoint.path("totalHitCount").asLong());
  }

  DebugState state(Stop stop, boolean byOthers) {
    JsonNode thread = stop.state().path("currentThread");
    JsonNode goroutine = stop.state().path("currentGoroutine");
    JsonNode place = thread.isObject() ? thread : goroutine.path("currentLoc");
    return new DebugState(
        byOthers ? DebugState.Status.STOPPED_BY_OTHERS : DebugState.Status.STOPPED,
        stop.state().path("Pid").asLong(),
        stop.reason(),
        goroutine.path("id").asLong(),
        place.isObject() ? Optional.of(location(place)) : Optional.empty(),
        0);
  }

  static <T> List<T> list(JsonNode array, Function<JsonNode, T> reader) {
    List<T> list = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      list.add(reader.apply(element));
    }
    return list;
  }

  static List<String> texts(JsonNode array) {
    return list(array, node -> node.asText(""));
  }
}
