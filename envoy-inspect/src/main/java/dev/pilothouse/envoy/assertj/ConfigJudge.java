package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.diff.Difference;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowingConsumer;
import org.jspecify.annotations.Nullable;

/** Runs the assertions of a wait on one configuration after another, and keeps the history. */
final class ConfigJudge {
  private static final int MOST_ENTRIES = 20;
  private static final int NAMES_TOLD = 5;
  private static final int MOST_COMPARED = 2_000;
  private static final int LINES_TOLD = 3;
  private static final int LONGEST_LINE = 200;

  private final ThrowingConsumer<? super EnvoyConfigAssert> assertions;
  private final long start = System.nanoTime();
  private final List<Entry> history = new ArrayList<>();
  private final Comparison comparison = new Comparison();
  private int left;
  private @Nullable EnvoyConfig last;
  private @Nullable Throwable failure;

  /** What changed when, and what the assertions said. */
  private record Entry(long millis, String change, String said) {}

  /** What the last failure compared, for the wait's own failure to show. */
  static final class Comparison {
    private @Nullable String actual;
    private @Nullable String expected;

    void note(@Nullable String actualYaml, @Nullable String expectedYaml) {
      actual = actualYaml;
      expected = expectedYaml;
    }
  }

  ConfigJudge(ThrowingConsumer<? super EnvoyConfigAssert> assertions) {
    this.assertions = assertions;
  }

  boolean isContentWith(EnvoyConfig config) {
    long millis = millis();
    EnvoyConfig before = last;
    last = config;
    failure = judge(config);
    if (failure == null) {
      return true;
    }
    String change = before == null ? "first seen: " + config : changes(before, config);
    note(new Entry(millis, change, said(failure)));
    return false;
  }

  EnvoyConfig satisfying() {
    if (last == null) {
      throw new IllegalStateException("nothing was judged");
    }
    return last;
  }

  /** The failure of the wait, once it is over. */
  AssertionError failure(String description, Duration deadline, RuntimeException inVain) {
    StringBuilder text = new StringBuilder();
    text.append(description.isEmpty() ? "" : "[" + description + "] ");
    text.append("Not satisfied within ").append(Times.text(deadline)).append(": ");
    if (failure == null) {
      text.append("there was no configuration\n").append(inVain.getMessage());
    } else {
      text.append(failure.getMessage() == null ? failure : failure.getMessage());
      if (!(failure instanceof AssertionError)) {
        text.append("\n(the assertions threw ").append(failure.getClass().getName()).append(')');
      }
      text.append("\n\n").append(historyText());
    }
    Failing maker = new Failing(last);
    AssertionError error = maker.error(text.toString(), comparison.actual, comparison.expected);
    error.initCause(failure == null ? inVain : failure);
    return error;
  }

  private @Nullable Throwable judge(EnvoyConfig config) {
    comparison.note(null, null);
    try {
      EnvoyConfigAssert on = new EnvoyConfigAssert(config);
      assertions.accept(on.at(Spot.of(config).comparedIn(comparison)));
      return null;
    } catch (RuntimeException | AssertionError e) {
      // Not yet: they may look into something that has not come.
      return e;
    }
  }

  private void note(Entry entry) {
    if (history.size() == MOST_ENTRIES) {
      // The beginning and the end tell most.
      history.remove(MOST_ENTRIES / 2);
      left++;
    }
    history.add(entry);
  }

  private String historyText() {
    StringBuilder text = new StringBuilder("history:\n");
    String saidBefore = "";
    for (int i = 0; i < history.size(); i++) {
      Entry entry = history.get(i);
      if (left > 0 && i == MOST_ENTRIES / 2) {
        text.append("  (").append(left).append(" more)\n");
      }
      text.append("  +%d ms  %s%n".formatted(entry.millis(), entry.change()));
      String said = entry.said().equals(saidBefore) ? "the same" : entry.said();
      text.append(said.indent(6));
      saidBefore = entry.said();
    }
    return text.append("  +").append(millis()).append(" ms  given up").toString();
  }

  private long millis() {
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static String said(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    String head =
        failure instanceof AssertionError ? "" : failure.getClass().getSimpleName() + ": ";
    return head
        + message
            .lines()
            .filter(line -> !line.isBlank())
            .limit(LINES_TOLD)
            .map(ConfigJudge::shortened)
            .collect(Collectors.joining("\n"));
  }

  /**
   * Tells what changed: down to the field, unless the configuration is so large that this takes
   * long.
   */
  private static String changes(EnvoyConfig before, EnvoyConfig after) {
    if (after.resources().size() > MOST_COMPARED) {
      return names(before, after);
    }
    try {
      List<Difference> differences = EnvoyDiff.between(before, after).differences();
      if (differences.isEmpty()) {
        return names(before, after);
      }
      String some =
          differences.stream()
              .limit(NAMES_TOLD)
              .map(difference -> shortened(difference.toString()))
              .collect(Collectors.joining("\n      "));
      int more = differences.size() - NAMES_TOLD;
      return "changed: " + some + (more > 0 ? "\n      and " + more + " more" : "");
    } catch (EnvoyConfigException e) {
      // One of them cannot be read, which is for the assertions to say.
      return names(before, after);
    }
  }

  /** Names what came, changed or went. */
  private static String names(EnvoyConfig before, EnvoyConfig after) {
    Map<String, Resource> gone = new LinkedHashMap<>();
    before.resources().forEach(resource -> gone.put(key(resource), resource));
    List<String> came = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    for (Resource resource : after.resources()) {
      Resource was = gone.remove(key(resource));
      if (was == null) {
        came.add(key(resource));
      } else if (was != resource && !resource.holdsSameAs(was)) {
        changed.add(key(resource));
      }
    }
    List<String> parts = new ArrayList<>();
    tell(parts, "changed: ", changed);
    tell(parts, "new: ", came);
    tell(parts, "gone: ", List.copyOf(gone.keySet()));
    return parts.isEmpty() ? "only versions changed, or times" : String.join("; ", parts);
  }

  private static String shortened(String line) {
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
  }

  private static void tell(List<String> parts, String what, List<String> names) {
    if (!names.isEmpty()) {
      String some = String.join(", ", names.stream().limit(NAMES_TOLD).toList());
      int more = names.size() - NAMES_TOLD;
      parts.add(what + some + (more > 0 ? " and " + more + " more" : ""));
    }
  }

  private static String key(Resource resource) {
    String state = resource.state() == Resource.State.ACTIVE ? "" : " (" + resource.state() + ")";
    return resource.section().fieldName() + " " + resource.name() + state;
  }

  /** Makes errors as AssertJ does, so that IDEs show what differs. */
  private static final class Failing extends AbstractEnvoyAssert<Failing, EnvoyConfig> {
    Failing(@Nullable EnvoyConfig actual) {
      super(actual, Failing.class);
    }

    AssertionError error(String message, @Nullable String actual, @Nullable String expected) {
      return actual == null || expected == null
          ? failure("%s", message)
          : failureWithActualExpected(actual, expected, "%s", message);
    }
  }
}
