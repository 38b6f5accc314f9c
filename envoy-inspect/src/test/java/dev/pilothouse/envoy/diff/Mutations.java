package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.pilothouse.envoy.EnvoyTypes;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.diff.Difference.Change;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes every kind of change of one field that can be made to the messages of a real dump: along
 * the descriptors, one of each kind of change for each field of each message type.
 */
final class Mutations {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<String> OWN_JSON =
      Set.of("Struct", "Value", "ListValue", "Duration", "Timestamp", "FieldMask");

  private final Set<String> kinds = new HashSet<>();
  private final List<Mutation> all = new ArrayList<>();
  private final ObjectNode dump;

  /**
   * A change of one field.
   *
   * @param kind the field and what is done to it
   * @param change what the diff has to say
   * @param pointer where
   * @param apply does it to a copy of the dump
   */
  record Mutation(
      String kind, Change change, @Nullable String pointer, Consumer<ObjectNode> apply) {
    @Override
    public String toString() {
      return kind + " at " + pointer;
    }
  }

  private Mutations(ObjectNode dump) {
    this.dump = dump;
  }

  static List<Mutation> of(ObjectNode dump, List<Resource> resources) {
    Mutations mutations = new Mutations(dump);
    for (Resource resource : resources) {
      Optional<Descriptor> type = EnvoyTypes.descriptor(resource.typeUrl());
      JsonNode node = dump.at(resource.pointer());
      boolean inUse =
          resource.state() == Resource.State.ACTIVE || resource.state() == Resource.State.WARMING;
      if (type.isPresent() && node.isObject() && inUse) {
        mutations.message(type.get(), (ObjectNode) node, resource.pointer(), true);
      }
    }
    return mutations.all;
  }

  private void message(Descriptor type, ObjectNode node, String pointer, boolean isResource) {
    for (FieldDescriptor field : type.getFields()) {
      String name = node.has(field.getJsonName()) ? field.getJsonName() : field.getName();
      boolean identity = isResource && Set.of("name", "cluster_name").contains(field.getName());
      JsonNode value = node.get(name);
      if (identity || field.getOptions().getDeprecated()) {
        continue;
      }
      if (value == null) {
        addAbsent(node, field, pointer);
      } else if (field.isMapField()) {
        map(field, (ObjectNode) value, pointer + "/" + name);
      } else if (field.isRepeated()) {
        list(field, (ArrayNode) value, pointer + "/" + name);
      } else {
        one(field, value, pointer, name);
      }
    }
  }

  private void one(FieldDescriptor field, JsonNode value, String pointer, String name) {
    String at = pointer + "/" + name;
    if (isPresent(field, value)) {
      boolean zeroHasMeaning =
          !field.hasPresence()
              && Set.of("BOOLEAN", "INT", "LONG", "FLOAT", "DOUBLE", "ENUM")
                  .contains(field.getJavaType().name());
      add(
          field,
          "unset",
          zeroHasMeaning ? Change.CHANGED : Change.REMOVED,
          at,
          root -> ((ObjectNode) root.at(pointer)).remove(name));
    }
    value(field, value, at, changed -> root -> ((ObjectNode) root.at(pointer)).set(name, changed));
  }

  /** Those of which the absence is the same are no change when they go. */
  private static boolean isPresent(FieldDescriptor field, JsonNode value) {
    boolean zero =
        (value.isTextual() && value.textValue().isEmpty())
            || (value.isBoolean() && !value.booleanValue())
            || (value.isNumber() && value.doubleValue() == 0);
    String absent = Defaults.of(field.getFullName());
    boolean byDefault =
        absent != null
            && (absent.equals(value.asText())
                || (absent.equals("{}") && value.isObject())
                || Set.of("HEALTHY", "STATIC").contains(value.asText()));
    return !(zero && !field.hasPresence()) && !byDefault;
  }

  private interface Setter {
    Consumer<ObjectNode> to(JsonNode changed);
  }

  private void value(FieldDescriptor field, JsonNode value, String at, Setter setter) {
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      Descriptor type = field.getMessageType();
      if (type.getFullName().equals("google.protobuf.Any")) {
        any(field, (ObjectNode) value, at);
        return;
      }
      if (type.getFullName().equals("google.protobuf.Struct")) {
        raw(field, value, at);
        return;
      }
      boolean known = !type.getFile().getPackage().equals("google.protobuf");
      if (known && value.isObject()) {
        message(type, (ObjectNode) value, at, false);
        return;
      }
    }
    JsonNode changed = changed(field, value);
    // What is redacted cannot be compared.
    if (changed != null && !value.asText().equals("[redacted]")) {
      add(field, "change", Change.CHANGED, at, setter.to(changed));
    }
  }

  private static @Nullable JsonNode changed(FieldDescriptor field, JsonNode value) {
    if (field.getJavaType() == FieldDescriptor.JavaType.ENUM) {
      return otherEnum(field, value);
    }
    if (value.isBoolean()) {
      return JSON.booleanNode(!value.booleanValue());
    }
    if (value.isNumber()) {
      return JSON.numberNode(value.longValue() == 0 ? 7 : value.longValue() - 1);
    }
    String text = value.asText();
    if (text.matches("[0-9.]+s")) {
      return JSON.textNode("7" + text);
    }
    if (field.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING) {
      return JSON.textNode("bXV0YXRlZA==");
    }
    return value.isTextual() ? JSON.textNode(text + "-mutated") : null;
  }

  private static @Nullable JsonNode otherEnum(FieldDescriptor field, JsonNode value) {
    for (EnumValueDescriptor other : field.getEnumType().getValues()) {
      boolean sameMeaning = other.getName().equals("UNKNOWN") || other.getName().equals("HEALTHY");
      if (!other.getName().equals(value.asText()) && !sameMeaning) {
        return JSON.textNode(other.getName());
      }
    }
    return null;
  }

  private void any(FieldDescriptor field, ObjectNode value, String at) {
    String typeUrl = value.path("@type").asText();
    Optional<Descriptor> type = EnvoyTypes.descriptor(typeUrl);
    add(
        field,
        "type of Any",
        Change.CHANGED,
        at,
        root -> ((ObjectNode) root.at(at)).put("@type", "type.googleapis.com/a.B"));
    if (type.isPresent()) {
      message(type.get(), value, at, false);
    } else {
      raw(field, value, at);
    }
  }

  /** JSON whose fields nobody knows. */
  private void raw(FieldDescriptor field, JsonNode value, String at) {
    String kind = "raw in " + field.getFullName() + " ";
    if (value.isObject()) {
      add(
          kind + "new key",
          Change.ADDED,
          at + "/mutation",
          root -> ((ObjectNode) root.at(at)).put("mutation", 1));
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        String key = entry.getKey();
        if (!key.equals("@type")) {
          String inside = at + "/" + key.replace("~", "~0").replace("/", "~1");
          Consumer<ObjectNode> remove = root -> ((ObjectNode) root.at(at)).remove(key);
          add(kind + "without " + key, Change.REMOVED, inside, remove);
          raw(field, entry.getValue(), inside);
        }
      }
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        raw(field, value.get(i), at + "/" + i);
      }
    } else {
      String parent = at.substring(0, at.lastIndexOf('/'));
      if (dump.at(parent) instanceof ObjectNode) {
        String key = at.substring(at.lastIndexOf('/') + 1).replace("~1", "/").replace("~0", "~");
        add(
            kind + key,
            Change.CHANGED,
            at,
            root -> ((ObjectNode) root.at(parent)).put(key, "mutated"));
      }
    }
  }

  private void map(FieldDescriptor field, ObjectNode map, String at) {
    FieldDescriptor valueField = field.getMessageType().findFieldByName("value");
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String key = entry.getKey();
      String inside = at + "/" + key.replace("~", "~0").replace("/", "~1");
      JsonNode copy = entry.getValue().deepCopy();
      add(
          field,
          "entry removed",
          Change.REMOVED,
          map.size() == 1 ? at : inside,
          root -> ((ObjectNode) root.at(at)).remove(key));
      add(
          field,
          "entry added",
          Change.ADDED,
          at + "/mutation",
          root -> ((ObjectNode) root.at(at)).set("mutation", copy));
      value(
          valueField,
          entry.getValue(),
          inside,
          changed -> root -> ((ObjectNode) root.at(at)).set(key, changed));
    }
  }

  private void list(FieldDescriptor field, ArrayNode list, String at) {
    for (int i = 0; i < list.size(); i++) {
      int index = i;
      String inside = at + "/" + i;
      add(
          field,
          "element removed",
          Change.REMOVED,
          list.size() == 1 ? at : inside,
          root -> ((ArrayNode) root.at(at)).remove(index));
      add(
          field,
          "element doubled",
          Change.ADDED,
          null,
          root -> ((ArrayNode) root.at(at)).insert(index, root.at(inside).deepCopy()));
      if (i > 0 && !list.get(i).equals(list.get(i - 1))) {
        add(
            field,
            "elements swapped",
            Change.MOVED,
            null,
            root -> {
              ArrayNode array = (ArrayNode) root.at(at);
              array.insert(index - 1, array.remove(index));
            });
      }
      value(
          field,
          list.get(i),
          inside,
          changed -> root -> ((ArrayNode) root.at(at)).set(index, changed));
    }
  }

  private void addAbsent(ObjectNode node, FieldDescriptor field, String pointer) {
    boolean otherMember =
        field.getRealContainingOneof() != null
            && field.getRealContainingOneof().getFields().stream()
                .anyMatch(f -> node.has(f.getName()) || node.has(f.getJsonName()));
    JsonNode value = otherMember ? null : absent(field);
    if (value != null) {
      boolean zeroHasMeaning = !field.hasPresence() && !field.isRepeated() && !value.isTextual();
      boolean enumHas =
          field.getJavaType() == FieldDescriptor.JavaType.ENUM && !field.hasPresence();
      add(
          field,
          "set",
          zeroHasMeaning || (enumHas && !field.isRepeated()) ? Change.CHANGED : Change.ADDED,
          pointer + "/" + field.getName(),
          root -> ((ObjectNode) root.at(pointer)).set(field.getName(), value));
    }
  }

  private static @Nullable JsonNode absent(FieldDescriptor field) {
    if (field.isRepeated()) {
      return field.getJavaType() == FieldDescriptor.JavaType.STRING
          ? JSON.arrayNode().add("mutation")
          : null;
    }
    return switch (field.getJavaType()) {
      case BOOLEAN -> JSON.booleanNode(true);
      case INT, LONG, FLOAT, DOUBLE -> JSON.numberNode(7);
      case STRING -> JSON.textNode("mutation");
      case BYTE_STRING -> JSON.textNode("bXV0YXRlZA==");
      case ENUM ->
          field.getFullName().endsWith("health_status")
              ? null
              : JSON.textNode(
                  field
                      .getEnumType()
                      .getValues()
                      .get(field.getEnumType().getValues().size() - 1)
                      .getName());
      case MESSAGE -> {
        Descriptor type = field.getMessageType();
        yield switch (type.getFullName()) {
          case "google.protobuf.BoolValue" ->
              JSON.booleanNode(!"true".equals(Defaults.of(field.getFullName())));
          case "google.protobuf.UInt32Value", "google.protobuf.UInt64Value" -> JSON.numberNode(77);
          case "google.protobuf.Duration" -> JSON.textNode("77s");
          default ->
              OWN_JSON.contains(type.getName()) || Defaults.of(field.getFullName()) != null
                  ? null
                  : type.getFile().getPackage().equals("google.protobuf")
                      ? null
                      : JSON.objectNode();
        };
      }
    };
  }

  private void add(
      FieldDescriptor field,
      String what,
      Change change,
      @Nullable String pointer,
      Consumer<ObjectNode> apply) {
    add(field.getFullName() + " " + what, change, pointer, apply);
  }

  private void add(
      String kind, Change change, @Nullable String pointer, Consumer<ObjectNode> apply) {
    if (kinds.add(kind)) {
      all.add(new Mutation(kind, change, pointer, apply));
    }
  }
}
