package dev.pilothouse.doctor;

import static dev.pilothouse.doctor.Relevance.irrelevant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import java.util.Map;
import java.util.Optional;

/**
 * Which PeerAuthentication counts for a workload: the nearest that sets a mode; of equally near
 * ones the oldest.
 */
final class PeerAuthenticationRelevance {
  /** How near one is to a workload. */
  enum Level {
    /** Not for it. */
    NONE,
    /** In the root namespace. */
    MESH,
    /** In its namespace. */
    NAMESPACE,
    /** In its namespace, with a selector that fits. */
    WORKLOAD
  }

  private PeerAuthenticationRelevance() {}

  static Check check(Case c) {
    if (c.gateway()) {
      return irrelevant(
          "this proxy is a gateway: what its listeners take is told by their Gateways");
    }
    Check selected = Relevance.selected(c, c.spec().at("/selector/matchLabels"));
    if (selected.outcome() != Diagnosis.Outcome.HOLDS) {
      return selected;
    }
    Level own = level(c, c.namespace(), c.spec(), c.proxyNamespace(), c.labels());
    if (own == Level.NONE) {
      return irrelevant("one with a selector works in its own namespace only");
    }
    for (Level level : Level.values()) {
      Optional<IstiodDebug.Config> counts =
          level.compareTo(own) < 0
              ? Optional.empty()
              : oldest(c, level, c.proxyNamespace(), c.labels());
      boolean other =
          counts.isPresent()
              && !c.is(counts.get())
              && (level == own || setsMode(counts.get().json().path("spec")));
      if (other) {
        return irrelevant(
            "another PeerAuthentication counts for this proxy: " + counts.get(),
            "one with a selector outranks one of the namespace, which outranks one of the root"
                + " namespace; of equals the older counts");
      }
    }
    return selected;
  }

  /** One that does not inherits it. */
  static boolean setsMode(JsonNode spec) {
    String mode = spec.at("/mtls/mode").asText("UNSET");
    return !mode.equals("UNSET");
  }

  /** The one of a level that counts for a workload. */
  static Optional<IstiodDebug.Config> oldest(
      Case c, Level level, String namespace, Map<String, String> labels) {
    return level == Level.NONE
        ? Optional.empty()
        : c.configs(IstioKind.PEER_AUTHENTICATION).stream()
            .filter(o -> level(c, o.namespace(), o.json().path("spec"), namespace, labels) == level)
            .min((a, b) -> Generated.isOlder(a.json(), b.json()) ? -1 : 1);
  }

  private static Level level(
      Case c, String of, JsonNode spec, String namespace, Map<String, String> labels) {
    JsonNode selector = spec.at("/selector/matchLabels");
    if (!selector.isEmpty()) {
      return of.equals(namespace)
              && !of.equals(c.rootNamespace())
              && Relevance.missing(selector, labels).isEmpty()
          ? Level.WORKLOAD
          : Level.NONE;
    }
    if (of.equals(c.rootNamespace())) {
      return Level.MESH;
    }
    return of.equals(namespace) ? Level.NAMESPACE : Level.NONE;
  }

  /** The mode that a workload takes at a port. */
  static String mode(Case c, String namespace, Map<String, String> labels, int port) {
    String mode = "PERMISSIVE";
    for (Level level : Level.values()) {
      JsonNode spec =
          oldest(c, level, namespace, labels)
              .map(config -> config.json().path("spec"))
              .orElse(MissingNode.getInstance());
      if (setsMode(spec)) {
        mode = spec.at("/mtls/mode").asText();
      }
      String ofPort = spec.path("portLevelMtls").path(String.valueOf(port)).path("mode").asText();
      if (!ofPort.isEmpty() && !ofPort.equals("UNSET")) {
        mode = ofPort;
      }
    }
    return mode;
  }

  /** The nearest of those that say something of a workload. */
  static Optional<IstiodDebug.Config> counting(
      Case c, String namespace, Map<String, String> labels) {
    Optional<IstiodDebug.Config> nearest = Optional.empty();
    for (Level level : Level.values()) {
      Optional<IstiodDebug.Config> next =
          oldest(c, level, namespace, labels)
              .filter(
                  o ->
                      setsMode(o.json().path("spec")) || o.json().at("/spec").has("portLevelMtls"));
      nearest = next.isPresent() ? next : nearest;
    }
    return nearest;
  }
}
