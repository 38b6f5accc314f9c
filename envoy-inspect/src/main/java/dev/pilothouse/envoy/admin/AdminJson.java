package dev.pilothouse.envoy.admin;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.pilothouse.envoy.AdminReply;
import dev.pilothouse.envoy.EnvoyConfigException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads Envoy's answers. Envoy answers 200 with a plain text when it cannot write its JSON. */
final class AdminJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private AdminJson() {}

  /** An answer that is a message of Envoy's API. Fields newer than ours are passed over. */
  static <B extends Message.Builder> B message(AdminReply reply, B builder) {
    try {
      JsonFormat.parser().ignoringUnknownFields().merge(reply.text(), builder);
    } catch (InvalidProtocolBufferException e) {
      throw notUnderstood(reply, String.valueOf(e.getMessage()), e);
    }
    return builder;
  }

  static JsonNode tree(AdminReply reply) {
    try {
      return MAPPER.readTree(reply.bytes());
    } catch (JacksonException e) {
      throw notUnderstood(reply, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw notUnderstood(reply, String.valueOf(e), e);
    }
  }

  static EnvoyConfigException notUnderstood(
      AdminReply reply, String words, @Nullable Exception cause) {
    String text = reply.text().strip();
    String start = text.length() > 200 ? text.substring(0, 200) + "…" : text;
    return new EnvoyConfigException(
        reply.request(),
        "the answer is not understood: " + words + "; it begins: " + start,
        "check that this is Envoy's admin interface",
        cause);
  }
}
