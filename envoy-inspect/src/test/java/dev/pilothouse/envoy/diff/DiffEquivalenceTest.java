package dev.pilothouse.envoy.diff;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.pilothouse.envoy.Dumps;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyTypes;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written otherwise, or stands elsewhere where no order is, is no difference. */
class DiffEquivalenceTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern TYPE = Pattern.compile("\"@type\":\\s*\"([^\"]*)\"");
  private static final Pattern DURATION = Pattern.compile("\"(\\d+)s\"");

  /** Envoy's own documentation calls these sets, maps, or chooses by the best match. */
  private static final Set<String> NO_ORDER =
      Set.of(
          "configs",
          "static_clusters",
          "dynamic_active_clusters",
          "dynamic_listeners",
          "static_listeners",
          "dynamic_route_configs",
          "static_route_configs",
          "dynamic_endpoint_configs",
          "static_endpoint_configs",
          "static_secrets",
          "virtual_hosts",
          "domains",
          "headers",
          "query_parameters",
          "filter_chains",
          "server_names",
          "application_protocols",
          "prefix_ranges",
          "source_prefix_ranges",
          "source_ports",
          "lb_endpoints",
          "endpoints",
          "thresholds",
          "response_headers_to_add",
          "response_headers_to_remove",
          "request_headers_to_add",
          "request_headers_to_remove",
          "retriable_status_codes",
          "extensions",
          "upgrade_configs",
          "custom_tags",
          "permissions",
          "principals");

  static Stream<String> dumps() {
    return Dumps.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void aDumpIsTheSameAsItself(String name) {
    EnvoyConfig config = Dumps.read(name);
    assertThat(EnvoyDiff.between(config, Dumps.read(name)).differences()).isEmpty();
    assertThat(EnvoyDiff.between(config, reread(MAPPER.valueToTree(tree(name)))).differences())
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void shufflingWhatHasNoOrderIsNoDifference(String name) {
    EnvoyConfig before = Dumps.read(name);
    for (int seed = 0; seed < 5; seed++) {
      ObjectNode shuffled = (ObjectNode) shuffle("", tree(name), new Random(seed));
      assertThat(shuffled.toString()).isNotEqualTo(tree(name).toString());
      assertThat(EnvoyDiff.between(before, reread(shuffled)).differences()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void anotherSpellingIsNoDifference(String name) {
    EnvoyConfig before = Dumps.read(name);
    List<JsonFormat.Printer> styles =
        List.of(
            JsonFormat.printer(),
            JsonFormat.printer().preservingProtoFieldNames().printingEnumsAsInts(),
            JsonFormat.printer().alwaysPrintFieldsWithNoPresence());
    for (JsonFormat.Printer style : styles) {
      ObjectNode other = tree(name);
      int changed = 0;
      for (Resource resource : before.resources()) {
        if (resource.unknown().isEmpty() && !resource.raw().isEmpty()) {
          changed += rewrite(other, resource, style) ? 1 : 0;
        }
      }
      assertThat(changed).isPositive();
      assertThat(EnvoyDiff.between(before, reread(other)).differences()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void durationsAndNumbersCountByValue(String name) throws Exception {
    String text = DURATION.matcher(tree(name).toString()).replaceAll("\"$1.000s\"");
    String other =
        text.replaceAll("\"port_value\":(\\d+)", "\"port_value\":\"$1\"")
            .replaceAll("\"weight\":(\\d+)", "\"weight\":$1.0")
            .replaceAll("\"max_connections\":(\\d+)", "\"max_connections\":$1e0");
    EnvoyConfig after = reread((ObjectNode) MAPPER.readTree(other));
    assertThat(EnvoyDiff.between(Dumps.read(name), after).differences()).isEmpty();
  }

  private static boolean rewrite(ObjectNode dump, Resource resource, JsonFormat.Printer style) {
    try {
      ObjectNode old = (ObjectNode) dump.at(resource.pointer());
      JsonFormat.Printer printer = style.usingTypeRegistry(types(old.toString()));
      Message message = resource.message();
      ObjectNode fresh = (ObjectNode) MAPPER.readTree(printer.print(message));
      JsonNode type = old.get("@type");
      boolean differs = !fresh.equals(old.deepCopy().without("@type"));
      old.removeAll();
      if (type != null) {
        old.set("@type", type);
      }
      old.setAll(fresh);
      return differs;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static TypeRegistry types(String json) {
    TypeRegistry.Builder registry = TypeRegistry.newBuilder();
    Matcher types = TYPE.matcher(json);
    while (types.find()) {
      EnvoyTypes.descriptor(types.group(1)).ifPresent(registry::add);
    }
    return registry.build();
  }

  private static JsonNode shuffle(String name, JsonNode node, Random random) {
    if (node instanceof ObjectNode object) {
      ObjectNode shuffled = MAPPER.createObjectNode();
      List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(object.properties());
      Collections.shuffle(fields, random);
      fields.forEach(
          f -> shuffled.set(f.getKey(), shuffle(snake(f.getKey()), f.getValue(), random)));
      return shuffled;
    }
    if (node instanceof ArrayNode array) {
      List<JsonNode> elements = new ArrayList<>();
      array.forEach(element -> elements.add(shuffle("", element, random)));
      if (NO_ORDER.contains(name)) {
        Collections.shuffle(elements, random);
      }
      return MAPPER.createArrayNode().addAll(elements);
    }
    return node;
  }

  private static String snake(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
  }

  private static ObjectNode tree(String name) {
    try {
      return (ObjectNode) MAPPER.readTree(Dumps.text(name));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static EnvoyConfig reread(ObjectNode dump) {
    return DiffMutationTest.read(dump);
  }
}
