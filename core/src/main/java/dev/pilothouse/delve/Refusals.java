package dev.pilothouse.delve;

import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.rpc.RpcException;
import java.util.List;
import java.util.Locale;

/** Delve's errors are texts: here they get a kind and a piece of advice. */
final class Refusals {
  private record Known(String part, Kind kind, String toDo) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known("has exited with status", Kind.EXITED, ""),
          new Known("no such process", Kind.EXITED, ""),
          new Known("has been detached", Kind.EXITED, "attach again"),
          new Known("breakpoint exists at", Kind.TAKEN, ""),
          new Known("could not find function", Kind.NOT_FOUND, ""),
          new Known("could not find file", Kind.NOT_FOUND, ""),
          new Known("could not find statement at", Kind.NOT_FOUND, "name a line that holds code"),
          new Known("could not find line", Kind.NOT_FOUND, "name a line that holds code"),
          new Known("location ", Kind.NOT_FOUND, "write more of the name"),
          new Known("could not find symbol", Kind.EXPRESSION, "look at what the frame has"),
          new Known("error evaluating", Kind.EXPRESSION, ""),
          new Known("error parsing", Kind.EXPRESSION, "see Delve's Documentation/cli/expr.md"),
          new Known("expected operand", Kind.EXPRESSION, "see Delve's Documentation/cli/expr.md"),
          new Known("condition expression", Kind.EXPRESSION, ""),
          new Known("hit condition", Kind.EXPRESSION, "write it as \"> 3\" or \"% 10\""),
          new Known("unable to find function context", Kind.EXPRESSION, "stop in Go code first"));

  private Refusals() {}

  static DelveException of(String tried, RpcException e) {
    String text = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case LOST ->
          new DelveException(
              Kind.CONNECTION, tried, text, "if the program lives: DelveSession.reconnect", e);
      case GARBLED ->
          new DelveException(Kind.PROTOCOL, tried, text, "is it Delve that listens there?", e);
      case TOO_LARGE ->
          new DelveException(
              Kind.PROTOCOL, tried, text, "ask for less, or see DelveOptions.longestMessage", e);
      case REFUSED -> refused(tried, text, e);
    };
  }

  private static DelveException refused(String tried, String text, RpcException e) {
    String small = text.toLowerCase(Locale.ROOT);
    for (Known known : KNOWN) {
      if (small.contains(known.part)) {
        return new DelveException(known.kind, tried, text, known.toDo, e);
      }
    }
    return new DelveException(Kind.REFUSED, tried, text, "", e);
  }
}
