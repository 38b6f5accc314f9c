package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What istiod makes of a DestinationRule, alone or merged with others of its host. */
final class DestinationRuleGeneration {
  private DestinationRuleGeneration() {}

  static Check check(Case c, List<String> found) {
    List<String> merged = DestinationRuleRelevance.merged(c);
    boolean first = merged.isEmpty() || merged.get(0).equals(c.path());
    if (!first && c.spec().has("trafficPolicy")) {
      Optional<IstiodDebug.Config> winner =
          c.configs(IstioKind.DESTINATION_RULE).stream()
              .filter(rule -> Case.path(rule).equals(merged.get(0)))
              .filter(rule -> rule.json().path("spec").has("trafficPolicy"))
              .findFirst();
      if (winner.isPresent()) {
        return Check.broken(
            Link.GENERATED,
            "its trafficPolicy does not count, that of " + winner.get() + " does",
            "istiod merges the rules of one host: " + merged,
            Generated.findings(c, "pilot_destrule_subsets"));
      }
    }
    List<String> taken = subsetsOfEarlier(c, merged);
    if (!taken.isEmpty()) {
      return Check.broken(
          Link.GENERATED,
          "an earlier DestinationRule of the host has subsets of the same name, which count",
          taken);
    }
    List<String> noPorts = settingsOfNoPort(c);
    if (!noPorts.isEmpty()) {
      return Check.broken(Link.GENERATED, noPorts.remove(0), noPorts);
    }
    String host = Hosts.resolved(c.spec().path("host").asText(), c.namespace());
    List<String> names =
        c.pushed().clusters().stream()
            .filter(
                cluster ->
                    cluster.parsedName().filter(n -> Hosts.overlap(host, n.host())).isPresent())
            .map(Resource::name)
            .toList();
    List<String> lost = new ArrayList<>();
    for (JsonNode subset : c.spec().path("subsets")) {
      String name = subset.path("name").asText();
      if (names.stream().noneMatch(cluster -> cluster.contains("|" + name + "|"))) {
        lost.add(name);
      }
    }
    return lost.isEmpty()
        ? Generated.made(found)
        : Check.broken(Link.GENERATED, "istiod makes no cluster of the subsets " + lost);
  }

  private static List<String> settingsOfNoPort(Case c) {
    String host = Hosts.resolved(c.spec().path("host").asText(), c.namespace());
    List<JsonNode> policies = new ArrayList<>(List.of(c.spec().path("trafficPolicy")));
    c.spec().path("subsets").forEach(subset -> policies.add(subset.path("trafficPolicy")));
    List<IstiodDebug.Port> ports =
        c.istiod().debug().services().stream()
            .filter(service -> service.hostname().equals(host))
            .flatMap(service -> service.ports().stream())
            .toList();
    List<String> none = new ArrayList<>();
    for (JsonNode policy : ports.isEmpty() ? List.<JsonNode>of() : policies) {
      for (JsonNode settings : policy.path("portLevelSettings")) {
        int wanted = settings.at("/port/number").asInt();
        if (ports.stream().noneMatch(port -> port.number() == wanted)) {
          none.add("its portLevelSettings are for port " + wanted + ", which the host has not");
          none.add("the ports of " + host + " are " + ports);
        }
      }
    }
    return none;
  }

  private static List<String> subsetsOfEarlier(Case c, List<String> merged) {
    int own = merged.indexOf(c.path());
    Set<String> names = new TreeSet<>();
    c.spec().path("subsets").forEach(subset -> names.add(subset.path("name").asText()));
    List<String> taken = new ArrayList<>();
    for (IstiodDebug.Config rule : c.configs(IstioKind.DESTINATION_RULE)) {
      int place = merged.indexOf(Case.path(rule));
      if (place >= 0 && place < own) {
        for (JsonNode subset : rule.json().at("/spec/subsets")) {
          if (names.contains(subset.path("name").asText())) {
            taken.add("subset " + subset.path("name").asText() + " of " + rule);
          }
        }
      }
    }
    return taken;
  }
}
