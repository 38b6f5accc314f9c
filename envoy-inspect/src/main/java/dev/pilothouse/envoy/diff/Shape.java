package dev.pilothouse.envoy.diff;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.pilothouse.envoy.EnvoyTypes;
import java.util.Optional;

/** What a piece of JSON stands for, as protobuf's descriptors say. */
sealed interface Shape {
  /** A message that is written as an object of its fields. */
  record Known(Descriptor type) implements Shape {}

  /** An {@code Any}, whose type is written beside its fields. */
  record Any() implements Shape {}

  /** JSON whose meaning is its own: a {@code Struct}, or what nobody has a type for. */
  record Raw(boolean spelledEitherWay) implements Shape {}

  /** A repeated field, and whether the order of its elements counts. */
  record Items(Shape element, boolean ordered) implements Shape {}

  /** A map field. */
  record Entries(Shape value) implements Shape {}

  /** A single value. */
  record Scalar(ScalarKind kind, FieldDescriptor field) implements Shape {}

  /** A {@code Struct}, {@code Value} or {@code ListValue}: its keys are the user's own. */
  Raw STRUCT = new Raw(false);

  /** Of a type that is unknown here: its names may be spelled in both ways of protobuf's JSON. */
  Raw UNKNOWN = new Raw(true);

  /** The shape of a field's value, with all its elements if it is repeated. */
  static Shape of(FieldDescriptor field, MessageFields message) {
    if (field.isMapField()) {
      return new Entries(ofOne(field.getMessageType().findFieldByName("value")));
    }
    return field.isRepeated()
        ? new Items(ofOne(field), ListRules.ordered(field, message))
        : ofOne(field);
  }

  /** The shape of what has a type URL. */
  static Shape ofType(String typeUrl) {
    Optional<Descriptor> type = EnvoyTypes.descriptor(typeUrl);
    return type.isEmpty() ? UNKNOWN : new Known(type.get());
  }

  private static Shape ofOne(FieldDescriptor field) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
      return new Scalar(ScalarKind.of(field), field);
    }
    Descriptor type = field.getMessageType();
    return switch (type.getFullName()) {
      case "google.protobuf.Any" -> new Any();
      case "google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue" -> STRUCT;
      default -> {
        ScalarKind kind = ScalarKind.ofMessage(type);
        yield kind == null ? new Known(type) : new Scalar(kind, field);
      }
    };
  }
}
