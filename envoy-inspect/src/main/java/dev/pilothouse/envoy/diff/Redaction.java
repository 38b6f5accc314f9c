package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

/** What Envoy, istiod and this library write in the place of a secret. */
final class Redaction {
  private static final String TEXT = "[redacted]";
  private static final Set<String> FORMS =
      Set.of(TEXT, Base64.getEncoder().encodeToString(TEXT.getBytes(StandardCharsets.UTF_8)));

  // Where there is no room for the word: stars, or their bytes.
  private static final Pattern SHORT = Pattern.compile("\\*{4,}|(?:Kioq)+");

  private Redaction() {}

  static boolean is(JsonNode value) {
    return value.isTextual()
        && (FORMS.contains(value.textValue()) || SHORT.matcher(value.textValue()).matches());
  }
}
