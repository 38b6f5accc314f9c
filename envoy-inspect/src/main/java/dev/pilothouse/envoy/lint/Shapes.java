package dev.pilothouse.envoy.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.pilothouse.envoy.Redacted;
import java.util.Set;

/**
 * Finds values that are of another type than Envoy's API has in their place: nobody can read them,
 * so the other rules see nothing there.
 */
final class Shapes implements PartCheck {
  /** Messages that JSON writes as a text, a number or anything else. */
  private static final Set<String> WRITTEN_OTHERWISE =
      Set.of(
          "google.protobuf.Duration",
          "google.protobuf.Timestamp",
          "google.protobuf.FieldMask",
          "google.protobuf.Value",
          "google.protobuf.ListValue");

  private final Findings findings;

  Shapes(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean looksAtRejected() {
    return true;
  }

  @Override
  public void check(Part part) {
    part.forEachField(
        (field, name, value) -> {
          String wanted = misfit(field, value);
          if (!wanted.isEmpty()) {
            findings.error(
                LintRule.UNREADABLE,
                part,
                "The field %s of %s is %s and should be %s: what is in it was not looked at."
                    .formatted(name, part.typeName(), text(value), wanted));
          }
        });
  }

  /** What a value should be; empty when it is. */
  private static String misfit(FieldDescriptor field, JsonNode value) {
    if (value.isNull() || (value.isTextual() && Redacted.is(value.asText()))) {
      return "";
    }
    if (field.isMapField()) {
      return value.isObject() ? "" : "an object";
    }
    if (!field.isRepeated()) {
      return single(field, value);
    }
    if (!value.isArray()) {
      return "a list";
    }
    for (JsonNode each : value) {
      String wanted = single(field, each);
      if (!wanted.isEmpty()) {
        return "a list whose elements are each " + wanted;
      }
    }
    return "";
  }

  private static String single(FieldDescriptor field, JsonNode value) {
    return switch (field.getJavaType()) {
      case MESSAGE -> {
        String type = field.getMessageType().getFullName();
        boolean free =
            WRITTEN_OTHERWISE.contains(type)
                || (type.startsWith("google.protobuf.") && type.endsWith("Value"));
        yield free || value.isObject() ? "" : "an object";
      }
      case BOOLEAN ->
          value.isBoolean() || Set.of("true", "false").contains(value.asText())
              ? ""
              : "true or false";
      case INT, LONG, FLOAT, DOUBLE -> value.isNumber() || number(value) ? "" : "a number";
      case ENUM -> value.isTextual() || value.isIntegralNumber() ? "" : "a name";
      case STRING, BYTE_STRING -> value.isValueNode() ? "" : "a text";
    };
  }

  private static boolean number(JsonNode value) {
    return value.isTextual()
        && value.asText().matches("-?(\\d+(\\.\\d*)?([eE][-+]?\\d+)?|Infinity)|NaN");
  }

  private static String text(JsonNode value) {
    String text = value.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
