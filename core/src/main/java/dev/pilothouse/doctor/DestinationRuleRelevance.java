package dev.pilothouse.doctor;

import static dev.pilothouse.doctor.Relevance.irrelevant;
import static dev.pilothouse.doctor.Relevance.relevant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether a DestinationRule concerns the proxy: whether istiod has chosen it for a host. */
final class DestinationRuleRelevance {
  private DestinationRuleRelevance() {}

  /** The rules that are merged with it, for some host, the one whose settings count first. */
  static List<String> merged(Case c) {
    for (JsonNode rules : c.scope().path("destinationRules")) {
      for (JsonNode rule : rules) {
        List<String> from = from(rule);
        if (from.contains(c.path())) {
          return from;
        }
      }
    }
    return List.of();
  }

  private static List<String> from(JsonNode rule) {
    List<String> from = new ArrayList<>();
    for (JsonNode name : rule.path("from")) {
      from.add(Case.path(name.path("Namespace").asText(), name.path("Name").asText()));
    }
    return from;
  }

  static Check check(Case c) {
    List<String> merged = merged(c);
    if (!merged.isEmpty()) {
      return relevant(
          merged.size() == 1
              ? "istiod has chosen it for this proxy"
              : "istiod has merged it for this proxy with others: " + merged);
    }
    Optional<Check> hidden = Relevance.hidden(c, "defaultDestinationRuleExportTo");
    if (hidden.isPresent()) {
      return hidden.get();
    }
    List<String> missing =
        Relevance.missing(c.spec().at("/workloadSelector/matchLabels"), c.labels());
    if (!missing.isEmpty()) {
      return irrelevant(
          "its workloadSelector does not choose the proxy", "the proxy lacks " + missing);
    }
    String host = Hosts.resolved(c.spec().path("host").asText(), c.namespace());
    List<String> scope = Hosts.inScope(c);
    if (scope.stream().noneMatch(known -> Hosts.overlap(host, known))) {
      return unknownHost(c, host, scope);
    }
    Optional<Check> elsewhere = elsewhere(c, host);
    if (elsewhere.isPresent()) {
      return elsewhere.get();
    }
    return chosen(c, host)
        .map(other -> irrelevant("another DestinationRule is chosen for its host", other))
        .orElseGet(() -> irrelevant("istiod has chosen no DestinationRule for " + host + " yet"));
  }

  /** A rule counts in three places only. */
  private static Optional<Check> elsewhere(Case c, String host) {
    Set<String> counts = new TreeSet<>(Set.of(c.proxyNamespace(), c.rootNamespace()));
    c.istiod().debug().services().stream()
        .filter(service -> Hosts.overlap(host, service.hostname()))
        .forEach(service -> counts.add(service.namespace()));
    return counts.contains(c.namespace())
        ? Optional.empty()
        : Optional.of(
            irrelevant(
                "a rule counts in the namespace of the proxy, of the service, or of the root",
                "its namespace is " + c.namespace() + ", those are " + counts));
  }

  private static Check unknownHost(Case c, String host, List<String> scope) {
    List<String> registry =
        c.istiod().debug().services().stream().map(IstiodDebug.Service::hostname).toList();
    if (registry.contains(host)) {
      return irrelevant(
          "the proxy is not told of its host " + host,
          "its scope is made of " + SidecarScope.describe(c),
          "it is told of " + scope);
    }
    return irrelevant(
        "there is no service " + host + Nearest.suggestion(host, registry),
        "a name without a dot is looked for in the rule's own namespace " + c.namespace(),
        "istiod knows " + registry);
  }

  private static Optional<String> chosen(Case c, String host) {
    for (Map.Entry<String, JsonNode> entry : c.scope().path("destinationRules").properties()) {
      if (Hosts.overlap(host, entry.getKey())) {
        List<String> rules = new ArrayList<>();
        entry.getValue().forEach(rule -> rules.addAll(from(rule)));
        return Optional.of(
            "for "
                + entry.getKey()
                + " it is "
                + rules
                + "; one of the proxy's namespace wins over one of the service's, which wins over"
                + " one of the root namespace");
      }
    }
    return Optional.empty();
  }
}
