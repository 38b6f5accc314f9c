package dev.pilothouse.doctor;

import static dev.pilothouse.doctor.Relevance.irrelevant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a Telemetry concerns the proxy. Of those without a selector the oldest of a namespace
 * counts; all that select the workload do. The nearer speak later.
 */
final class TelemetryRelevance {
  private TelemetryRelevance() {}

  static Check check(Case c) {
    JsonNode selector = c.spec().at("/selector/matchLabels");
    Check selected = Relevance.selected(c, selector);
    if (selected.outcome() != Diagnosis.Outcome.HOLDS) {
      return selected;
    }
    if (!selector.isEmpty()) {
      return c.namespace().equals(c.proxyNamespace())
          ? selected
          : irrelevant("one with a selector works in its own namespace only");
    }
    return wide(c, c.namespace()).stream()
        .findFirst()
        .filter(oldest -> !c.is(oldest))
        .map(
            oldest ->
                irrelevant(
                    "another Telemetry counts for namespace " + c.namespace() + ": " + oldest,
                    "of those without a selector the oldest counts"))
        .orElse(selected);
  }

  /** Those without a selector, the oldest first. */
  private static List<IstiodDebug.Config> wide(Case c, String namespace) {
    return c.configs(IstioKind.TELEMETRY).stream()
        .filter(t -> t.namespace().equals(namespace))
        .filter(t -> t.json().at("/spec/selector/matchLabels").isEmpty())
        .filter(t -> t.json().at("/spec/targetRefs").isEmpty())
        .sorted((a, b) -> Generated.isOlder(a.json(), b.json()) ? -1 : 1)
        .toList();
  }

  /** Those that work on the proxy, the nearest last. */
  static List<IstiodDebug.Config> applied(Case c) {
    List<IstiodDebug.Config> all = new ArrayList<>();
    wide(c, c.rootNamespace()).stream().findFirst().ifPresent(all::add);
    if (!c.proxyNamespace().equals(c.rootNamespace())) {
      wide(c, c.proxyNamespace()).stream().findFirst().ifPresent(all::add);
    }
    c.configs(IstioKind.TELEMETRY).stream()
        .filter(t -> t.namespace().equals(c.proxyNamespace()))
        .filter(t -> !t.json().at("/spec/selector/matchLabels").isEmpty())
        .filter(
            t -> Relevance.missing(t.json().at("/spec/selector/matchLabels"), c.labels()).isEmpty())
        .sorted((a, b) -> Generated.isOlder(a.json(), b.json()) ? -1 : 1)
        .forEach(all::add);
    return all;
  }
}
