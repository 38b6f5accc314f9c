package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of single values, each with the many ways in which protobuf's JSON may write the same
 * one. What is written in no such way keeps its own text: comparing never fails.
 */
enum ScalarKind {
  BOOL {
    @Override
    String read(JsonNode value, FieldDescriptor field) {
      return value.asText();
    }
  },
  INTEGER {
    @Override
    String read(JsonNode value, FieldDescriptor field) {
      return number(value.asText());
    }
  },
  FLOAT {
    @Override
    String read(JsonNode value, FieldDescriptor field) {
      return Float.toString(Float.parseFloat(value.asText()) + 0f);
    }
  },
  DOUBLE {
    @Override
    String read(JsonNode value, FieldDescriptor field) {
      return Double.toString(Double.parseDouble(value.asText()) + 0d);
    }
  },
  STRING {
    @Override
    String read(JsonNode value, FieldDescriptor field) {
      return value.asText();
    }
  },
  BYTES {
    @Override
    String read(JsonNode value, FieldDescriptor field) {
      String text = value.asText().replace('-', '+').replace('_', '/');
      int end = text.length();
      while (end > 0 && text.charAt(end - 1) == '=') {
        end--;
      }
      byte[] bytes = Base64.getDecoder().decode(text.substring(0, end));
      return Base64.getEncoder().encodeToString(bytes);
    }
  },
  ENUM {
    @Override
    String read(JsonNode value, FieldDescriptor field) {
      if (value.isNumber()) {
        return number(value.asText());
      }
      EnumValueDescriptor known = field.getEnumType().findValueByName(value.asText());
      return known == null ? value.asText() : Integer.toString(known.getNumber());
    }
  },
  DURATION {
    @Override
    String read(JsonNode value, FieldDescriptor field) {
      String text = value.asText();
      if (!text.endsWith("s")) {
        throw new NumberFormatException(text);
      }
      return number(text.substring(0, text.length() - 1)) + "s";
    }
  },
  TIMESTAMP {
    @Override
    String read(JsonNode value, FieldDescriptor field) {
      return java.time.OffsetDateTime.parse(value.asText()).toInstant().toString();
    }
  };

  /** The value as a text that is the same for all ways to write it. */
  final String meaning(JsonNode value, FieldDescriptor field) {
    if (value.isContainerNode()) {
      return value.toString();
    }
    try {
      return read(value, field);
    } catch (IllegalArgumentException | DateTimeException notOfThisKind) {
      return value.asText();
    }
  }

  /** What a field without presence means when it is absent. */
  final String zero() {
    return switch (this) {
      case BOOL -> "false";
      case INTEGER, ENUM -> "0";
      case FLOAT, DOUBLE -> "0.0";
      case STRING, BYTES -> "";
      case DURATION -> "0s";
      case TIMESTAMP -> Instant.EPOCH.toString();
    };
  }

  abstract String read(JsonNode value, FieldDescriptor field);

  static ScalarKind of(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case BOOLEAN -> BOOL;
      case INT, LONG -> INTEGER;
      case FLOAT -> FLOAT;
      case DOUBLE -> DOUBLE;
      case STRING -> STRING;
      case BYTE_STRING -> BYTES;
      case ENUM -> ENUM;
      case MESSAGE -> throw new IllegalArgumentException(field.getFullName());
    };
  }

  /** The kind of a message that JSON writes as a single value, or null. */
  static @Nullable ScalarKind ofMessage(Descriptor type) {
    return switch (type.getFullName()) {
      case "google.protobuf.BoolValue" -> BOOL;
      case "google.protobuf.Int32Value",
          "google.protobuf.Int64Value",
          "google.protobuf.UInt32Value",
          "google.protobuf.UInt64Value" ->
          INTEGER;
      case "google.protobuf.FloatValue" -> FLOAT;
      case "google.protobuf.DoubleValue" -> DOUBLE;
      case "google.protobuf.StringValue", "google.protobuf.FieldMask" -> STRING;
      case "google.protobuf.BytesValue" -> BYTES;
      case "google.protobuf.Duration" -> DURATION;
      case "google.protobuf.Timestamp" -> TIMESTAMP;
      default -> null;
    };
  }

  /** {@code 1}, {@code 1.0} and {@code 1e0} are the same number. */
  private static String number(String text) {
    BigDecimal number = new BigDecimal(text).stripTrailingZeros();
    if (Math.abs((long) number.scale()) > 400) {
      // Written out it would fill the heap.
      return number.toString();
    }
    return number.signum() == 0 ? "0" : number.toPlainString();
  }
}
