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

/** Whether a DestinationRule concerns the proxy: whether istiod has chosen it for a host. */
final class DestinationRuleRelevance {
  private DestinationRuleRelevance() {}

  /** The rules that are merged with it, for some host, the one whose settings count first. */
  static List<String> merged(Case c) {
    String own = c.namespace() + "/" + c.name();
    for (JsonNode rules : c.scope().path("destinationRules")) {
      for (JsonNode rule : rules) {
        List<String> from = from(rule);
        if (from.contains(own)) {
          return from;
        }
      }
    }
    return List.of();
  }

  private static List<String> from(JsonNode rule) {
    List<String> from = new ArrayList<>();
    for (JsonNode name : rule.path("from")) {
      from.add(name.path("Namespace").asText() + "/" + name.path("Name").asText());
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
    return chosen(c, host)
        .map(other -> irrelevant("another DestinationRule is chosen for its host", other))
        .orElseGet(() -> irrelevant("istiod has chosen no DestinationRule for " + host + " yet"));
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
