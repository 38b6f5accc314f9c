package dev.pilothouse.envoy.trace;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Writes a trace for people. */
final class TraceText {
  private static final int MOST_MISSES = 20;

  private TraceText() {}

  static String of(Trace trace, List<String> notes) {
    StringBuilder text = new StringBuilder();
    trace.request().ifPresent(request -> text.append(request).append('\n'));
    trace.connection().ifPresent(connection -> text.append(connection).append('\n'));
    trace.decisions().forEach(decision -> line(text, "", decision.toString()));
    if (trace.choices().size() > 1) {
      line(text, "⇒ ", trace.decided() ? "one of these, at random" : trace.outcome().toString());
      trace.choices().forEach(choice -> line(text, "  ", choice.toString()));
    } else {
      line(text, "⇒ ", trace.outcome().toString());
    }
    for (Choice choice : trace.choices()) {
      if (choice.outcome() instanceof Outcome.Forward forward) {
        forwarding(text, forward);
      }
    }
    notes.forEach(note -> line(text, "note: ", note));
    List<NearMiss> misses = trace.nearMisses();
    if (!misses.isEmpty()) {
      text.append("not taken:\n");
      misses.stream().limit(MOST_MISSES).forEach(miss -> line(text, "  ", miss.toString()));
      if (misses.size() > MOST_MISSES) {
        line(text, "  ", "and " + (misses.size() - MOST_MISSES) + " more");
      }
    }
    return text.toString();
  }

  private static void forwarding(StringBuilder text, Outcome.Forward forward) {
    for (Destination destination : forward.destinations()) {
      line(text, "  to ", destination.toString());
      destination.headers().forEach(change -> line(text, "    ", change.toString()));
      if (destination.host() != null) {
        line(text, "    as the host ", destination.host());
      }
      destination.owner().ifPresent(owner -> line(text, "    shaped by ", owner.toString()));
    }
    Forwarding how = forward.how();
    line(text, "  as ", (how.host() == null ? "(the endpoint's name)" : how.host()) + how.path());
    line(text, "  timeout ", how.timeout().isZero() ? "none" : seconds(how.timeout()));
    if (how.retries().isEmpty() && !how.attemptTimeout().isZero()) {
      line(text, "  the one attempt within ", seconds(how.attemptTimeout()));
    }
    if (!how.retries().isEmpty()) {
      line(text, "  retries ", how.retries());
    }
    how.mirrors().forEach(mirror -> line(text, "  copy to ", mirror));
    how.headers().forEach(change -> line(text, "  ", change.toString()));
    if (how.internalRedirects()) {
      line(text, "  ", "redirects of the server are followed by Envoy");
    }
  }

  private static String seconds(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private static void line(StringBuilder text, String lead, String line) {
    text.append("  ").append(lead).append(line).append('\n');
  }
}
