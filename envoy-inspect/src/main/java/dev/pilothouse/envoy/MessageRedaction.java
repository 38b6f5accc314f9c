package dev.pilothouse.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import udpa.annotations.Sensitive;

/**
 * Replaces secrets in a message by {@code [redacted]}: what Envoy's API marks as sensitive, and
 * what {@link SecretFields} knows by their names.
 */
final class MessageRedaction {
  private static final String REDACTED = "[redacted]";

  /** What of a message is secret. */
  private enum Below {
    /** What is marked so itself. */
    NOTHING,
    /** All that is text, but for where a secret comes from. */
    TEXT,
    /** The texts in fields {@code key}, beside the names of whom they belong to. */
    KEYS,
    /** The value of a header. */
    HEADER_VALUE,
    /** What a header or a query parameter has to be. */
    MATCHED,
    /** The value of an entry of a map, if it is a text itself. */
    VALUE
  }

  private MessageRedaction() {}

  /** The message without secrets; the same one if it has none. */
  static Message of(Message message) {
    return redact(message, Below.NOTHING, 0);
  }

  private static Message redact(Message message, Below below, int anys) {
    if (message instanceof Any any) {
      return redactAny(any, below, anys);
    }
    Below here = here(message, below);
    Message.Builder builder = null;
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      Object before = entry.getValue();
      Object after =
          before instanceof List<?> list
              ? redactAll(list, field, here, anys)
              : redactValue(before, field, here, anys);
      if (after != before) {
        builder = builder == null ? message.toBuilder() : builder;
        builder.setField(field, after);
      }
    }
    return builder == null ? message : builder.build();
  }

  private static Below here(Message message, Below below) {
    if (below == Below.VALUE) {
      return message instanceof Value || message instanceof StringValue ? below : Below.NOTHING;
    }
    if (below == Below.MATCHED && !(message instanceof StringMatcher)) {
      return Below.NOTHING;
    }
    if (below != Below.NOTHING) {
      return below;
    }
    if (message instanceof HeaderValue header && SecretName.is(header.getKey())) {
      return SecretFields.isOperator(header.getValue()) ? below : Below.HEADER_VALUE;
    }
    String matched =
        message instanceof HeaderMatcher header
            ? header.getName()
            : message instanceof QueryParameterMatcher parameter ? parameter.getName() : "";
    return SecretName.isMatched(matched) ? Below.MATCHED : below;
  }

  private static List<?> redactAll(List<?> before, FieldDescriptor field, Below below, int anys) {
    List<Object> after = new ArrayList<>(before.size());
    boolean changed = false;
    for (Object element : before) {
      Object redacted =
          field.isMapField()
              ? redactEntry((Message) element, field, below, anys)
              : redactValue(element, field, below, anys);
      changed |= redacted != element;
      after.add(redacted);
    }
    return changed ? after : before;
  }

  /** An entry of a map is as a field in JSON: its key tells what the value is, and stays. */
  private static Message redactEntry(Message entry, FieldDescriptor map, Below below, int anys) {
    FieldDescriptor field = entry.getDescriptorForType().findFieldByNumber(2);
    Object key = entry.getField(entry.getDescriptorForType().findFieldByNumber(1));
    Below inside = below(map, below);
    if (inside == Below.TEXT && key instanceof String name && SecretFields.isKept(name)) {
      return entry;
    }
    if (inside == Below.NOTHING && key instanceof String name) {
      inside =
          SecretFields.isSecret(name) && !name.equals("credentials")
              ? Below.TEXT
              : SecretName.isField(name) ? Below.VALUE : inside;
    }
    Object before = entry.getField(field);
    Object after =
        before instanceof Message message
            ? redact(message, inside, anys)
            : redactValue(before, field, inside, anys);
    return after == before ? entry : entry.toBuilder().setField(field, after).build();
  }

  private static Object redactValue(Object value, FieldDescriptor field, Below below, int anys) {
    if (value instanceof Message message) {
      return redact(message, below(field, below), anys);
    }
    boolean hide = isSecret(value, field, below);
    if (value instanceof String text) {
      return hide && !(below == Below.VALUE && SecretFields.isOperator(text))
          ? REDACTED
          : SecretText.blank(text);
    }
    if (value instanceof ByteString bytes) {
      return hide ? ByteString.copyFromUtf8(REDACTED) : withoutKeys(bytes);
    }
    return value;
  }

  private static Below below(FieldDescriptor field, Below outer) {
    if (outer != Below.NOTHING) {
      return outer;
    }
    if (field.isRepeated() && field.getName().equals("credentials")) {
      return Below.KEYS;
    }
    return isMarked(field) ? Below.TEXT : Below.NOTHING;
  }

  private static boolean isSecret(Object value, FieldDescriptor field, Below below) {
    String name = field.getName();
    return switch (below) {
      case NOTHING -> isMarked(field);
      case TEXT -> !SecretFields.isKept(name);
      case KEYS -> name.equals("key");
      case HEADER_VALUE -> name.equals("value") || name.equals("raw_value");
      case MATCHED ->
          SecretFields.isMatched(name)
              && value instanceof String text
              && SecretFields.isSecretMatch(text);
      case VALUE -> name.equals("value") || name.equals("string_value");
    };
  }

  private static boolean isMarked(FieldDescriptor field) {
    return field.getOptions().getExtension(Sensitive.sensitive)
        || (SecretFields.isSecret(field.getName()) && !field.getName().equals("credentials"));
  }

  private static Message redactAny(Any any, Below below, int anys) {
    Optional<Message> inner = AnyContent.unpack(any, anys);
    if (inner.isEmpty()) {
      ByteString bytes = withoutKeys(any.getValue());
      return below == Below.TEXT
          ? any.toBuilder().clearValue().build()
          : bytes.equals(any.getValue()) ? any : any.toBuilder().setValue(bytes).build();
    }
    Message redacted = redact(inner.get(), below, anys + 1);
    return redacted == inner.get()
        ? any
        : any.toBuilder().setValue(redacted.toByteString()).build();
  }

  private static ByteString withoutKeys(ByteString bytes) {
    byte[] before = bytes.toByteArray();
    byte[] after = KeyText.blank(before);
    return after == before ? bytes : ByteString.copyFrom(after);
  }
}
