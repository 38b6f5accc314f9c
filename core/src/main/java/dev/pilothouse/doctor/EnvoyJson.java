package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ListenerResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Envoy's configuration as JSON. Envoy writes names as {@code a_name}, istiod as {@code aName}. */
final class EnvoyJson {
  private EnvoyJson() {}

  /** What is at a path of names as {@code a_name}; missing if nothing is. */
  static JsonNode at(JsonNode json, String... names) {
    JsonNode found = json;
    for (String name : names) {
      found = found.has(name) ? found.path(name) : found.path(camel(name));
    }
    return found;
  }

  private static String camel(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.split("_", -1)) {
      camel.append(
          camel.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return camel.toString();
  }

  /** The same for both ways of writing it. */
  static String plain(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  static List<JsonNode> chains(ListenerResource listener) {
    List<JsonNode> chains = new ArrayList<>();
    at(listener.raw(), "filter_chains").forEach(chains::add);
    JsonNode last = at(listener.raw(), "default_filter_chain");
    if (!last.isMissingNode()) {
      chains.add(last);
    }
    return chains;
  }

  /** The port that a chain is for; zero if it is for no one port. */
  static int port(ListenerResource listener, JsonNode chain) {
    int port = at(chain, "filter_chain_match", "destination_port").asInt();
    int own = listener.address().port();
    boolean shared = listener.name().startsWith("virtual");
    if (shared) {
      return port == own ? 0 : port;
    }
    return port > 0 ? port : own;
  }

  static boolean inbound(ListenerResource listener) {
    return at(listener.raw(), "traffic_direction").asText().equals("INBOUND");
  }

  /**
   * Whether something has all that was asked for: what has its default is not written out, and
   * numbers, durations and enums are written in several ways.
   */
  static boolean covers(JsonNode has, JsonNode wanted) {
    if (wanted.isObject()) {
      for (Map.Entry<String, JsonNode> field : wanted.properties()) {
        if (!covers(field(has, field.getKey()), field.getValue())) {
          return false;
        }
      }
      return true;
    }
    if (wanted.isArray()) {
      for (JsonNode element : wanted) {
        boolean found = false;
        for (JsonNode other : has) {
          found |= covers(other, element);
        }
        if (!found) {
          return false;
        }
      }
      return true;
    }
    String text = wanted.asText();
    if (has.isMissingNode()) {
      return List.of("", "0", "false", "null", "0s").contains(text);
    }
    // A wrapped value is one in Envoy's types, and a plain one in JSON.
    return has.asText().equals(text) || seconds(has.asText()).equals(seconds(text));
  }

  private static JsonNode field(JsonNode json, String name) {
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (plain(field.getKey()).equals(plain(name))) {
        return field.getValue();
      }
    }
    return json.path(name);
  }

  /** {@code 7s} for {@code 7.000s}. */
  private static String seconds(String text) {
    return text.matches("\\d+\\.\\d*s") ? text.replaceFirst("\\.?0*s$", "s") : text;
  }
}
