package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.Redacted;

/** What Envoy, istiod and this library write in the place of a secret. */
final class Redaction {
  private Redaction() {}

  static boolean is(JsonNode value) {
    return value.isTextual() && Redacted.is(value.textValue());
  }
}
