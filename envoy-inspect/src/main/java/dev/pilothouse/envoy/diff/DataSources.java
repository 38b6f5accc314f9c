package dev.pilothouse.envoy.diff;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Data that may be written inline as text or as bytes: to Envoy it is the same. */
final class DataSources {
  private static final String TYPE = "envoy.config.core.v3.DataSource";

  private DataSources() {}

  static boolean is(Descriptor type) {
    return type.getFullName().equals(TYPE);
  }

  static boolean isText(FieldDescriptor field) {
    return field.getFullName().equals(TYPE + ".inline_string");
  }

  /** The field that would hold the same as bytes. */
  static FieldDescriptor asBytes(FieldDescriptor text) {
    return text.getContainingType().findFieldByName("inline_bytes");
  }

  static String bytes(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
