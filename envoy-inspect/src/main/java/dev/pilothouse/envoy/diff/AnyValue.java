package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import dev.pilothouse.envoy.EnvoyTypes;
import java.util.Optional;

/**
 * An {@code Any} in JSON: its fields lie beside its type, but for those that JSON writes its own
 * way.
 */
final class AnyValue {
  private AnyValue() {}

  /** The message's name: what stands before it in the URL says nothing of the message. */
  static String type(JsonNode any) {
    return name(any.path(MessageFields.TYPE).asText());
  }

  /** The message's name in a type URL. */
  static String name(String typeUrl) {
    return typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
  }

  static Shape shape(JsonNode any) {
    Optional<Descriptor> type = EnvoyTypes.descriptor(type(any));
    if (type.isEmpty()) {
      return Shape.UNKNOWN;
    }
    return isWrapped(any) ? Shape.STRUCT : new Shape.Known(type.get());
  }

  /** The content without the type; the shape says how to read it. */
  static JsonNode content(JsonNode any) {
    if (any instanceof ObjectNode object && object.has(MessageFields.TYPE)) {
      ObjectNode content = object.objectNode();
      object.properties().forEach(e -> content.set(e.getKey(), e.getValue()));
      content.remove(MessageFields.TYPE);
      return content;
    }
    return any;
  }

  /** Types like Struct and Duration stand in a field of their own. */
  private static boolean isWrapped(JsonNode any) {
    return type(any).startsWith("google.protobuf.");
  }
}
