package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.DelveException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;

/** A frame of a live session. */
final class LiveScope implements Scope {
  /** Delve's words when a string is new to the program. */
  private static final String NOT_ALLOCATED = "string can not be allocated";

  private static final Duration TO_SET = Duration.ofSeconds(10);

  private final LiveSession session;
  private final long goroutine;
  private final int frame;

  LiveScope(LiveSession session, long goroutine, int frame) {
    this.session = session;
    this.goroutine = goroutine;
    this.frame = frame;
  }

  @Override
  public List<GoValue> arguments(LoadLimits limits) {
    return variables("the arguments of " + this, "ListFunctionArgs", "Args", limits);
  }

  @Override
  public List<GoValue> locals(LoadLimits limits) {
    return variables("the locals of " + this, "ListLocalVars", "Variables", limits);
  }

  @Override
  public GoValue eval(String expression, LoadLimits limits) {
    String tried = "evaluating " + expression + " in " + this;
    ObjectNode request = scoped().put("Expr", expression);
    request.set("Cfg", Requests.limits(limits));
    try {
      return session.reading().value(session.ask(tried, "Eval", request).path("Variable"));
    } catch (DelveException e) {
      throw asExpression(tried, e);
    }
  }

  @Override
  public GoValue more(GoValue value, LoadLimits limits) {
    if (value.address() == 0) {
      throw new NoSuchElementException(value + " has no address to read it from");
    }
    GoValue read = eval("*(*\"%s\")(0x%x)".formatted(value.type(), value.address()), limits);
    return new GoValue(
        value.name(),
        read.type(),
        read.kind(),
        read.value(),
        read.children(),
        read.length(),
        read.capacity(),
        read.address(),
        read.base(),
        read.unreadable(),
        read.addressOnly());
  }

  @Override
  public void set(String variable, String value) {
    String tried = "setting " + variable + " to " + value + " in " + this;
    ObjectNode request = scoped().put("Symbol", variable).put("Value", value);
    try {
      session.ask(tried, "Set", request);
    } catch (DelveException e) {
      if (!e.words().contains(NOT_ALLOCATED)) {
        throw asExpression(tried, e);
      }
      if (frame != 0) {
        throw new DelveException(
            Kind.EXPRESSION,
            tried,
            "the goroutine has to allocate the string, which it can in its innermost frame only",
            "name a string that the program has, or go there with stepOut",
            e);
      }
      call(variable + " = " + value, TO_SET);
    }
  }

  @Override
  public List<GoValue> call(String expression, Duration deadline) {
    String tried = "calling " + expression + " in " + this;
    if (frame != 0) {
      throw new IllegalArgumentException("calls are made in the innermost frame, not in " + this);
    }
    ObjectNode command = Requests.command("call").put("expr", expression);
    if (goroutine > 0) {
      command.put("goroutineID", goroutine);
    }
    command.set("ReturnInfoLoadConfig", Requests.limits(LoadLimits.usual()));
    Stop stop;
    try {
      stop = session.steps().run(tried, command, deadline);
    } catch (DelveException e) {
      throw asExpression(tried, e);
    }
    for (JsonNode thread : stop.state().path("Threads")) {
      if (thread.path("CallReturn").asBoolean()) {
        return results(tried, session.reading().values(thread.path("ReturnValues")));
      }
    }
    throw new DelveException(
        Kind.REFUSED,
        tried,
        "the program stopped before the call returned (" + stop.reason() + ")",
        "a breakpoint was reached in it, or by another goroutine",
        null);
  }

  @Override
  public Breakpoint watch(String variable, WatchOn on) {
    ObjectNode request = scoped().put("Expr", variable).put("Type", on.number());
    return session.watch("watching " + variable + " in " + this, request);
  }

  private List<GoValue> variables(String what, String method, String key, LoadLimits limits) {
    ObjectNode request = scoped();
    request.set("Cfg", Requests.limits(limits));
    return session.reading().values(session.ask("reading " + what, method, request).path(key));
  }

  private static List<GoValue> results(String tried, List<GoValue> results) {
    for (GoValue result : results) {
      if (result.name().equals("~panic")) {
        throw new DelveException(
            Kind.EXPRESSION, tried, "it panicked: " + result.target(), "", null);
      }
    }
    return results;
  }

  private ObjectNode scoped() {
    return Requests.with("Scope", Requests.scope(goroutine, frame));
  }

  /** Delve has hundreds of words for an expression that means nothing here. */
  private static DelveException asExpression(String tried, DelveException e) {
    if (e.kind() != Kind.REFUSED && e.kind() != Kind.NOT_FOUND) {
      return e;
    }
    Throwable cause = e.getCause();
    String words =
        cause == null ? String.valueOf(e.getMessage()) : String.valueOf(cause.getMessage());
    return new DelveException(
        Kind.EXPRESSION, tried, words, "see Delve's Documentation/cli/expr.md", e);
  }

  @Override
  public String toString() {
    return (goroutine < 0 ? "the chosen goroutine" : "goroutine " + goroutine) + ", frame " + frame;
  }
}
