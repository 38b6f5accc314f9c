package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a protobuf message as the JSON of Envoy's dumps: fields by their names in protobuf, only
 * those that are set.
 *
 * <p>protobuf's own writer throws on an {@code Any} of a type it does not have, and leaves unknown
 * fields out in silence. Here such an {@code Any} is written as its type and its bytes in base64,
 * and both are listed; unknown fields are by number, and stay in the message.
 */
final class MessageJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String TYPE = "@type";

  private final PointerPath root;
  private final List<Unknown> unknown = new ArrayList<>();

  MessageJson(String pointer) {
    this.root = PointerPath.root(pointer);
  }

  /** What the JSON cannot show by name; complete after a message was written. */
  List<Unknown> unknown() {
    return List.copyOf(unknown);
  }

  /** The message with its type, as an {@code Any} in a dump. */
  ObjectNode root(String typeUrl, Message message) {
    if (message instanceof Any any && any.getTypeUrl().equals(typeUrl)) {
      return any(any, root, 0);
    }
    ObjectNode json = NODES.objectNode().put(TYPE, typeUrl);
    fields(message, json, root, 0);
    return json;
  }

  private void fields(Message message, ObjectNode json, PointerPath at, int anys) {
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      PointerPath here = at.field(field.getName());
      if (field.isMapField()) {
        json.set(field.getName(), map((List<?>) entry.getValue(), field, here, anys));
      } else if (entry.getValue() instanceof List<?> list) {
        ArrayNode array = json.putArray(field.getName());
        for (Object element : list) {
          array.add(value(element, field, here.element(array.size()), anys));
        }
      } else {
        json.set(field.getName(), value(entry.getValue(), field, here, anys));
      }
    }
    for (int number : message.getUnknownFields().asMap().keySet()) {
      String name = message.getDescriptorForType().getFullName() + "." + number;
      unknown.add(new Unknown(Unknown.Kind.FIELD, name, at.toString()));
    }
  }

  private ObjectNode map(List<?> entries, FieldDescriptor field, PointerPath at, int anys) {
    FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
    FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
    ObjectNode json = NODES.objectNode();
    for (Object element : entries) {
      Message entry = (Message) element;
      String name = String.valueOf(entry.getField(key));
      json.set(name, value(entry.getField(value), value, at.field(name), anys));
    }
    return json;
  }

  private JsonNode value(Object value, FieldDescriptor field, PointerPath at, int anys) {
    return switch (field.getJavaType()) {
      case BOOLEAN -> NODES.booleanNode((Boolean) value);
      case STRING -> NODES.textNode((String) value);
      case BYTE_STRING -> NODES.textNode(base64((ByteString) value));
      case INT -> {
        int number = (Integer) value;
        yield number(isUnsigned(field) ? Integer.toUnsignedLong(number) : number);
      }
      case LONG -> {
        long number = (Long) value;
        yield NODES.textNode(
            isUnsigned(field) ? Long.toUnsignedString(number) : Long.toString(number));
      }
      // By its text, because 0.1f is not 0.1.
      case FLOAT -> number(Double.parseDouble(value.toString()));
      case DOUBLE -> number((Double) value);
      case ENUM -> enumValue((EnumValueDescriptor) value, at);
      case MESSAGE -> message((Message) value, at, anys);
    };
  }

  private static JsonNode number(long number) {
    return (int) number == number ? NODES.numberNode((int) number) : NODES.numberNode(number);
  }

  /** Envoy writes whole numbers without a fraction. */
  private static JsonNode number(double number) {
    if (!Double.isFinite(number)) {
      return NODES.textNode(Double.toString(number));
    }
    boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
    return whole ? number((long) number) : NODES.numberNode(number);
  }

  private JsonNode enumValue(EnumValueDescriptor value, PointerPath at) {
    if (value.getType().getFullName().equals("google.protobuf.NullValue")) {
      return NODES.nullNode();
    }
    if (value.getIndex() >= 0) {
      return NODES.textNode(value.getName());
    }
    String number = Integer.toString(value.getNumber());
    unknown.add(new Unknown(Unknown.Kind.ENUM_VALUE, number, at.toString()));
    return NODES.numberNode(value.getNumber());
  }

  private JsonNode message(Message message, PointerPath at, int anys) {
    if (message instanceof Any any) {
      return any(any, at, anys);
    }
    if (isOwnJson(message)) {
      return ownJson(message, at);
    }
    ObjectNode json = NODES.objectNode();
    fields(message, json, at, anys);
    return json;
  }

  private ObjectNode any(Any any, PointerPath at, int anys) {
    ObjectNode json = NODES.objectNode();
    if (any.getTypeUrl().isEmpty() && any.getValue().isEmpty()) {
      return json;
    }
    json.put(TYPE, any.getTypeUrl());
    Optional<Message> known = AnyContent.unpack(any, anys);
    if (known.isEmpty()) {
      unknown.add(new Unknown(Unknown.Kind.TYPE, any.getTypeUrl(), at.toString()));
      return json.put("value", base64(any.getValue()));
    }
    Message inner = known.get();
    if (inner instanceof Any || isOwnJson(inner)) {
      return json.set("value", message(inner, at.field("value"), anys + 1));
    }
    fields(inner, json, at, anys + 1);
    return json;
  }

  private static boolean isOwnJson(Message message) {
    return MessageConverter.OWN_JSON.contains(message.getDescriptorForType().getFullName());
  }

  /** Durations, structs and such have a JSON of their own, which protobuf's writer knows. */
  private static JsonNode ownJson(Message message, PointerPath at) {
    try {
      return withWholeNumbers(Json.MAPPER.readTree(JsonFormat.printer().print(message)));
    } catch (InvalidProtocolBufferException
        | IllegalArgumentException
        | JsonProcessingException e) {
      throw new EnvoyConfigException(
          "writing the " + message.getDescriptorForType().getFullName() + " at " + at,
          String.valueOf(e.getMessage()),
          "",
          e);
    }
  }

  private static JsonNode withWholeNumbers(JsonNode json) {
    if (json.isDouble()) {
      return number(json.doubleValue());
    }
    if (json instanceof ObjectNode object) {
      object.properties().forEach(field -> field.setValue(withWholeNumbers(field.getValue())));
    } else if (json instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, withWholeNumbers(array.get(i)));
      }
    }
    return json;
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, FIXED32, UINT64, FIXED64 -> true;
      default -> false;
    };
  }

  private static String base64(ByteString bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
