package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a resource, read by the names of protobuf fields. As in protobuf, what is absent
 * or null is empty or zero; what is of another type is an error that names its place.
 */
final class JsonObject {
  private final JsonNode node;
  private final PointerPath path;
  private final Content content;

  private JsonObject(JsonNode node, PointerPath path, Content content) {
    this.node = node;
    this.path = path;
    this.content = content;
  }

  static JsonObject root(JsonNode node, Content content) {
    return new JsonObject(node, PointerPath.root(content.pointer()), content);
  }

  String pointer() {
    return path.toString();
  }

  boolean has(String name) {
    return find(name) != null;
  }

  boolean isEmpty() {
    return node.isEmpty();
  }

  String text(String name) {
    JsonNode value = find(name);
    if (value == null) {
      return "";
    }
    require(value.isTextual(), name, "a string", value);
    return value.textValue();
  }

  boolean flag(String name) {
    JsonNode value = find(name);
    if (value == null) {
      return false;
    }
    require(value.isBoolean(), name, "a boolean", value);
    return value.booleanValue();
  }

  /** A whole number; protobuf's JSON may quote it. */
  long number(String name) {
    JsonNode value = find(name);
    if (value == null) {
      return 0;
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    try {
      if (value.isTextual()) {
        return Long.parseLong(value.textValue());
      }
    } catch (NumberFormatException e) {
      throw content.fault(step(name).toString(), "expected a whole number, found " + value, e);
    }
    throw wrong(name, "a whole number", value);
  }

  /** A number; empty if it is absent or, as protobuf's JSON may say, not finite. */
  OptionalDouble decimal(String name) {
    JsonNode value = find(name);
    if (value == null || value.isTextual()) {
      return OptionalDouble.empty();
    }
    require(value.isNumber(), name, "a number", value);
    return OptionalDouble.of(value.doubleValue());
  }

  /** The object in a field; an empty one if it is absent. */
  JsonObject object(String name) {
    JsonNode value = find(name);
    if (value == null) {
      return new JsonObject(Json.MAPPER.createObjectNode(), step(name), content);
    }
    require(value.isObject(), name, "an object", value);
    return new JsonObject(value, step(name), content);
  }

  /** The objects in an array. */
  <T> List<T> objects(String name, Function<JsonObject, T> maker) {
    JsonNode value = array(name);
    PointerPath array = step(name);
    List<T> list = new ArrayList<>(value.size());
    for (int i = 0; i < value.size(); i++) {
      JsonNode element = value.get(i);
      require(element.isObject(), name, "an array of objects", value);
      list.add(maker.apply(new JsonObject(element, array.element(i), content)));
    }
    return List.copyOf(list);
  }

  /** The strings in an array. */
  List<String> texts(String name) {
    JsonNode value = array(name);
    List<String> list = new ArrayList<>(value.size());
    for (JsonNode element : value) {
      require(element.isTextual(), name, "an array of strings", value);
      list.add(element.textValue());
    }
    return List.copyOf(list);
  }

  /** The fields by their names in protobuf, those that are null left out, as compact JSON. */
  String compact(String... without) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = JsonNames.snake(field.getKey());
      if (!field.getValue().isNull() && !List.of(without).contains(name)) {
        text.append(text.isEmpty() ? "" : " ").append(name).append(' ');
        JsonNode value = field.getValue();
        text.append(value.isTextual() ? "\"" + value.textValue() + "\"" : value.toString());
      }
    }
    return text.toString();
  }

  private JsonNode array(String name) {
    JsonNode value = find(name);
    if (value == null) {
      return Json.MAPPER.createArrayNode();
    }
    require(value.isArray(), name, "an array", value);
    return value;
  }

  private @Nullable JsonNode find(String name) {
    JsonNode value = node.get(name);
    if (value == null && name.indexOf('_') >= 0) {
      value = node.get(JsonNames.camel(name));
    }
    return value == null || value.isNull() ? null : value;
  }

  private void require(boolean fine, String name, String expected, JsonNode found) {
    if (!fine) {
      throw wrong(name, expected, found);
    }
  }

  private EnvoyConfigException wrong(String name, String expected, JsonNode found) {
    JsonNodeType type = found.getNodeType();
    String what = type == JsonNodeType.ARRAY ? "another array" : type.name();
    return content.fault(
        step(name).toString(),
        "expected " + expected + ", found " + what.toLowerCase(Locale.ROOT),
        null);
  }

  private PointerPath step(String name) {
    boolean camel = !node.has(name) && node.has(JsonNames.camel(name));
    return path.field(camel ? JsonNames.camel(name) : name);
  }
}
