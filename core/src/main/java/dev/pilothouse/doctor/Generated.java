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
    return switch (c.kind()) {
      case SIDECAR -> SidecarGeneration.check(c);
      case PEER_AUTHENTICATION -> PeerAuthenticationGeneration.check(c);
      case TELEMETRY -> TelemetryGeneration.check(c);
      case ENVOY_FILTER -> EnvoyFilterGeneration.check(c);
      default -> traced(c);
    };
  }

  private static Check traced(Case c) {
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
      case DESTINATION_RULE -> DestinationRuleGeneration.check(c, found);
      case VIRTUAL_SERVICE -> virtualService(c, found);
      case SERVICE_ENTRY -> ServiceEntryGeneration.check(c, found);
      case GATEWAY -> GatewayGeneration.check(c, found);
      default -> made(found);
    };
  }

  static Check made(List<String> found) {
    return Check.holds(Link.GENERATED, "istiod makes of it " + String.join(", ", found));
  }

  /** A proxy that rejects listeners does not ask for their routes, and istiod makes none. */
  static Optional<Check> rejectedBefore(Case c) {
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
    List<String> faults = new ArrayList<>(Delegation.faultsOfDelegates(c));
    faults.addAll(Delegation.faultsAsDelegate(c));
    if (!faults.isEmpty()) {
      return Check.broken(Link.GENERATED, faults.remove(0), faults);
    }
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
      case SERVICE_ENTRY -> findings(c).forEach(finding -> reasons.add(finding));
      case GATEWAY -> reasons.addAll(GatewayGeneration.lost(c));
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
      if (service.isEmpty() && !host.startsWith("*") && !c.gateway()) {
        reasons.add("there is no service " + host + suggestion(host, registry));
        if (!host.equals(c.spec().path("hosts").path(0).asText())) {
          reasons.add("a name without a dot is looked for in its own namespace " + c.namespace());
        }
      }
      service.ifPresent(found -> protocols(c, found, reasons));
    }
    if (c.gateway()) {
      reasons.addAll(VirtualServiceRelevance.otherProtocols(c));
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

  /** A name with a dot is taken for a whole one. */
  private static String suggestion(String host, Set<String> registry) {
    return registry.stream()
        .filter(name -> name.startsWith(host + "."))
        .findFirst()
        .map(name -> " (did you mean " + name + "?)")
        .orElseGet(() -> Nearest.suggestion(host, registry));
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
    boolean http = service.ports().stream().anyMatch(Generated::speaksHttp);
    boolean other =
        service.ports().stream()
            .anyMatch(port -> !speaksHttp(port) || port.protocol().startsWith("Unsupported"));
    String ports = "the ports of " + service.hostname() + " are " + service.ports();
    if (onlyHttp && !http && !c.gateway()) {
      reasons.add(
          "it has http routes, and "
              + ports
              + ": a port is HTTP by its name (http-…) or appProtocol");
    }
    if (!c.spec().has("http") && !c.gateway()) {
      reasons.add(
          "it has "
              + (c.spec().has("tls") ? "tls" : "tcp")
              + " routes, and "
              + ports
              + (other ? "" : ": requests to an HTTP port go by http routes"));
    }
  }

  private static boolean speaksHttp(IstiodDebug.Port port) {
    return (port.protocol().startsWith("HTTP") && !port.protocol().equals("HTTPS"))
        || port.protocol().startsWith("GRPC")
        || port.protocol().startsWith("Unsupported");
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

  static String findings(Case c, String metric) {
    List<String> all = findings(c).stream().filter(text -> text.startsWith(metric)).toList();
    return all.isEmpty() ? "" : "istiod's own finding: " + all;
  }
}
