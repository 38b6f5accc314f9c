package dev.pilothouse.envoy.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A JSON object, read by the names of protobuf fields in either of their spellings. What is absent
 * or of another type is empty: a table shows what it can.
 */
record Fields(JsonNode node) {
  static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final Fields NONE = new Fields(NODES.objectNode());
  private static final Map<String, String> CAMEL = new ConcurrentHashMap<>();

  static Fields none() {
    return NONE;
  }

  JsonNode raw(String name) {
    return get(name);
  }

  boolean has(String name) {
    return !get(name).isMissingNode();
  }

  boolean isEmpty() {
    return node.isEmpty();
  }

  /** A scalar as text. */
  String text(String name) {
    JsonNode value = get(name);
    return value.isValueNode() ? value.asText() : "";
  }

  boolean flag(String name) {
    return get(name).asBoolean(false);
  }

  Fields object(String name) {
    JsonNode value = get(name);
    return value.isObject() ? new Fields(value) : NONE;
  }

  List<Fields> objects(String name) {
    JsonNode value = get(name);
    if (!value.isArray()) {
      return List.of();
    }
    List<Fields> objects = new ArrayList<>(value.size());
    for (JsonNode element : value) {
      objects.add(element.isObject() ? new Fields(element) : NONE);
    }
    return objects;
  }

  <T> List<T> objects(String name, Function<Fields, T> maker) {
    return objects(name).stream().map(maker).toList();
  }

  List<String> texts(String name) {
    JsonNode value = get(name);
    List<String> texts = new ArrayList<>(value.size());
    if (value.isArray()) {
      value.forEach(element -> texts.add(element.asText()));
    }
    return texts;
  }

  /** The names of its fields, as they are written. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The other fields as compact JSON, so that what has no wording is shown all the same. */
  String rest(String... worded) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = snake(field.getKey());
      if (!isIn(worded, name) && !name.equals("@type") && !field.getValue().isNull()) {
        text.append(text.isEmpty() ? "" : ", ").append(name).append(' ');
        JsonNode value = field.getValue();
        text.append(value.isTextual() ? quoted(value.textValue()) : value.toString());
      }
    }
    return text.toString();
  }

  static String quoted(String value) {
    return "\"" + value + "\"";
  }

  /** There are few of them, and this is asked for every field of every route. */
  private static boolean isIn(String[] names, String name) {
    for (String each : names) {
      if (each.equals(name)) {
        return true;
      }
    }
    return false;
  }

  private JsonNode get(String name) {
    JsonNode value = node.get(name);
    if (value == null && name.indexOf('_') >= 0) {
      value = node.get(CAMEL.computeIfAbsent(name, Fields::camel));
    }
    return value == null || value.isNull() ? NODES.missingNode() : value;
  }

  private static String camel(String snake) {
    StringBuilder camel = new StringBuilder();
    for (String word : snake.split("_", -1)) {
      boolean first = camel.isEmpty() || word.isEmpty();
      camel.append(first ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return camel.toString();
  }

  private static String snake(String name) {
    int first = 0;
    while (first < name.length() && !isUpper(name.charAt(first))) {
      first++;
    }
    if (first == name.length()) {
      return name;
    }
    StringBuilder snake = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (isUpper(c)) {
        snake.append('_').append(Character.toLowerCase(c));
      } else {
        snake.append(c);
      }
    }
    return snake.toString();
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
