package dev.pilothouse.loop;

import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.source.IstiodBinary;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a {@linkplain DevLoop#cycle cycle} went.
 *
 * @param outcome how it ended
 * @param binary what was compiled; null when nothing was
 * @param steps every step in order, those that were skipped included
 * @param changes what the cycle changed in the configuration of the proxies that are {@linkplain
 *     DevLoopSpec#withProxy compared}, by proxy id; empty unless the outcome is {@code VERIFIED}
 * @param took the whole time
 * @param failure why it failed; null unless the outcome is {@code FAILED}
 */
public record CycleReport(
    Outcome outcome,
    @Nullable IstiodBinary binary,
    List<Step> steps,
    Map<String, EnvoyDiff> changes,
    Duration took,
    @Nullable RuntimeException failure) {
  /** How a cycle ended. */
  public enum Outcome {
    /** The istiod that runs is what the source compiles to: nothing was to do. */
    UNCHANGED,
    /** The new istiod runs, every proxy has acknowledged it, and what was asserted holds. */
    VERIFIED,
    /** Something failed. The last good istiod runs, unless the failure says otherwise. */
    FAILED,
    /** A newer save came while this cycle was under way: it was given up for the next one. */
    OVERTAKEN
  }

  /** Copies the collections. */
  public CycleReport {
    steps = List.copyOf(steps);
    changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
  }

  /**
   * A step by its name.
   *
   * @param name as {@code compile}
   * @return the step, or empty when the cycle did not get there
   */
  public Optional<Step> step(String name) {
    return steps.stream().filter(step -> step.name().equals(name)).findFirst();
  }

  /**
   * The report as text: a line a step, then what changed in the proxies.
   *
   * @return some lines
   */
  public String table() {
    StringBuilder text = new StringBuilder(toString());
    steps.forEach(step -> text.append(System.lineSeparator()).append(step.line()));
    new TreeMap<>(changes)
        .forEach(
            (proxy, diff) ->
                text.append(System.lineSeparator())
                    .append(proxy)
                    .append(':')
                    .append(System.lineSeparator())
                    .append(diff.isEmpty() ? "  nothing differs" : diff.table().indent(2))
                    .append(""));
    return text.toString().stripTrailing();
  }

  /** One line, as {@code Cycle VERIFIED in 6,412 ms}. */
  @Override
  public String toString() {
    return "Cycle %s in %,d ms".formatted(outcome, took.toMillis());
  }
}
