package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.Descriptors.FieldDescriptor;

/** What a field without presence holds when it is not written. */
final class Zero {
  private Zero() {}

  /** Whether to people it is the same as having no value. */
  static boolean isNothing(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case STRING, BYTE_STRING, MESSAGE -> true;
      case BOOLEAN, INT, LONG, FLOAT, DOUBLE, ENUM -> false;
    };
  }

  static JsonNode of(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case BOOLEAN -> BooleanNode.FALSE;
      case INT, LONG, FLOAT, DOUBLE -> IntNode.valueOf(0);
      case ENUM -> TextNode.valueOf(field.getEnumType().getValues().get(0).getName());
      case STRING, BYTE_STRING, MESSAGE -> TextNode.valueOf("");
    };
  }
}
