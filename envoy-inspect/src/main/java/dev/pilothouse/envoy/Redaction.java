package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds secrets by their fields' names while a document's tokens pass, and writes Envoy's own
 * {@code [redacted]} over them. Envoy does so itself in its dumps; other tools do not.
 *
 * <p>The fields are those that Envoy's API marks as sensitive, and tokens that it forgot to mark.
 * The text keeps its length, so that offsets stay those of the file.
 */
final class Redaction {
  private static final String TEXT = "[redacted]";
  private static final String BYTES = "W3JlZGFjdGVkXQ==";

  /** Everything that is text below them is secret, but for what {@link #KEPT} names. */
  private static final Set<String> SECRET =
      spellings(
          "access_token",
          "api_key",
          "auth_password",
          "auth_username",
          "authorization_token",
          "backend_token",
          "client_secret",
          "context_extensions",
          "credentials_data_source",
          "downstream_auth_password",
          "downstream_auth_passwords",
          "downstream_auth_username",
          "generic_secret",
          "google_refresh_token",
          "json_key",
          "password",
          "pkcs12",
          "private_key",
          "private_key_provider",
          "secret_access_key",
          "secret_data",
          "secret_key",
          "session_ticket_keys",
          "session_token",
          "token",
          "users",
          "web_identity_token_data_source");

  /** Where a secret comes from is no secret. */
  private static final Set<String> KEPT =
      spellings(
          "@type",
          "filename",
          "environment_variable",
          "path",
          "name",
          "provider_name",
          "poll_delay");

  private static final Set<String> BYTE_FIELDS = spellings("inline_bytes", "raw_value");
  private static final Set<String> HEADER_VALUES = spellings("value", "raw_value");
  private static final Set<String> SECRET_HEADERS = Set.of("authorization", "proxy-authorization");

  /** One look at each of a million names: so all that need a closer one are in one table. */
  private static final Map<String, Rule> RULES = rules();

  private enum Rule {
    /** What is below is secret. */
    SECRET,
    /** The name of a header, whose value follows. */
    HEADER_NAME,
    /**
     * An array of objects, each with a secret key and the name of the client that it belongs to.
     */
    API_KEYS
  }

  private final List<Span> spans = new ArrayList<>();

  private record Span(int start, int end, boolean base64) {}

  /**
   * Steps over the value that the parser stands at.
   *
   * @param base the offset in the document at which the parser began
   */
  void skip(JsonParser parser, int base) throws IOException {
    Rule first = RULES.get(parser.currentName());
    if (first != null && take(first, parser, base)) {
      return;
    }
    int open = depth(parser.currentToken());
    int secretHeader = 0;
    while (open > 0) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return;
      }
      if (token == JsonToken.FIELD_NAME) {
        Rule rule = RULES.get(parser.currentName());
        if (rule != null) {
          parser.nextToken();
          open += take(rule, parser, base) ? 0 : depth(parser.currentToken());
          secretHeader = rule == Rule.HEADER_NAME && isSecretHeader(parser) ? open : 0;
        } else if (secretHeader == open && HEADER_VALUES.contains(parser.currentName())) {
          if (parser.nextToken() == JsonToken.VALUE_STRING) {
            add(parser, base);
          }
          open += depth(parser.currentToken());
        }
      } else {
        open += depth(token);
        secretHeader = secretHeader > open ? 0 : secretHeader;
      }
    }
  }

  /** The document without what was found; the same when that is nothing, or was redacted before. */
  Document apply(Document document) {
    byte[] bytes = document.bytes();
    byte[] changed = bytes;
    for (Span span : spans) {
      if (!isRedacted(bytes, span)) {
        byte[] text = redacted(span);
        changed = changed == bytes ? bytes.clone() : changed;
        System.arraycopy(text, 0, changed, span.start(), text.length);
      }
    }
    return changed == bytes ? document : document.withBytes(changed);
  }

  /** Takes the value that the parser stands at, if it is a secret one. */
  private boolean take(Rule rule, JsonParser parser, int base) throws IOException {
    if (rule == Rule.SECRET) {
      hide(parser, base);
      return true;
    }
    if (rule == Rule.API_KEYS && parser.currentToken() == JsonToken.START_ARRAY) {
      hideKeys(parser, base);
      return true;
    }
    return false;
  }

  private void hide(JsonParser parser, int base) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      add(parser, base);
    }
    for (int open = depth(parser.currentToken()); open > 0; ) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.VALUE_STRING) {
        String name = parser.currentName();
        if (name == null || !KEPT.contains(name)) {
          add(parser, base);
        }
      }
      open += depth(token);
    }
  }

  private void hideKeys(JsonParser parser, int base) throws IOException {
    for (int open = 1; open > 0; ) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.VALUE_STRING && "key".equals(parser.currentName())) {
        add(parser, base);
      }
      open += depth(token);
    }
  }

  private static boolean isSecretHeader(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING
        && parser.getTextLength() <= "proxy-authorization".length()
        && isSecretHeader(parser.getText());
  }

  /** How much deeper it is behind the token. */
  private static int depth(JsonToken token) {
    return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
  }

  private void add(JsonParser parser, int base) throws IOException {
    String field = parser.currentName();
    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.finishToken();
    int end = (int) parser.currentLocation().getByteOffset();
    boolean base64 = field != null && BYTE_FIELDS.contains(field);
    spans.add(new Span(base + start, base + end, base64));
  }

  /**
   * A JSON string in the place of another, as long as that with its quotes, or spaces behind it.
   */
  private static byte[] redacted(Span span) {
    int room = span.end() - span.start() - 2;
    String text = span.base64() ? BYTES : TEXT;
    if (text.length() > room) {
      text = span.base64() ? "Kioq".repeat(room / 4) : "*".repeat(Math.max(room, 0));
    }
    String quoted = '"' + text + '"';
    return (quoted + " ".repeat(room + 2 - quoted.length())).getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean isRedacted(byte[] bytes, Span span) {
    int length = span.end() - span.start() - 2;
    if (length == 0) {
      return true;
    }
    if (length != TEXT.length() && length != BYTES.length()) {
      return false;
    }
    String text = new String(bytes, span.start() + 1, length, StandardCharsets.ISO_8859_1);
    return text.equals(TEXT) || text.equals(BYTES);
  }

  /** Whether a field's content is redacted, by the field's name in protobuf. */
  static boolean isSecret(String field) {
    return RULES.get(field) == Rule.SECRET || RULES.get(field) == Rule.API_KEYS;
  }

  /** Whether a field below a secret one is shown, by the field's name in protobuf. */
  static boolean isKept(String field) {
    return KEPT.contains(field);
  }

  /** Whether a header's value is secret. */
  static boolean isSecretHeader(String name) {
    return SECRET_HEADERS.contains(name.toLowerCase(Locale.ROOT));
  }

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new HashMap<>();
    SECRET.forEach(name -> rules.put(name, Rule.SECRET));
    rules.put("key", Rule.HEADER_NAME);
    rules.put("credentials", Rule.API_KEYS);
    return rules;
  }

  private static Set<String> spellings(String... names) {
    return Stream.of(names)
        .flatMap(name -> Stream.of(name, JsonNames.camel(name)))
        .collect(Collectors.toUnmodifiableSet());
  }
}
