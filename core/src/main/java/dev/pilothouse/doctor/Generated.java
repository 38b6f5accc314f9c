package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.console.ProxyStatus;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.VirtualHost;
import dev.pilothouse.internal.Nearest;
import dev.pilothouse.istiod.ProxySync.TypeSync;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Whether istiod makes something of the resource for the proxy, and if not, why. */
final class Generated {
  private Generated() {}

  static Check check(Case c) {
    Optional<Predicate<Resource>> trace = Traces.of(c);
    if (trace.isEmpty()) {
      return Check.undecided(
          Link.GENERATED, "this one leaves no trace by which it could be found in a configuration");
    }
    List<String> found = Traces.in(c.pushed(), trace.get()).stream().map(Traces::title).toList();
    if (found.isEmpty()) {
      return rejectedBefore(c)
          .orElseGet(
              () ->
                  Check.broken(
                      Link.GENERATED, "istiod makes nothing of it for this proxy", reasons(c)));
    }
    return switch (c.kind()) {
      case DESTINATION_RULE -> destinationRule(c, found);
      case VIRTUAL_SERVICE -> virtualService(c, found);
      default -> made(found);
    };
  }

  private static Check made(List<String> found) {
    return Check.holds(Link.GENERATED, "istiod makes of it " + String.join(", ", found));
  }

  /** A proxy that rejects listeners does not ask for their routes, and istiod makes none. */
  private static Optional<Check> rejectedBefore(Case c) {
    ProxyStatus status = c.status().orElseThrow();
    for (String type : List.of("LDS", "CDS")) {
      Optional<TypeSync> sync = status.type(type).filter(s -> !s.lastError().isEmpty());
      if (sync.isPresent()) {
        return Optional.of(
            Check.broken(
                Link.ACKNOWLEDGED,
                "the proxy rejects " + type + ", and asks for nothing that follows from it",
                sync.get().lastError().strip()));
      }
    }
    return Optional.empty();
  }

  private static Check destinationRule(Case c, List<String> found) {
    List<String> merged = DestinationRuleRelevance.merged(c);
    boolean first = merged.isEmpty() || merged.get(0).equals(c.namespace() + "/" + c.name());
    if (!first && c.spec().has("trafficPolicy")) {
      Optional<IstiodDebug.Config> winner =
          c.configs(IstioKind.DESTINATION_RULE).stream()
              .filter(rule -> (rule.namespace() + "/" + rule.name()).equals(merged.get(0)))
              .filter(rule -> rule.json().path("spec").has("trafficPolicy"))
              .findFirst();
      if (winner.isPresent()) {
        return Check.broken(
            Link.GENERATED,
            "its trafficPolicy does not count, that of " + winner.get() + " does",
            "istiod merges the rules of one host: " + merged,
            findings(c, "pilot_destrule_subsets"));
      }
    }
    List<String> taken = subsetsOfEarlier(c, merged);
    if (!taken.isEmpty()) {
      return Check.broken(
          Link.GENERATED,
          "an earlier DestinationRule of the host has subsets of the same name, which count",
          taken);
    }
    List<String> names = c.pushed().clusters().stream().map(Resource::name).toList();
    List<String> lost = new ArrayList<>();
    for (JsonNode subset : c.spec().path("subsets")) {
      String name = subset.path("name").asText();
      if (names.stream().noneMatch(cluster -> cluster.contains("|" + name + "|"))) {
        lost.add(name);
      }
    }
    return lost.isEmpty()
        ? made(found)
        : Check.broken(Link.GENERATED, "istiod makes no cluster of the subsets " + lost);
  }

  private static List<String> subsetsOfEarlier(Case c, List<String> merged) {
    int own = merged.indexOf(c.namespace() + "/" + c.name());
    Set<String> names = new TreeSet<>();
    c.spec().path("subsets").forEach(subset -> names.add(subset.path("name").asText()));
    List<String> taken = new ArrayList<>();
    for (IstiodDebug.Config rule : c.configs(IstioKind.DESTINATION_RULE)) {
      int place = merged.indexOf(rule.namespace() + "/" + rule.name());
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

  /**
   * The hosts of it that no virtual host has, where all its routes are HTTP. A VirtualService for
   * the mesh and gateways may have hosts that are not for this proxy.
   */
  private static List<String> hostsWithout(Case c) {
    if (c.spec().has("tcp") || c.spec().has("tls")) {
      return List.of();
    }
    List<String> without = new ArrayList<>(Hosts.resolved(c.spec().path("hosts"), c.namespace()));
    without.removeIf(host -> host.startsWith("*")); // served by what they have in common
    for (RouteResource routes : c.pushed().routeConfigurations()) {
      for (VirtualHost host : routes.virtualHosts()) {
        without.removeAll(host.domains());
        without.removeIf(
            name -> host.domains().stream().anyMatch(domain -> domain.startsWith(name + ":")));
      }
    }
    return without;
  }

  /** Another VirtualService may have one of the hosts. */
  private static Check virtualService(Case c, List<String> found) {
    List<String> taken = new ArrayList<>();
    for (String host : Hosts.resolved(c.spec().path("hosts"), c.namespace())) {
      others(c, host).stream()
          .filter(other -> isOlder(other.json(), c.object()))
          .filter(
              other ->
                  Hosts.resolved(other.json().at("/spec/hosts"), other.namespace()).contains(host))
          .forEach(other -> taken.add(host + " is also a host of " + other + ", which is older"));
    }
    List<String> without = hostsWithout(c);
    if (!without.isEmpty()) {
      return Check.undecided(
          Link.GENERATED,
          "istiod makes of it "
              + String.join(", ", found)
              + ", and nothing of its hosts "
              + without);
    }
    if (taken.isEmpty()) {
      return made(found);
    }
    return Check.undecided(
        Link.GENERATED,
        "istiod makes of it " + String.join(", ", found) + ", beside another VirtualService",
        taken.toArray(new String[0]));
  }

  private static List<String> reasons(Case c) {
    List<String> reasons = new ArrayList<>();
    switch (c.kind()) {
      case VIRTUAL_SERVICE -> virtualServiceReasons(c, reasons);
      case AUTHORIZATION_POLICY, REQUEST_AUTHENTICATION -> {
        boolean inbound =
            c.pushed().listeners().stream().anyMatch(l -> l.raw().toString().contains("inbound"));
        if (!inbound) {
          reasons.add("it works on requests that come in, and this proxy has no inbound listener");
        }
      }
      case SERVICE_ENTRY, GATEWAY, ENVOY_FILTER ->
          findings(c).forEach(finding -> reasons.add(finding));
      default -> {}
    }
    if (reasons.isEmpty() && Followed.sameSecond(c)) {
      reasons.add("it was changed in the second of the last push: it may be on its way");
    }
    if (reasons.isEmpty()) {
      reasons.add("istiod's own findings of the last push: " + findings(c));
    }
    return reasons;
  }

  private static void virtualServiceReasons(Case c, List<String> reasons) {
    List<IstiodDebug.Service> services = c.istiod().debug().services();
    Set<String> registry = new TreeSet<>();
    services.forEach(service -> registry.add(service.hostname()));
    for (String host : Hosts.resolved(c.spec().path("hosts"), c.namespace())) {
      others(c, host)
          .forEach(
              other ->
                  reasons.add(
                      other
                          + (isOlder(other.json(), c.object()) ? ", which is older, has" : " has")
                          + " the host "
                          + host
                          + " too: one VirtualService counts for a host"));
      Optional<IstiodDebug.Service> service =
          services.stream().filter(s -> s.hostname().equals(host)).findFirst();
      if (service.isEmpty() && !host.startsWith("*")) {
        reasons.add("there is no service " + host + Nearest.suggestion(host, registry));
        if (!host.equals(c.spec().path("hosts").path(0).asText())) {
          reasons.add("a name without a dot is looked for in its own namespace " + c.namespace());
        }
      }
      service.ifPresent(found -> protocols(c, found, reasons));
    }
    Set<Integer> ports = matchedPorts(c);
    if (!ports.isEmpty()) {
      reasons.add("its matches ask for the ports " + ports);
    }
    String duplicates = findings(c, "pilot_vservice_dup_domain");
    if (!duplicates.isEmpty()) {
      reasons.add(duplicates);
    }
  }

  /** Empty unless every match of every route asks for a port. */
  private static Set<Integer> matchedPorts(Case c) {
    Set<Integer> ports = new TreeSet<>();
    for (JsonNode route : c.spec().path("http")) {
      if (route.path("match").isEmpty()) {
        return Set.of();
      }
      for (JsonNode match : route.path("match")) {
        if (!match.has("port")) {
          return Set.of();
        }
        ports.add(match.path("port").asInt());
      }
    }
    return ports;
  }

  private static void protocols(Case c, IstiodDebug.Service service, List<String> reasons) {
    boolean onlyHttp = !c.spec().has("tcp") && !c.spec().has("tls");
    boolean anyHttp =
        service.ports().stream()
            .anyMatch(
                port ->
                    port.protocol().startsWith("HTTP")
                        || port.protocol().startsWith("GRPC")
                        || port.protocol().startsWith("Unsupported"));
    if (onlyHttp && !anyHttp && !c.gateway()) {
      reasons.add(
          "it has http routes, and the ports of "
              + service.hostname()
              + " are "
              + service.ports()
              + ": a port is HTTP by its name (http-…) or appProtocol");
    }
  }

  private static List<IstiodDebug.Config> others(Case c, String host) {
    return c.configs(IstioKind.VIRTUAL_SERVICE).stream()
        .filter(o -> !(o.namespace().equals(c.namespace()) && o.name().equals(c.name())))
        .filter(
            o ->
                Hosts.resolved(o.json().at("/spec/hosts"), o.namespace()).stream()
                    .anyMatch(theirs -> theirs.equals(host)))
        .toList();
  }

  static boolean isOlder(JsonNode one, JsonNode other) {
    String a = one.at("/metadata/creationTimestamp").asText();
    String b = other.at("/metadata/creationTimestamp").asText();
    return a.compareTo(b) < 0
        || (a.equals(b)
            && one.at("/metadata/name").asText().compareTo(other.at("/metadata/name").asText())
                < 0);
  }

  private static List<String> findings(Case c) {
    return c.istiod().debug().pushStatus().stream()
        .map(finding -> finding.metric() + " " + finding.key() + " " + finding.message())
        .map(String::strip)
        .toList();
  }

  private static String findings(Case c, String metric) {
    List<String> all = findings(c).stream().filter(text -> text.startsWith(metric)).toList();
    return all.isEmpty() ? "" : "istiod's own finding: " + all;
  }
}
