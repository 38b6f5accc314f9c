package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the resource leaves in a configuration, by which it is found again: istiod writes the name
 * of a VirtualService and a DestinationRule into what it makes of them, and others leave names and
 * texts of their own.
 */
final class Traces {
  private Traces() {}

  /** Finds what the resource has left; empty for kinds that leave nothing to find. */
  static Optional<Predicate<Resource>> of(Case c) {
    JsonNode spec = c.spec();
    return switch (c.kind()) {
      case VIRTUAL_SERVICE -> text(virtualServices(c));
      case DESTINATION_RULE -> text(Set.of(destinationRule(c)));
      case SERVICE_ENTRY -> {
        List<String> hosts = Hosts.texts(spec.path("hosts"));
        yield Optional.of(
            resource ->
                resource instanceof ClusterResource cluster
                    && cluster
                        .parsedName()
                        .map(ClusterName::host)
                        .filter(hosts::contains)
                        .isPresent());
      }
      case GATEWAY -> {
        Set<String> ports = listenerPorts(c);
        yield Optional.of(
            resource ->
                resource instanceof ListenerResource
                    && ports.stream().anyMatch(port -> resource.name().endsWith(port)));
      }
      // One without rules allows nothing, and its name is nowhere.
      case AUTHORIZATION_POLICY ->
          spec.path("rules").isEmpty()
              ? Optional.empty()
              : text(Set.of("ns[" + c.namespace() + "]-policy[" + c.name() + "]"));
      case REQUEST_AUTHENTICATION -> {
        Set<String> issuers = new TreeSet<>();
        spec.path("jwtRules").forEach(rule -> issuers.add(quoted(rule.path("issuer").asText())));
        yield text(issuers);
      }
      case ENVOY_FILTER -> text(inserted(c));
      case WASM_PLUGIN -> text(Set.of(quotedEnd(c.namespace() + "." + c.name())));
      case SIDECAR, PEER_AUTHENTICATION, TELEMETRY -> Optional.empty();
    };
  }

  /** A gateway listens on the target port of its Service's port. */
  private static Set<String> listenerPorts(Case c) {
    Set<String> ports = new TreeSet<>();
    for (JsonNode server : c.spec().path("servers")) {
      GatewayGeneration.ports(c, server.at("/port/number").asInt())
          .forEach(port -> ports.add("_" + port));
    }
    return ports;
  }

  private static Set<String> virtualServices(Case c) {
    Set<String> names = new TreeSet<>();
    names.add(owner(c.namespace(), "virtual-service", c.name()));
    if (c.spec().path("hosts").isEmpty()) {
      VirtualServiceRelevance.roots(c)
          .forEach(root -> names.add(owner(root.namespace(), "virtual-service", root.name())));
    }
    return names;
  }

  /** Merged rules bear the name of the first. */
  private static String destinationRule(Case c) {
    List<String> merged = DestinationRuleRelevance.merged(c);
    String first = merged.isEmpty() ? c.path() : merged.get(0);
    int slash = first.indexOf('/');
    return owner(first.substring(0, slash), "destination-rule", first.substring(slash + 1));
  }

  private static String owner(String namespace, String kind, String name) {
    return "/namespaces/" + namespace + "/" + kind + "/" + name + "\"";
  }

  /** The names of what its patches insert; what they merge into something leaves no name. */
  private static Set<String> inserted(Case c) {
    Set<String> names = new TreeSet<>();
    for (JsonNode patch : EnvoyFilterRelevance.patches(c).values()) {
      String operation = patch.at("/patch/operation").asText();
      String name = patch.at("/patch/value/name").asText();
      if ((operation.startsWith("INSERT") || operation.equals("ADD")) && !name.isEmpty()) {
        names.add(quoted(name));
      }
    }
    return names;
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  private static String quotedEnd(String text) {
    return text + '"';
  }

  private static Optional<Predicate<Resource>> text(Set<String> texts) {
    return texts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            resource -> {
              String json = resource.raw().toString();
              return texts.stream().anyMatch(json::contains);
            });
  }

  /** What of a configuration bears the traces. */
  static List<Resource> in(EnvoyConfig config, Predicate<Resource> trace) {
    List<Resource> all = new ArrayList<>();
    for (Resource resource : config.resources()) {
      if (trace.test(resource)) {
        all.add(resource);
      }
    }
    return all;
  }

  /** As {@code route configuration 8000}. */
  static String title(Resource resource) {
    String what =
        switch (resource.section()) {
          case STATIC_LISTENERS, DYNAMIC_LISTENERS -> "listener";
          case STATIC_CLUSTERS, DYNAMIC_ACTIVE_CLUSTERS, DYNAMIC_WARMING_CLUSTERS -> "cluster";
          case STATIC_ROUTE_CONFIGS, DYNAMIC_ROUTE_CONFIGS -> "route configuration";
          case STATIC_ENDPOINT_CONFIGS, DYNAMIC_ENDPOINT_CONFIGS -> "endpoints of";
          default -> resource.section().fieldName();
        };
    return what + " " + resource.name();
  }
}
