package dev.pilothouse.doctor;

import static dev.pilothouse.doctor.Relevance.irrelevant;
import static dev.pilothouse.doctor.Relevance.relevant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a VirtualService concerns the proxy. */
final class VirtualServiceRelevance {
  private static final String MESH = "mesh";
  private static final List<String> ROUTES = List.of("http", "tls", "tcp");

  private VirtualServiceRelevance() {}

  /** Those that delegate to it. It has no hosts then, and what is made of it bears their names. */
  static List<IstiodDebug.Config> roots(Case c) {
    return c.configs(IstioKind.VIRTUAL_SERVICE).stream()
        .filter(root -> delegates(root, c.namespace(), c.name()))
        .toList();
  }

  private static boolean delegates(IstiodDebug.Config root, String namespace, String name) {
    for (JsonNode route : root.json().at("/spec/http")) {
      JsonNode delegate = route.path("delegate");
      if (delegate.path("name").asText().equals(name)
          && delegate.path("namespace").asText(root.namespace()).equals(namespace)) {
        return true;
      }
    }
    return false;
  }

  private static Check delegate(Case c) {
    List<IstiodDebug.Config> roots = roots(c);
    return roots.isEmpty()
        ? irrelevant("it has no hosts, and no VirtualService delegates to it")
        : Check.undecided(
            Link.RELEVANT, "it is a delegate; ask about those that delegate to it: " + roots);
  }

  static Check check(Case c) {
    if (c.spec().path("hosts").isEmpty()) {
      return delegate(c);
    }
    List<String> gateways = Hosts.texts(c.spec().path("gateways"));
    Optional<Check> hidden = Relevance.hidden(c, "defaultVirtualServiceExportTo");
    if (hidden.isPresent()) {
      return hidden.get();
    }
    if (c.gateway()) {
      return atGateway(c, gateways);
    }
    if (!gateways.isEmpty() && !gateways.contains(MESH)) {
      return irrelevant(
          "it is bound to gateways only, and this proxy is a sidecar",
          "gateways is " + gateways + "; sidecars belong to \"mesh\"");
    }
    List<String> hosts = Hosts.resolved(c.spec().path("hosts"), c.namespace());
    if (hosts.stream().noneMatch(host -> SidecarScope.imports(c, c.namespace(), host))) {
      return irrelevant(
          "the proxy's Sidecar scope does not import it",
          "the scope is made of " + SidecarScope.describe(c),
          "its hosts are " + hosts + " of namespace " + c.namespace());
    }
    List<String> sources = otherSources(c);
    if (!sources.isEmpty()) {
      return irrelevant("every route of it is for other callers", sources.toArray(new String[0]));
    }
    return relevant("it is for sidecars, and this one's scope imports it");
  }

  /** Why each route is for others; empty if one is not. */
  private static List<String> otherSources(Case c) {
    List<String> why = new ArrayList<>();
    for (String kind : ROUTES) {
      for (JsonNode route : c.spec().path(kind)) {
        JsonNode matches = route.path("match");
        if (matches.isEmpty()) {
          return List.of();
        }
        for (JsonNode match : matches) {
          String namespace = match.path("sourceNamespace").asText();
          List<String> missing = Relevance.missing(match.path("sourceLabels"), c.labels());
          if (!missing.isEmpty()) {
            why.add("a match has sourceLabels; the proxy lacks " + missing);
          } else if (!namespace.isEmpty() && !namespace.equals(c.proxyNamespace())) {
            why.add("a match has sourceNamespace " + namespace);
          } else if (!forMesh(match)) {
            why.add("a match has gateways " + match.path("gateways"));
          } else {
            return List.of();
          }
        }
      }
    }
    return why;
  }

  private static boolean forMesh(JsonNode match) {
    List<String> gateways = Hosts.texts(match.path("gateways"));
    return gateways.isEmpty() || gateways.contains(MESH);
  }

  private static Check atGateway(Case c, List<String> gateways) {
    List<String> why = new ArrayList<>();
    for (String gateway : gateways) {
      if (gateway.equals(MESH)) {
        continue;
      }
      Optional<String> obstacle = obstacle(c, gateway);
      if (obstacle.isEmpty()) {
        return relevant("it is bound to Gateway " + gateway + ", which this proxy serves");
      }
      why.add(obstacle.get());
    }
    if (why.isEmpty()) {
      why.add("gateways is " + (gateways.isEmpty() ? "not set, which means [mesh]" : gateways));
    }
    return irrelevant("none of its gateways is one of this proxy's", why.toArray(new String[0]));
  }

  private static Optional<String> obstacle(Case c, String gateway) {
    int slash = gateway.indexOf('/');
    String namespace = slash < 0 ? c.namespace() : gateway.substring(0, slash);
    String name = gateway.substring(slash + 1);
    Optional<IstiodDebug.Config> found =
        c.configs(IstioKind.GATEWAY).stream()
            .filter(g -> g.namespace().equals(namespace) && g.name().equals(name))
            .findFirst();
    String title = "Gateway " + namespace + "/" + name;
    if (found.isEmpty()) {
      return Optional.of("there is no " + title + "; istiod knows " + c.configs(IstioKind.GATEWAY));
    }
    JsonNode spec = found.get().json().path("spec");
    List<String> missing = Relevance.missing(spec.path("selector"), c.labels());
    if (!missing.isEmpty()) {
      return Optional.of(title + " does not select the proxy, which lacks " + missing);
    }
    List<String> served = new ArrayList<>();
    spec.path("servers").forEach(server -> served.addAll(Hosts.texts(server.path("hosts"))));
    List<String> hosts = Hosts.texts(c.spec().path("hosts"));
    boolean fits =
        served.stream()
            .anyMatch(
                s ->
                    admits(c, namespace, s)
                        && hosts.stream()
                            .anyMatch(h -> Hosts.overlap(s.substring(s.indexOf('/') + 1), h)));
    return fits
        ? Optional.empty()
        : Optional.of(title + " serves the hosts " + served + ", not " + hosts);
  }

  /** A server's host may name the namespace whose VirtualServices it takes. */
  private static boolean admits(Case c, String gateway, String host) {
    int slash = host.indexOf('/');
    String from = slash < 0 ? "*" : host.substring(0, slash);
    return from.equals("*")
        || from.equals(c.namespace())
        || (from.equals(".") && gateway.equals(c.namespace()));
  }

  /** The servers of its Gateways that take other routes than it has. */
  static List<String> otherProtocols(Case c) {
    List<String> others = new ArrayList<>();
    for (String gateway : Hosts.texts(c.spec().path("gateways"))) {
      int slash = gateway.indexOf('/');
      String namespace = slash < 0 ? c.namespace() : gateway.substring(0, slash);
      for (IstiodDebug.Config found : c.configs(IstioKind.GATEWAY)) {
        if (found.namespace().equals(namespace)
            && found.name().equals(gateway.substring(slash + 1))) {
          for (JsonNode server : found.json().at("/spec/servers")) {
            String takes = GatewayGeneration.routes(server);
            if (!c.spec().has(takes)) {
              others.add(
                  found
                      + " takes "
                      + takes
                      + " routes at "
                      + server.path("port")
                      + ", it has none");
            }
          }
        }
      }
    }
    return others;
  }
}
