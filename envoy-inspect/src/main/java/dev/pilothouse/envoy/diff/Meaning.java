package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.pilothouse.envoy.diff.MessageFields.Held;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes a piece of configuration as a text that is the same for all JSON that means the same. The
 * text is for comparing only.
 */
final class Meaning {
  private final Aliases aliases;
  private final Set<String> ignored;

  Meaning(Aliases aliases, Set<String> ignored) {
    this.aliases = aliases;
    this.ignored = ignored;
  }

  String of(Shape shape, JsonNode value) {
    StringBuilder text = new StringBuilder();
    write(shape, value, text);
    return text.toString();
  }

  String of(Shape.Scalar scalar, JsonNode value) {
    return aliases.common(scalar.kind().meaning(value, scalar.field()));
  }

  /** A name, whoever's proxy it is of. */
  String name(String name) {
    return aliases.common(name);
  }

  boolean ignores(FieldDescriptor field) {
    return ignored.contains(field.getFullName());
  }

  /** Whether a field's value is more than its absence. */
  boolean counts(FieldDescriptor field, MessageFields message, JsonNode value) {
    String absent = Defaults.of(field.getFullName());
    Shape shape = Shape.of(field, message);
    if (shape instanceof Shape.Scalar scalar) {
      String meaning = of(scalar, value);
      boolean isZero = !field.hasPresence() && meaning.equals(scalar.kind().zero());
      return !isZero && !meaning.equals(absent);
    }
    return absent == null || !absent.equals(of(shape, value));
  }

  /** A scalar of raw JSON; numbers are the same however they are written. */
  String raw(JsonNode scalar) {
    if (scalar.isNumber()) {
      return Double.toString(scalar.doubleValue() + 0d);
    }
    return scalar.isTextual() ? '"' + aliases.common(scalar.textValue()) + '"' : scalar.toString();
  }

  private void write(Shape shape, JsonNode value, StringBuilder text) {
    if (shape instanceof Shape.Scalar scalar) {
      text.append('"').append(of(scalar, value)).append('"');
    } else if (shape instanceof Shape.Known known && value.isObject()) {
      writeMessage(known.type(), value, text);
    } else if (shape instanceof Shape.Any && value.isObject()) {
      text.append(AnyValue.type(value));
      write(AnyValue.shape(value), AnyValue.content(value), text);
    } else if (shape instanceof Shape.Items items && value.isArray()) {
      writeItems(items, value, text);
    } else if (shape instanceof Shape.Entries entries && value.isObject()) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      value.properties().forEach(e -> sorted.put(aliases.common(e.getKey()), e.getValue()));
      writeEntries(entries.value(), sorted, text);
    } else if (shape instanceof Shape.Raw raw) {
      writeRaw(raw, value, text);
    } else {
      writeRaw(Shape.STRUCT, value, text);
    }
  }

  private void writeMessage(Descriptor type, JsonNode value, StringBuilder text) {
    MessageFields fields = new MessageFields(type, value);
    text.append('{');
    for (Map.Entry<FieldDescriptor, Held> entry : fields.known().entrySet()) {
      FieldDescriptor field = entry.getKey();
      JsonNode held = entry.getValue().value();
      if (!ignores(field) && counts(field, fields, held)) {
        writeField(field, fields, held, text);
      }
    }
    for (Map.Entry<String, Held> entry : fields.unknown().entrySet()) {
      text.append('?').append(entry.getKey()).append(':');
      write(Shape.UNKNOWN, entry.getValue().value(), text);
    }
    text.append('}');
  }

  private void writeField(
      FieldDescriptor field, MessageFields fields, JsonNode value, StringBuilder text) {
    if (DataSources.isText(field) && value.isTextual()) {
      text.append(DataSources.asBytes(field).getNumber()).append(":\"");
      text.append(DataSources.bytes(value.textValue())).append('"');
      return;
    }
    text.append(field.getNumber()).append(':');
    write(Shape.of(field, fields), value, text);
  }

  private void writeItems(Shape.Items items, JsonNode value, StringBuilder text) {
    List<String> elements = new ArrayList<>(value.size());
    value.forEach(element -> elements.add(of(items.element(), element)));
    if (!items.ordered()) {
      Collections.sort(elements);
    }
    text.append(elements);
  }

  private void writeEntries(Shape shape, Map<String, JsonNode> sorted, StringBuilder text) {
    text.append('{');
    sorted.forEach(
        (key, value) -> {
          text.append('"').append(key).append("\":");
          write(shape, value, text);
        });
    text.append('}');
  }

  private void writeRaw(Shape.Raw shape, JsonNode value, StringBuilder text) {
    if (value.isObject()) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        String key = entry.getKey();
        sorted.put(
            shape.spelledEitherWay() ? Spelling.common(key) : aliases.common(key),
            entry.getValue());
      }
      writeEntries(shape, sorted, text);
    } else if (value.isArray()) {
      writeItems(new Shape.Items(shape, true), value, text);
    } else {
      text.append(raw(value));
    }
  }
}
