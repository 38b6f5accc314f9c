package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.pilothouse.envoy.diff.MessageFields.Held;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An element of a list: by what it is known there, and how alike it is to another. */
final class Element {
  private static final int LONGEST_LABEL = 80;

  private final int index;
  private final Shape shape;
  private final JsonNode json;
  private final Meaning meaning;
  private final List<String> identityPaths;
  private final String identity;
  private final String label;
  private @Nullable String whole;
  private @Nullable Map<String, Integer> leaves;

  private Element(
      int index,
      Shape shape,
      JsonNode json,
      Meaning meaning,
      List<String> identityPaths,
      List<Part> parts) {
    this.index = index;
    this.shape = shape;
    this.json = json;
    this.meaning = meaning;
    this.identityPaths = identityPaths;
    this.identity = keys(parts);
    this.label =
        String.join(":", parts.stream().map(Part::label).filter(l -> !l.isEmpty()).toList());
  }

  private record Part(String key, String label) {}

  static Element of(int index, Shape shape, JsonNode json, Meaning meaning) {
    for (List<String> paths : alternatives(shape, json)) {
      List<Part> parts = parts(shape, json, paths, meaning);
      if (!parts.isEmpty()) {
        return new Element(index, shape, json, meaning, paths, parts);
      }
    }
    return new Element(index, shape, json, meaning, List.of(), List.of());
  }

  JsonNode json() {
    return json;
  }

  /** Its place in the JSON. */
  int index() {
    return index;
  }

  /** By what it is known; empty if by nothing. */
  String identity() {
    return identity;
  }

  /** Its identity for people; empty if it has none that is a name or an address. */
  String label() {
    return label.length() > LONGEST_LABEL ? "" : label;
  }

  /** What it means. */
  String whole() {
    if (whole == null) {
      whole = meaning.of(shape, json);
    }
    return whole;
  }

  /** What it means but for its identity. */
  String rest() {
    if (identityPaths.isEmpty()) {
      return whole();
    }
    ObjectNode copy = json.deepCopy();
    identityPaths.forEach(path -> remove(copy, path));
    return meaning.of(shape, copy);
  }

  /** By what it would be known without its name; empty if by nothing. */
  String secondIdentity() {
    return alternatives(shape, json).stream()
        .filter(paths -> !paths.equals(identityPaths))
        .map(paths -> keys(parts(shape, json, paths, meaning)))
        .filter(key -> !key.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** By which fields it is known, as by its match for want of a name. */
  List<String> identityPaths() {
    return identityPaths;
  }

  /** How much of the two is the same, from 0 to 1. */
  double likeness(Element other) {
    Map<String, Integer> mine = leaves();
    Map<String, Integer> others = other.leaves();
    int common = 0;
    int all = 0;
    for (Map.Entry<String, Integer> leaf : mine.entrySet()) {
      common += Math.min(leaf.getValue(), others.getOrDefault(leaf.getKey(), 0));
      all += leaf.getValue();
    }
    for (int count : others.values()) {
      all += count;
    }
    return all == 0 ? 1 : 2.0 * common / all;
  }

  private Map<String, Integer> leaves() {
    if (leaves == null) {
      leaves = new HashMap<>();
      collect("", json, leaves);
    }
    return leaves;
  }

  private static void collect(String path, JsonNode node, Map<String, Integer> leaves) {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        collect(path + "/" + Spelling.common(entry.getKey()), entry.getValue(), leaves);
      }
    } else if (node.isArray()) {
      node.forEach(element -> collect(path + "/", element, leaves));
    } else {
      leaves.merge(path + "=" + node.asText(), 1, Integer::sum);
    }
  }

  private static String keys(List<Part> parts) {
    return String.join("|", parts.stream().map(Part::key).toList());
  }

  private static List<List<String>> alternatives(Shape shape, JsonNode json) {
    if (!json.isObject()) {
      return List.of();
    }
    if (shape instanceof Shape.Known known) {
      return ListRules.identities(known.type());
    }
    return json.path("name").isTextual() ? List.of(List.of("name")) : List.of();
  }

  /** What these fields hold; nothing when none of them is set. */
  private static List<Part> parts(Shape shape, JsonNode json, List<String> paths, Meaning meaning) {
    List<Part> parts = paths.stream().map(path -> part(shape, json, path, meaning)).toList();
    return parts.stream().allMatch(part -> part.key.isEmpty()) ? List.of() : parts;
  }

  private static Part part(Shape shape, JsonNode json, String path, Meaning meaning) {
    Shape at = shape;
    JsonNode node = json;
    for (String step : path.split("\\.", -1)) {
      if (at instanceof Shape.Known known) {
        MessageFields fields = new MessageFields(known.type(), node);
        FieldDescriptor field = known.type().findFieldByName(step);
        Held held = field == null ? null : fields.get(field);
        if (field == null || held == null || !meaning.counts(field, fields, held.value())) {
          return new Part("", "");
        }
        at = Shape.of(field, fields);
        node = held.value();
      } else {
        node = node.path(step);
      }
    }
    String label = path.endsWith("match") ? "" : label(node);
    return new Part(meaning.of(at, node), label);
  }

  /** The values in it, without their names. */
  private static String label(JsonNode node) {
    if (!node.isContainerNode()) {
      return node.asText();
    }
    List<String> values = new ArrayList<>();
    node.forEach(
        child -> {
          String value = label(child);
          if (!value.isEmpty()) {
            values.add(value);
          }
        });
    return String.join(":", values);
  }

  private static void remove(ObjectNode object, String path) {
    int dot = path.indexOf('.');
    String first = dot < 0 ? path : path.substring(0, dot);
    for (String spelled : new String[] {first, Spelling.common(first)}) {
      if (dot < 0) {
        object.remove(spelled);
      } else if (object.get(spelled) instanceof ObjectNode child) {
        remove(child, path.substring(dot + 1));
      }
    }
  }
}
