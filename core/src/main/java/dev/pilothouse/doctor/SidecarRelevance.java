package dev.pilothouse.doctor;

import static dev.pilothouse.doctor.Relevance.irrelevant;
import static dev.pilothouse.doctor.Relevance.relevant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import java.util.Optional;

/**
 * Whether a Sidecar is the one that makes the proxy's scope. istiod tells that one's name, and not
 * its namespace.
 */
final class SidecarRelevance {
  private static final String RANKS =
      "of the proxy's namespace one with a selector wins over one without, then the older; the one"
          + " of the root namespace is for namespaces that have none";

  private SidecarRelevance() {}

  static Check check(Case c) {
    if (c.gateway()) {
      return irrelevant("a Sidecar concerns sidecars, and this proxy is a gateway");
    }
    Check selected = Relevance.selected(c, c.spec().at("/workloadSelector/labels"));
    if (selected.outcome() == Diagnosis.Outcome.BROKEN) {
      return selected;
    }
    String scope = "the proxy's scope is made of " + c.scope().path("name").asText();
    Optional<IstiodDebug.Config> winner = winner(c);
    if (winner.isEmpty()) {
      return irrelevant("a Sidecar of the root namespace works elsewhere without a selector only");
    }
    if (!c.is(winner.get())) {
      return irrelevant("another Sidecar wins: " + winner.get(), scope, RANKS);
    }
    return c.scope().path("name").asText().equals(c.name())
        ? relevant(scope)
        : irrelevant("istiod has not made the proxy's scope of it", scope);
  }

  private static Optional<IstiodDebug.Config> winner(Case c) {
    Optional<IstiodDebug.Config> own = first(c, c.proxyNamespace(), true);
    if (own.isEmpty()) {
      own = first(c, c.proxyNamespace(), false);
    }
    return own.isPresent() ? own : first(c, c.rootNamespace(), false);
  }

  private static Optional<IstiodDebug.Config> first(Case c, String namespace, boolean selects) {
    return c.configs(IstioKind.SIDECAR).stream()
        .filter(sidecar -> sidecar.namespace().equals(namespace))
        .filter(
            sidecar -> {
              JsonNode selector = sidecar.json().at("/spec/workloadSelector/labels");
              return selects != selector.isEmpty()
                  && Relevance.missing(selector, c.labels()).isEmpty();
            })
        .min((a, b) -> Generated.isOlder(a.json(), b.json()) ? -1 : 1);
  }
}
