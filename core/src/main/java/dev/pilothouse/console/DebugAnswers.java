package dev.pilothouse.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug.AuthorizationPolicy;
import dev.pilothouse.console.IstiodDebug.Config;
import dev.pilothouse.console.IstiodDebug.Connection;
import dev.pilothouse.console.IstiodDebug.Endpoint;
import dev.pilothouse.console.IstiodDebug.Finding;
import dev.pilothouse.console.IstiodDebug.Instance;
import dev.pilothouse.console.IstiodDebug.Port;
import dev.pilothouse.console.IstiodDebug.Service;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what istiod's debug endpoints answer. */
final class DebugAnswers {
  private static final List<String> HEALTH =
      List.of("Unknown", "Healthy", "Unhealthy", "Draining", "Terminating");

  private static final List<String> RESOLUTION =
      List.of("ClientSide", "DNS", "Passthrough", "DNSRoundRobin", "Alias", "DynamicDNS");

  private DebugAnswers() {}

  static List<Config> config(JsonNode answer) {
    List<Config> all = new ArrayList<>();
    for (JsonNode object : answer) {
      JsonNode metadata = object.path("metadata");
      all.add(
          new Config(
              object.path("kind").asText(),
              metadata.path("namespace").asText(),
              metadata.path("name").asText(),
              object));
    }
    return all;
  }

  static List<Service> services(JsonNode answer) {
    List<Service> all = new ArrayList<>();
    for (JsonNode service : answer) {
      JsonNode attributes = service.path("Attributes");
      List<Port> ports = new ArrayList<>();
      for (JsonNode port : service.path("ports")) {
        ports.add(
            new Port(
                port.path("name").asText(),
                port.path("port").asInt(),
                port.path("protocol").asText()));
      }
      all.add(
          new Service(
              service.path("hostname").asText(),
              attributes.path("Namespace").asText(),
              attributes.path("Name").asText(),
              attributes.path("ServiceRegistry").asText(),
              service.path("defaultAddress").asText(),
              name(RESOLUTION, service.path("Resolution")),
              keys(attributes.path("ExportTo")),
              ports,
              service));
    }
    return all;
  }

  static List<Endpoint> endpoints(JsonNode answer) {
    List<Endpoint> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> service : answer.properties()) {
      for (Map.Entry<String, JsonNode> namespace : service.getValue().properties()) {
        for (Map.Entry<String, JsonNode> shard : namespace.getValue().path("Shards").properties()) {
          for (JsonNode endpoint : shard.getValue()) {
            all.add(
                new Endpoint(
                    service.getKey(),
                    namespace.getKey(),
                    shard.getKey(),
                    endpoint.path("ServicePortName").asText(),
                    texts(endpoint.path("Addresses")),
                    endpoint.path("EndpointPort").asInt(),
                    name(HEALTH, endpoint.path("HealthStatus")),
                    labels(endpoint.path("Labels")),
                    endpoint));
          }
        }
      }
    }
    return all;
  }

  static List<Connection> connections(String replica, JsonNode answer) {
    List<Connection> all = new ArrayList<>();
    for (JsonNode client : answer.path("clients")) {
      String id = client.path("connectionId").asText();
      all.add(
          new Connection(
              replica,
              id,
              ProxyQuestion.proxyOf(id),
              instant(client.path("connectedAt").asText()),
              client.path("address").asText(),
              lists(client.path("watches")),
              client));
    }
    return all;
  }

  static List<Finding> findings(JsonNode answer) {
    List<Finding> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> metric : answer.properties()) {
      for (Map.Entry<String, JsonNode> key : metric.getValue().properties()) {
        all.add(
            new Finding(
                metric.getKey(),
                key.getKey(),
                key.getValue().path("proxy").asText(),
                key.getValue().path("message").asText()));
      }
    }
    return all;
  }

  static Map<String, List<Instance>> instances(JsonNode answer) {
    Map<String, List<Instance>> all = new TreeMap<>();
    for (Map.Entry<String, JsonNode> proxy : answer.properties()) {
      List<Instance> instances = new ArrayList<>();
      for (JsonNode target : proxy.getValue()) {
        JsonNode port = target.path("Port");
        instances.add(
            new Instance(
                target.path("Service").path("hostname").asText(),
                port.path("port").asInt(),
                port.path("TargetPort").asInt()));
      }
      all.put(proxy.getKey(), instances);
    }
    return all;
  }

  static List<AuthorizationPolicy> authorization(JsonNode answer) {
    List<AuthorizationPolicy> all = new ArrayList<>();
    for (JsonNode namespace : answer.path("authorization_policies").path("namespace_to_policies")) {
      for (JsonNode policy : namespace) {
        all.add(
            new AuthorizationPolicy(
                policy.path("namespace").asText(),
                policy.path("name").asText(),
                policy.path("spec")));
      }
    }
    return all;
  }

  static Map<String, List<String>> lists(JsonNode object) {
    Map<String, List<String>> all = new TreeMap<>();
    object.properties().forEach(entry -> all.put(entry.getKey(), texts(entry.getValue())));
    return all;
  }

  private static List<String> texts(JsonNode array) {
    List<String> all = new ArrayList<>();
    array.forEach(value -> all.add(value.asText()));
    return all;
  }

  /** Go writes a set as an object without values, or as an array. */
  private static List<String> keys(JsonNode set) {
    List<String> all = texts(set.isArray() ? set : set.path("-"));
    set.properties().forEach(entry -> all.add(entry.getKey()));
    return all;
  }

  private static Map<String, String> labels(JsonNode object) {
    Map<String, String> all = new TreeMap<>();
    object.properties().forEach(entry -> all.put(entry.getKey(), entry.getValue().asText()));
    return all;
  }

  private static String name(List<String> names, JsonNode number) {
    int value = number.asInt();
    return value >= 0 && value < names.size() ? names.get(value) : String.valueOf(value);
  }

  private static @Nullable Instant instant(String text) {
    try {
      return text.isEmpty() ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
