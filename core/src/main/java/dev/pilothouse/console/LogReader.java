package dev.pilothouse.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts lines together to entries. An entry is complete when the next one begins. */
final class LogReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Time, level, maybe a scope, message: separated by tabs. A scope is one word. */
  private static final Pattern TEXT =
      Pattern.compile(
          "(?s)(\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z)\t(debug|info|warn|error|fatal)\t(?:([^\\s:]+)\t)?(.*)");

  private static final Pattern FIELDS = Pattern.compile("(?s)(.*)\t([^\\s=]+=.*)");
  private static final Pattern NEXT_FIELD = Pattern.compile(" (?=[^\\s=]+=)");

  private @Nullable LogLine begun;

  /** Takes a line. The entry that it ends, if it does. */
  Optional<LogLine> read(String line) {
    LogLine next = line.startsWith("{") ? json(line) : text(line);
    LogLine before = begun;
    if (next == null && before != null) {
      begun =
          new LogLine(
              before.time(),
              before.level(),
              before.scope(),
              before.message() + "\n" + line,
              before.fields(),
              before.raw() + "\n" + line);
      return Optional.empty();
    }
    begun = next;
    return Optional.ofNullable(before);
  }

  /** The entry that nothing came after. */
  Optional<LogLine> end() {
    LogLine last = begun;
    begun = null;
    return Optional.ofNullable(last);
  }

  private static @Nullable LogLine text(String line) {
    Matcher parts = TEXT.matcher(line);
    if (!parts.matches()) {
      return null;
    }
    String message = parts.group(4);
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher withFields = FIELDS.matcher(message);
    if (withFields.matches()) {
      message = withFields.group(1);
      for (String field : NEXT_FIELD.split(withFields.group(2), -1)) {
        int equals = field.indexOf('=');
        fields.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    String scope = parts.group(3) == null ? "" : parts.group(3);
    return entry(parts.group(1), parts.group(2), scope, message, fields, line);
  }

  private static @Nullable LogLine json(String line) {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return null; // A further line of an entry that happens to begin with a brace.
    }
    if (!node.hasNonNull("time") || !node.hasNonNull("level") || !node.hasNonNull("msg")) {
      return null;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    node.properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              fields.put(field.getKey(), value.isTextual() ? value.asText() : value.toString());
            });
    String time = String.valueOf(fields.remove("time"));
    String level = String.valueOf(fields.remove("level"));
    String message = String.valueOf(fields.remove("msg"));
    String scope = fields.remove("scope");
    return entry(time, level, scope == null ? "" : scope, message, fields, line);
  }

  private static @Nullable LogLine entry(
      String time,
      String level,
      String scope,
      String message,
      Map<String, String> fields,
      String raw) {
    try {
      return new LogLine(Instant.parse(time), level, scope, message, fields, raw);
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
