package dev.pilothouse.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import udpa.annotations.Sensitive;

/**
 * Replaces secrets in a message by {@code [redacted]}: what Envoy's API marks as sensitive, and
 * what {@link Redaction} finds in dumps by its fields' names.
 */
final class MessageRedaction {
  private static final String REDACTED = "[redacted]";
  private static final String KEY_MARK = "PRIVATE KEY-----";

  /** What of a message is secret. */
  private enum Below {
    /** What is marked so itself. */
    NOTHING,
    /** All that is text, but for where a secret comes from. */
    TEXT,
    /** The texts in fields {@code key}, beside the names of whom they belong to. */
    KEYS,
    /** The value of a header. */
    HEADER_VALUE
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
    Below here =
        below == Below.NOTHING
                && message instanceof HeaderValue header
                && Redaction.isSecretHeader(header.getKey())
            ? Below.HEADER_VALUE
            : below;
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

  private static List<?> redactAll(List<?> before, FieldDescriptor field, Below below, int anys) {
    List<Object> after = new ArrayList<>(before.size());
    boolean changed = false;
    for (Object element : before) {
      Object redacted = redactValue(element, field, below, anys);
      changed |= redacted != element;
      after.add(redacted);
    }
    return changed ? after : before;
  }

  private static Object redactValue(Object value, FieldDescriptor field, Below below, int anys) {
    if (value instanceof Message message) {
      return redact(message, below(field, below), anys);
    }
    boolean hide = isSecret(field, below);
    if (value instanceof String text) {
      return hide ? REDACTED : withoutKeys(text);
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

  private static boolean isSecret(FieldDescriptor field, Below below) {
    String name = field.getName();
    return switch (below) {
      case NOTHING -> isMarked(field);
      case TEXT -> !Redaction.isKept(name);
      case KEYS -> name.equals("key");
      case HEADER_VALUE -> name.equals("value") || name.equals("raw_value");
    };
  }

  private static boolean isMarked(FieldDescriptor field) {
    return field.getOptions().getExtension(Sensitive.sensitive)
        || (Redaction.isSecret(field.getName()) && !field.getName().equals("credentials"));
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

  private static String withoutKeys(String text) {
    return text.contains(KEY_MARK)
        ? new String(KeyText.blank(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8)
        : text;
  }

  private static ByteString withoutKeys(ByteString bytes) {
    byte[] before = bytes.toByteArray();
    byte[] after = KeyText.blank(before);
    return after == before ? bytes : ByteString.copyFrom(after);
  }
}
