package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the protobuf message of a resource from its JSON.
 *
 * <p>protobuf's own reader throws on an {@code Any} of a type it does not have, and drops unknown
 * fields in silence. So the JSON is walked first, along the message's descriptor: what is unknown
 * is listed, and an unknown {@code Any} becomes a {@link TypedStruct}, which holds any type's
 * content.
 */
final class MessageConverter {
  private static final int LONGEST = 400;

  private static final String TYPE = "@type";
  private static final String ANY = "google.protobuf.Any";
  // Messages whose JSON is not an object of their fields.
  static final Set<String> OWN_JSON =
      Set.of(
          "google.protobuf.Struct",
          "google.protobuf.Value",
          "google.protobuf.ListValue",
          "google.protobuf.Timestamp",
          "google.protobuf.Duration",
          "google.protobuf.FieldMask",
          "google.protobuf.DoubleValue",
          "google.protobuf.FloatValue",
          "google.protobuf.Int64Value",
          "google.protobuf.UInt64Value",
          "google.protobuf.Int32Value",
          "google.protobuf.UInt32Value",
          "google.protobuf.BoolValue",
          "google.protobuf.StringValue",
          "google.protobuf.BytesValue");

  private final Content content;
  private final List<Unknown> unknown = new ArrayList<>();
  private final Set<Descriptor> types = new HashSet<>();

  MessageConverter(Content content) {
    this.content = content;
  }

  /** What the message cannot show. */
  List<Unknown> unknown() {
    walk();
    return List.copyOf(unknown);
  }

  Message message() {
    ObjectNode json = walk();
    Message.Builder builder =
        EnvoyTypes.INSTANCE
            .find(content.typeUrl())
            .orElse(TypedStruct.getDefaultInstance())
            .newBuilderForType();
    try {
      JsonFormat.parser()
          .ignoringUnknownFields()
          .usingTypeRegistry(EnvoyTypes.INSTANCE.registry(types))
          .merge(json.toString(), builder);
      return builder.build();
    } catch (InvalidProtocolBufferException e) {
      throw content.fault(content.pointer(), brief(String.valueOf(e.getMessage())), e);
    }
  }

  /** protobuf quotes all of what it does not like. */
  private static String brief(String message) {
    return message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…";
  }

  private ObjectNode walk() {
    if (!(content.json() instanceof ObjectNode json)) {
      throw content.fault(content.pointer(), "expected an object", null);
    }
    Optional<Message> known = EnvoyTypes.INSTANCE.find(content.typeUrl());
    if (known.isEmpty()) {
      unknown.add(new Unknown(Unknown.Kind.TYPE, content.typeUrl(), content.pointer()));
      json.remove(TYPE);
      return typedStruct(content.typeUrl(), json);
    }
    json.remove(TYPE);
    walkMessage(json, known.get().getDescriptorForType(), PointerPath.root(content.pointer()));
    return json;
  }

  private void walkMessage(ObjectNode json, Descriptor type, PointerPath pointer) {
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      String name = entry.getKey();
      PointerPath at = pointer.field(name);
      FieldDescriptor field = EnvoyTypes.Fields.find(type, name);
      if (field == null) {
        if (!name.equals(TYPE)) {
          unknown.add(
              new Unknown(Unknown.Kind.FIELD, type.getFullName() + "." + name, at.toString()));
        }
      } else if (field.isMapField()) {
        walkMap(entry.getValue(), field, at);
      } else if (field.isRepeated() && entry.getValue() instanceof ArrayNode array) {
        for (int i = 0; i < array.size(); i++) {
          walkValue(array.get(i), field, at.element(i));
        }
      } else {
        walkValue(entry.getValue(), field, at);
      }
    }
  }

  private void walkMap(JsonNode map, FieldDescriptor field, PointerPath pointer) {
    FieldDescriptor value = field.getMessageType().findFieldByName("value");
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      walkValue(entry.getValue(), value, pointer.field(entry.getKey()));
    }
  }

  private void walkValue(JsonNode value, FieldDescriptor field, PointerPath pointer) {
    switch (field.getJavaType()) {
      case ENUM -> {
        if (value.isTextual() && field.getEnumType().findValueByName(value.textValue()) == null) {
          unknown.add(new Unknown(Unknown.Kind.ENUM_VALUE, value.textValue(), pointer.toString()));
        }
      }
      case MESSAGE -> {
        Descriptor type = field.getMessageType();
        if (value instanceof ObjectNode object) {
          if (type.getFullName().equals(ANY)) {
            walkAny(object, pointer);
          } else if (!OWN_JSON.contains(type.getFullName())) {
            walkMessage(object, type, pointer);
          }
        }
      }
      default -> {}
    }
  }

  private void walkAny(ObjectNode any, PointerPath pointer) {
    if (!(any.get(TYPE) instanceof TextNode url)) {
      return;
    }
    String typeUrl = url.textValue();
    Optional<Message> known = EnvoyTypes.INSTANCE.find(typeUrl);
    if (known.isPresent()) {
      Descriptor type = known.get().getDescriptorForType();
      types.add(type);
      if (type.getFullName().equals(ANY)) {
        if (any.get("value") instanceof ObjectNode inner) {
          walkAny(inner, pointer.field("value"));
        }
      } else if (!OWN_JSON.contains(type.getFullName())) {
        walkMessage(any, type, pointer);
      }
      return;
    }
    unknown.add(new Unknown(Unknown.Kind.TYPE, typeUrl, pointer.toString()));
    any.remove(TYPE);
    ObjectNode standIn = typedStruct(typeUrl, any.deepCopy());
    types.add(TypedStruct.getDescriptor());
    any.removeAll();
    any.put(TYPE, "type.googleapis.com/" + TypedStruct.getDescriptor().getFullName());
    any.setAll(standIn);
  }

  private static ObjectNode typedStruct(String typeUrl, ObjectNode value) {
    ObjectNode struct = Json.MAPPER.createObjectNode();
    struct.put("type_url", typeUrl);
    struct.set("value", value);
    return struct;
  }
}
