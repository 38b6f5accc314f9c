package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Whether the rules of an AuthorizationPolicy can ever match at this proxy. */
final class PolicyEffect {
  private static final String BAD_PROVIDER = "policy[%s]-rule[0]-deny-due-to-bad-CUSTOM-action";

  private static final List<String> OF_PEER =
      List.of("principals", "namespaces", "serviceAccounts");

  private final Case c;
  private final List<String> faults = new ArrayList<>();

  private PolicyEffect(Case c) {
    this.c = c;
  }

  /** What keeps it from its effect. */
  static List<String> faults(Case c) {
    PolicyEffect effect = new PolicyEffect(c);
    if (c.kind() == IstioKind.AUTHORIZATION_POLICY) {
      effect.policy();
    }
    return effect.faults;
  }

  private void policy() {
    JsonNode annotations = c.object().at("/metadata/annotations");
    if (annotations.path("istio.io/dry-run").asBoolean()) {
      faults.add("it is a dry run: its annotation istio.io/dry-run is true");
    }
    if (anywhere(BAD_PROVIDER.formatted(c.name()))) {
      faults.add(
          "it denies everything: istiod cannot work with its provider "
              + c.spec().at("/provider/name").asText());
      List<String> known = new ArrayList<>();
      c.istiod()
          .debug()
          .mesh()
          .path("extensionProviders")
          .forEach(provider -> known.add(provider.path("name").asText()));
      faults.add("extensionProviders of the mesh config are " + known);
    }
    int i = 0;
    for (JsonNode rule : c.spec().path("rules")) {
      rule("rules[" + i++ + "]", rule);
    }
  }

  private void rule(String title, JsonNode rule) {
    boolean peer = everySource(rule, OF_PEER) || asks(rule, "source.");
    if (peer
        && c.sidecar()
        && InboundPorts.modes(c).values().stream().allMatch("DISABLE"::equals)) {
      faults.add(
          title
              + " asks who the caller is, and no inbound port of the proxy takes mutual TLS, which"
              + " would tell");
    }
    boolean token = everySource(rule, List.of("requestPrincipals")) || asks(rule, "request.auth.");
    if (token && !readsTokens()) {
      faults.add(
          title + " asks for a token, and no RequestAuthentication makes the proxy read tokens");
    }
    List<String> mistaken = new ArrayList<>();
    boolean others = rule.path("to").isEmpty();
    for (JsonNode to : rule.path("to")) {
      List<String> ports = Hosts.texts(to.at("/operation/ports"));
      List<String> wrong =
          ports.stream().flatMap(port -> InboundPorts.mistaken(c, port).stream()).toList();
      others |= ports.size() > wrong.size() || ports.isEmpty();
      mistaken.addAll(wrong);
    }
    if (!others && !mistaken.isEmpty()) {
      faults.add(title + " is for no port of the workload: " + mistaken);
    }
  }

  /** Whether each source has one of the fields. */
  private static boolean everySource(JsonNode rule, List<String> fields) {
    JsonNode from = rule.path("from");
    for (JsonNode source : from) {
      if (fields.stream().allMatch(field -> source.path("source").path(field).isEmpty())) {
        return false;
      }
    }
    return !from.isEmpty();
  }

  /** Whether a condition asks for values of such a key. */
  private static boolean asks(JsonNode rule, String key) {
    for (JsonNode when : rule.path("when")) {
      String of = when.path("key").asText();
      if (of.startsWith(key) && !of.equals("source.ip") && !when.path("values").isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private boolean readsTokens() {
    return c.pushed().listeners().stream()
        .flatMap(listener -> listener.filterChains().stream())
        .flatMap(chain -> chain.filters().stream())
        .flatMap(filter -> filter.httpFilters().stream())
        .anyMatch(filter -> filter.name().equals("envoy.filters.http.jwt_authn"));
  }

  private boolean anywhere(String text) {
    return c.pushed().listeners().stream()
        .anyMatch(listener -> listener.raw().toString().contains(text));
  }
}
