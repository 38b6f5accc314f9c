package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What istiod makes of a ServiceEntry: clusters, and listeners or routes that lead to them. */
final class ServiceEntryGeneration {
  private ServiceEntryGeneration() {}

  /** Who has a host instead, for this proxy; empty if it is the ServiceEntry's. */
  static Optional<String> taken(Case c, String host) {
    for (JsonNode service : c.scope().path("services")) {
      JsonNode attributes = service.path("Attributes");
      String namespace = attributes.path("Namespace").asText(c.namespace());
      String registry = attributes.path("ServiceRegistry").asText();
      if (service.path("hostname").asText().equals(host)) {
        return namespace.equals(c.namespace()) && !registry.equals("Kubernetes")
            ? Optional.empty()
            : Optional.of(
                host
                    + " is that of namespace "
                    + namespace
                    + (registry.equals("Kubernetes") ? ", a Service of Kubernetes" : ""));
      }
    }
    return Optional.empty();
  }

  static Check check(Case c, List<String> found) {
    List<String> alone = new ArrayList<>();
    for (String host : Hosts.texts(c.spec().path("hosts"))) {
      boolean routed =
          c.configs(IstioKind.VIRTUAL_SERVICE).stream()
              .anyMatch(route -> Hosts.texts(route.json().at("/spec/hosts")).contains(host));
      if (!routed && c.sidecar() && Hosts.inScope(c).contains(host)) {
        for (JsonNode port : c.spec().path("ports")) {
          String cluster = "outbound|" + port.path("number").asInt() + "||" + host;
          if (c.pushed().cluster(cluster).isPresent() && !leads(c, cluster)) {
            alone.add("no listener and no route leads to its cluster " + cluster);
            alone.add("the port is " + port);
          }
        }
      }
    }
    if (alone.isEmpty()) {
      return Generated.made(found);
    }
    c.istiod().debug().pushStatus().stream()
        .filter(finding -> finding.metric().contains("conflict"))
        .map(finding -> "istiod's own finding: " + finding.message())
        .forEach(alone::add);
    return Check.broken(Link.GENERATED, alone.remove(0), alone);
  }

  /** A ServiceEntry that lists its endpoints, or selects them, and comes to none. */
  static List<String> withoutEndpoints(Case c) {
    if (c.kind() != IstioKind.SERVICE_ENTRY
        || !c.spec().path("resolution").asText().equals("STATIC")) {
      return List.of();
    }
    List<String> hosts = Hosts.texts(c.spec().path("hosts"));
    boolean any =
        c.istiod().debug().endpoints().stream()
            .anyMatch(endpoint -> hosts.contains(endpoint.hostname()));
    if (any) {
      return List.of();
    }
    JsonNode selector = c.spec().at("/workloadSelector/labels");
    return List.of(
        "there is no endpoint of " + hosts,
        selector.isEmpty()
            ? "its endpoints are " + c.spec().path("endpoints")
            : "no pod and no WorkloadEntry of namespace " + c.namespace() + " has " + selector);
  }

  private static boolean leads(Case c, String cluster) {
    String quoted = '"' + cluster + '"';
    return c.pushed().listeners().stream()
            .map(Resource::raw)
            .anyMatch(raw -> raw.toString().contains(quoted))
        || c.pushed().routeConfigurations().stream()
            .map(Resource::raw)
            .anyMatch(raw -> raw.toString().contains(quoted));
  }
}
