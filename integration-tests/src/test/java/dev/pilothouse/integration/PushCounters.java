package dev.pilothouse.integration;

import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.console.Metrics;
import dev.pilothouse.internal.Poll;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** What several replicas count of their pushes. */
final class PushCounters {
  private PushCounters() {}

  /** Waits until each has counted a push since then: it does so a moment after it has logged it. */
  static void awaitEach(
      IstiodConsole console, Metrics before, Collection<String> replicas, Duration deadline) {
    Poll.require(
        "each of " + replicas + " has counted",
        deadline,
        () -> Optional.of(console.metrics().since(before)).filter(now -> all(now, replicas)));
  }

  private static boolean all(Metrics since, Collection<String> replicas) {
    return replicas.stream()
        .map(replica -> Map.of("type", "cds", "replica", replica))
        .allMatch(labels -> since.value("pilot_xds_pushes", labels).orElse(0) >= 1);
  }
}
