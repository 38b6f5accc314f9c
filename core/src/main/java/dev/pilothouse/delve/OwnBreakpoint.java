package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.delve.DelveException.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One of ours, with what was seen there. Guarded by the lock of {@link RunControl}. */
final class OwnBreakpoint {
  private static final int NOWHERE = -1;

  final Optional<BreakpointSpec> spec;
  final boolean tracing;

  /** Delve's number; another one after the program was restarted. */
  int id;

  String name = "";
  List<SourceLocation> locations = List.of();
  boolean closed;

  private final List<Hit> hits = new ArrayList<>();
  private int given;
  private long countBefore;
  private long count;
  private @Nullable String wrongCondition;
  private @Nullable DelveException displaced;

  OwnBreakpoint(Optional<BreakpointSpec> spec, boolean tracing) {
    this.spec = spec;
    this.tracing = tracing;
  }

  /** Set, for the first time or again. */
  void placed(int number, String delvesName, List<SourceLocation> places) {
    id = number;
    name = delvesName;
    locations = places;
    countBefore += count;
    count = 0;
    displaced = null;
    if (!tracing) {
      given = hits.size(); // Nothing stands at those of the program before.
    }
  }

  /** It has no number in the program that runs now. */
  void displace() {
    id = NOWHERE;
  }

  /** It has no place there. */
  void displaced(DelveException why) {
    displaced = why;
  }

  /** Delve's count has come this far. */
  void counted(long total) {
    count = Math.max(count, total);
  }

  boolean unseen(long total) {
    return total > count;
  }

  void add(Hit hit) {
    hits.add(hit);
  }

  void conditionIsWrong(String words) {
    wrongCondition = words;
  }

  /** Until it is known better, all hits since it was set. */
  long count() {
    return countBefore + count;
  }

  List<Hit> hits() {
    return List.copyOf(hits);
  }

  /** The next hit that nobody was given. */
  Optional<Hit> take() {
    return given < hits.size() ? Optional.of(hits.get(given++)) : Optional.empty();
  }

  List<Hit> notTaken() {
    return List.copyOf(hits.subList(given, hits.size()));
  }

  void requireSound(String tried) {
    if (wrongCondition != null) {
      throw new DelveException(
          Kind.EXPRESSION,
          tried,
          wrongCondition,
          "it was taken out; see Delve's Documentation/cli/expr.md",
          null);
    }
    if (displaced != null) {
      throw RunControl.again(tried, displaced);
    }
  }

  Hit read(Reading reading, JsonNode thread, long nth, Instant at) {
    boolean returning = spec.filter(BreakpointSpec::atReturns).isPresent();
    return reading.hit(thread, returning, countBefore + nth, at);
  }

  /** What it is, for messages. */
  String what() {
    return spec.map(s -> s.place().toString()).orElse("the watchpoint " + name);
  }
}
