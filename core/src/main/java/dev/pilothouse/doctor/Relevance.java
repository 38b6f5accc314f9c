package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the resource concerns the proxy. */
final class Relevance {
  private Relevance() {}

  static Check check(Case c) {
    return switch (c.kind()) {
      case VIRTUAL_SERVICE -> VirtualServiceRelevance.check(c);
      case DESTINATION_RULE -> DestinationRuleRelevance.check(c);
      case GATEWAY -> gateway(c);
      case SERVICE_ENTRY -> serviceEntry(c);
      case SIDECAR -> sidecar(c);
      case ENVOY_FILTER -> selected(c, c.spec().at("/workloadSelector/labels"));
      case PEER_AUTHENTICATION -> peerAuthentication(c);
      case AUTHORIZATION_POLICY, REQUEST_AUTHENTICATION, TELEMETRY, WASM_PLUGIN ->
          selected(c, c.spec().at("/selector/matchLabels"));
    };
  }

  static Check relevant(String words, String... evidence) {
    return Check.holds(Link.RELEVANT, words, evidence);
  }

  static Check irrelevant(String words, String... evidence) {
    return Check.broken(Link.RELEVANT, words, evidence);
  }

  /** Empty when it is exported to the proxy's namespace. */
  static Optional<Check> hidden(Case c, String meshDefault) {
    List<String> exportTo = Hosts.texts(c.spec().path("exportTo"));
    String from = "exportTo";
    if (exportTo.isEmpty()) {
      exportTo = Hosts.texts(c.istiod().debug().mesh().path(meshDefault));
      from = "the mesh's " + meshDefault;
    }
    boolean visible =
        exportTo.isEmpty()
            || exportTo.contains("*")
            || exportTo.contains(c.proxyNamespace())
            || (exportTo.contains(".") && c.namespace().equals(c.proxyNamespace()));
    return visible
        ? Optional.empty()
        : Optional.of(
            irrelevant(
                "it is not exported to the proxy's namespace " + c.proxyNamespace(),
                from + " is " + exportTo + ", its namespace is " + c.namespace()));
  }

  /** The labels of a selector that the proxy lacks, as {@code app=x (it has app=y)}. */
  static List<String> missing(JsonNode wanted, Map<String, String> labels) {
    List<String> missing = new ArrayList<>();
    for (Map.Entry<String, JsonNode> label : wanted.properties()) {
      String has = labels.get(label.getKey());
      if (!label.getValue().asText().equals(has)) {
        missing.add(
            label.getKey()
                + "="
                + label.getValue().asText()
                + (has == null ? "" : " (it has " + has + ")"));
      }
    }
    return missing;
  }

  /** What is chosen by namespace and labels, and in the root namespace for all. */
  private static Check selected(Case c, JsonNode selector) {
    if (!c.namespace().equals(c.proxyNamespace()) && !c.namespace().equals(c.rootNamespace())) {
      return irrelevant(
          "it works in its own namespace",
          "its namespace is "
              + c.namespace()
              + ", the proxy's "
              + c.proxyNamespace()
              + "; only what is in "
              + c.rootNamespace()
              + " works everywhere");
    }
    if (c.spec().has("targetRefs") || c.spec().has("targetRef")) {
      return Check.undecided(Link.RELEVANT, "it is attached by targetRefs");
    }
    List<String> missing = missing(selector, c.labels());
    if (!missing.isEmpty()) {
      return irrelevant(
          "its selector does not choose the proxy",
          "the proxy lacks " + missing,
          "the proxy's labels are " + c.labels());
    }
    return relevant(selector.isEmpty() ? "it works on all of its namespace" : "its selector fits");
  }

  /** One counts for a workload: the nearest, and of those the oldest. */
  private static Check peerAuthentication(Case c) {
    Check selected = selected(c, c.spec().at("/selector/matchLabels"));
    if (selected.outcome() != Diagnosis.Outcome.HOLDS) {
      return selected;
    }
    int own = nearness(c, c.namespace(), c.spec());
    for (IstiodDebug.Config other : c.configs(IstioKind.PEER_AUTHENTICATION)) {
      JsonNode spec = other.json().path("spec");
      int theirs = nearness(c, other.namespace(), spec);
      boolean older =
          theirs == own
              && !(other.namespace().equals(c.namespace()) && other.name().equals(c.name()))
              && Generated.isOlder(other.json(), c.object());
      if (theirs > own || older) {
        return irrelevant(
            "another PeerAuthentication counts for this proxy: " + other,
            "one with a selector outranks one of the namespace, which outranks one of the root"
                + " namespace; of equals the older counts");
      }
    }
    return selected;
  }

  /** Zero if it does not concern the proxy. */
  private static int nearness(Case c, String namespace, JsonNode spec) {
    JsonNode selector = spec.at("/selector/matchLabels");
    if (namespace.equals(c.proxyNamespace())) {
      return selector.isEmpty() ? 2 : missing(selector, c.labels()).isEmpty() ? 3 : 0;
    }
    return namespace.equals(c.rootNamespace()) && selector.isEmpty() ? 1 : 0;
  }

  private static Check sidecar(Case c) {
    Check selected = selected(c, c.spec().at("/workloadSelector/labels"));
    if (selected.outcome() == Diagnosis.Outcome.BROKEN) {
      return selected;
    }
    String name = c.scope().path("name").asText();
    String of = "the proxy's scope is made of " + name;
    return name.equals(c.name())
        ? relevant(of)
        : irrelevant(
            "another Sidecar wins",
            of,
            "one with a selector wins over one without, then the older");
  }

  private static Check gateway(Case c) {
    if (!c.gateway()) {
      return irrelevant("a Gateway concerns gateways, and this proxy is a sidecar");
    }
    List<String> missing = missing(c.spec().path("selector"), c.labels());
    return missing.isEmpty()
        ? relevant("its selector fits")
        : irrelevant(
            "its selector does not choose the proxy",
            "the proxy lacks " + missing,
            "the proxy's labels are " + c.labels());
  }

  private static Check serviceEntry(Case c) {
    Optional<Check> hidden = hidden(c, "defaultServiceExportTo");
    if (hidden.isPresent()) {
      return hidden.get();
    }
    List<String> hosts = Hosts.texts(c.spec().path("hosts"));
    List<String> scope = Hosts.inScope(c);
    if (hosts.stream().anyMatch(scope::contains)) {
      return relevant("the proxy is told of " + hosts);
    }
    return irrelevant(
        "the proxy is not told of " + hosts,
        "its scope is made of " + SidecarScope.describe(c),
        "it is told of " + scope);
  }
}
