package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
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
      case SIDECAR -> SidecarRelevance.check(c);
      case ENVOY_FILTER -> EnvoyFilterRelevance.check(c);
      case PEER_AUTHENTICATION -> PeerAuthenticationRelevance.check(c);
      case TELEMETRY -> TelemetryRelevance.check(c);
      case AUTHORIZATION_POLICY, REQUEST_AUTHENTICATION, WASM_PLUGIN ->
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
    return exported(exportTo, c.namespace(), c.proxyNamespace())
        ? Optional.empty()
        : Optional.of(
            irrelevant(
                "it is not exported to the proxy's namespace " + c.proxyNamespace(),
                from + " is " + exportTo + ", its namespace is " + c.namespace()));
  }

  /** Whether what is in a namespace, and has this {@code exportTo}, is seen in another one. */
  static boolean exported(List<String> exportTo, String from, String to) {
    return exportTo.isEmpty()
        || exportTo.contains("*")
        || exportTo.contains(to)
        || (exportTo.contains(".") && from.equals(to));
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
  static Check selected(Case c, JsonNode selector) {
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
    List<String> taken =
        hosts.stream().flatMap(host -> ServiceEntryGeneration.taken(c, host).stream()).toList();
    if (!hosts.isEmpty() && taken.size() == hosts.size()) {
      return irrelevant(
          "the proxy is told of another service of its hosts",
          "for this proxy " + String.join("; ", taken),
          "a Service of Kubernetes comes first, then what is of the proxy's namespace");
    }
    if (hosts.stream().anyMatch(scope::contains)) {
      return relevant("the proxy is told of " + hosts, taken.toArray(new String[0]));
    }
    return irrelevant(
        "the proxy is not told of " + hosts,
        "its scope is made of " + SidecarScope.describe(c),
        "it is told of " + scope);
  }
}
