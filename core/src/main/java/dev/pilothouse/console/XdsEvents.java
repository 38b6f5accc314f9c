package dev.pilothouse.console;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recognises istiod's messages about xDS. */
final class XdsEvents {
  private static final Pattern PUSH =
      Pattern.compile(
          "(\\w+): PUSH( INC)?( request)? for node:(\\S+) resources:(\\d+)(?: removed:(\\d+))?"
              + " size:(\\S+).*");

  private static final Pattern REJECTION =
      Pattern.compile("(?s)ADS:(\\w+): ACK ERROR (\\S+) (\\w+):(.*)");

  private static final Pattern DEBOUNCED =
      Pattern.compile(
          "(?s)Push debounce stable\\[(\\d+)\\] (\\d+) for ((?:config|reason) .*?):"
              + " \\S+ since last change.*");

  private XdsEvents() {}

  static Optional<XdsEvent> read(LogLine line) {
    Matcher push = PUSH.matcher(line.message());
    if (push.matches()) {
      return Optional.of(
          new XdsEvent.Push(
              push.group(1),
              kind(push),
              push.group(4),
              Integer.parseInt(push.group(5)),
              push.group(6) == null
                  ? OptionalInt.empty()
                  : OptionalInt.of(Integer.parseInt(push.group(6))),
              push.group(7),
              line));
    }
    Matcher rejection = REJECTION.matcher(line.message());
    if (rejection.matches()) {
      return Optional.of(
          new XdsEvent.Rejection(
              rejection.group(1),
              rejection.group(2),
              rejection.group(3),
              rejection.group(4).strip(),
              line));
    }
    Matcher debounced = DEBOUNCED.matcher(line.message());
    if (debounced.matches()) {
      return Optional.of(
          new XdsEvent.Debounced(
              Integer.parseInt(debounced.group(1)),
              Integer.parseInt(debounced.group(2)),
              debounced.group(3),
              line));
    }
    return Optional.empty();
  }

  private static XdsEvent.Push.Kind kind(Matcher push) {
    if (push.group(3) != null) {
      return XdsEvent.Push.Kind.REQUEST;
    }
    return push.group(2) == null ? XdsEvent.Push.Kind.PUSH : XdsEvent.Push.Kind.INCREMENTAL;
  }
}
