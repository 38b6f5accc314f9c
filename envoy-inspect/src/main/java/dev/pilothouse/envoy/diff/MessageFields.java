package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import dev.pilothouse.envoy.EnvoyTypes;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The fields of a message in JSON, whichever way their names are spelled. */
final class MessageFields {
  /** Never a field: it says what an {@code Any} is. */
  static final String TYPE = "@type";

  private static final String VALUE = "google.protobuf.Value";

  private final Map<FieldDescriptor, Held> known = new TreeMap<>();
  private final Map<String, Held> unknown = new TreeMap<>();

  /**
   * A field's value.
   *
   * @param spelled its name as it is written, for pointers
   */
  record Held(String spelled, JsonNode value) {}

  MessageFields(Descriptor type, JsonNode message) {
    for (Map.Entry<String, JsonNode> entry : message.properties()) {
      String name = entry.getKey();
      if (name.equals(TYPE)) {
        continue;
      }
      Held held = new Held(name, entry.getValue());
      Optional<FieldDescriptor> field = EnvoyTypes.field(type, name);
      if (field.isEmpty()) {
        unknown.put(Spelling.common(name), held);
      } else if (!isNothing(held.value, field.get())) {
        known.put(field.get(), held);
      }
    }
  }

  @Nullable Held get(FieldDescriptor field) {
    return known.get(field);
  }

  /** In the order of their numbers. */
  Map<FieldDescriptor, Held> known() {
    return known;
  }

  /** By the form of their names that both spellings have in common. */
  Map<String, Held> unknown() {
    return unknown;
  }

  /** The member of a oneof that is set, or null. */
  @Nullable FieldDescriptor chosen(OneofDescriptor oneof) {
    for (FieldDescriptor field : oneof.getFields()) {
      if (known.containsKey(field)) {
        return field;
      }
    }
    return null;
  }

  /** In protobuf's JSON null is the same as absent, but for a value that may itself be null. */
  private static boolean isNothing(JsonNode value, FieldDescriptor field) {
    if (!value.isNull()) {
      return field.isRepeated() && value.isContainerNode() && value.isEmpty();
    }
    return field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
        || !field.getMessageType().getFullName().equals(VALUE);
  }
}
