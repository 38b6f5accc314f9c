package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
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
import org.jspecify.annotations.Nullable;

/**
 * Finds secrets by their fields' names while a document's tokens pass, and writes Envoy's own
 * {@code [redacted]} over them. Envoy does so itself in its dumps; other tools do not.
 *
 * <p>The fields are those that Envoy's API marks as sensitive, tokens that it forgot to mark, and
 * what {@link SecretName} knows by its name: strings in maps, values of headers, and what headers
 * and query parameters have to be.
 *
 * <p>* The text keeps its length, so that offsets stay those of the file.
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
  private static final Set<String> MATCHERS =
      spellings("string_match", "exact_match", "prefix_match", "suffix_match", "contains_match");

  /** What of a matcher is hidden; a regex tells what it looks for, and seldom a whole secret. */
  private static final Set<String> MATCHED = Set.of("exact", "prefix", "suffix", "contains");

  /** They hold names of cookies in fields that are called as tokens are. */
  private static final Set<String> COOKIE_NAMES = spellings("cookie_names");

  private static final Set<String> SCHEMES = Set.of("bearer", "basic");
  private static final int LONGEST_NAME = 100;
  private static final int SHORTEST_MATCHED = 4;
  private static final int MAX_KNOWN = 10_000;

  /** One look at each of a million names: so all that need a closer one are in one table. */
  private static final Map<String, Rule> RULES = rules();

  private enum Rule {
    /** What is below is secret. */
    SECRET,
    /** The name of a header, whose value follows. */
    HEADER_NAME,
    /** What is named by it is secret if it is a string, as in a map. */
    NAMED,
    /** The name of a header or a query parameter that is matched, beside the matcher. */
    MATCHER_NAME,
    /** What a header or a query parameter has to be. */
    MATCHER,
    /** Nothing about it is. */
    NONE,
    /**
     * An array of objects, each with a secret key and the name of the client that it belongs to.
     */
    API_KEYS
  }

  private final Map<String, Rule> known = new HashMap<>(RULES);
  private final List<Span> spans = new ArrayList<>();
  private final MatcherNames matchers = new MatcherNames(spans);

  record Span(int start, int end, boolean base64) {}

  /**
   * Steps over the value that the parser stands at.
   *
   * @param base the offset in the document at which the parser began
   */
  void skip(JsonParser parser, int base) throws IOException {
    matchers.reset();
    if (take(rule(parser.currentName()), parser, base, 0)) {
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
        Rule rule = rule(parser.currentName());
        if (rule != Rule.NONE) {
          parser.nextToken();
          boolean taken = take(rule, parser, base, open);
          if (rule == Rule.HEADER_NAME) {
            secretHeader = isSecretHeader(parser) ? open : 0;
          }
          open += taken ? 0 : depth(parser.currentToken());
        } else if (secretHeader == open && HEADER_VALUES.contains(parser.currentName())) {
          if (parser.nextToken() == JsonToken.VALUE_STRING && !isOperator(parser.getText())) {
            add(parser, base);
          }
          open += depth(parser.currentToken());
        }
      } else {
        int change = depth(token);
        open += change;
        if (change < 0) {
          secretHeader = secretHeader > open ? 0 : secretHeader;
          matchers.leave(open);
        }
      }
    }
  }

  /** Each name is judged once: there are few, and a million fields. */
  private Rule rule(@Nullable String name) {
    if (name == null) {
      return Rule.NONE;
    }
    Rule rule = known.get(name);
    if (rule == null) {
      rule = SecretName.isField(name) ? Rule.NAMED : Rule.NONE;
      if (known.size() < MAX_KNOWN) {
        known.put(name, rule);
      }
    }
    return rule;
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

  /** Takes the value that the parser stands at, if it is a secret one, or steps over it. */
  private boolean take(Rule rule, JsonParser parser, int base, int open) throws IOException {
    switch (rule) {
      case SECRET -> hide(parser, base);
      case API_KEYS -> {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
          return takeNamed(parser, base);
        }
        hideKeys(parser, base);
      }
      case NAMED -> {
        return takeNamed(parser, base);
      }
      case MATCHER_NAME -> {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
          return false;
        }
        if (parser.getTextLength() <= LONGEST_NAME) {
          matchers.name(parser.getText(), open);
        }
      }
      case MATCHER -> matchers.values(matched(parser, base), open);
      case HEADER_NAME, NONE -> {
        return false;
      }
    }
    return true;
  }

  private boolean takeNamed(JsonParser parser, int base) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      return false;
    }
    JsonStreamContext outer = parser.getParsingContext().getParent();
    String holder = outer == null ? null : outer.getCurrentName();
    if ((holder == null || !COOKIE_NAMES.contains(holder)) && !isOperator(parser.getText())) {
      add(parser, base);
    }
    return true;
  }

  /** The texts of the matcher that the parser stands at; moves to its end. */
  private List<Span> matched(JsonParser parser, int base) throws IOException {
    List<Span> found = new ArrayList<>(1);
    if (parser.currentToken() == JsonToken.VALUE_STRING && isSecretMatch(parser.getText())) {
      found.add(span(parser, base));
    }
    for (int open = depth(parser.currentToken()); open > 0; ) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return found;
      }
      if (token == JsonToken.FIELD_NAME && rule(parser.currentName()) == Rule.SECRET) {
        parser.nextToken();
        hide(parser, base);
      } else if (token == JsonToken.VALUE_STRING
          && open == 1
          && MATCHED.contains(String.valueOf(parser.currentName()))
          && isSecretMatch(parser.getText())) {
        found.add(span(parser, base));
      } else {
        open += depth(token);
      }
    }
    return found;
  }

  private void hide(JsonParser parser, int base) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      add(parser, base);
    }
    for (int open = depth(parser.currentToken()); open > 0; ) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return;
      }
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
      if (token == null) {
        return;
      }
      if (token == JsonToken.VALUE_STRING && "key".equals(parser.currentName())) {
        add(parser, base);
      }
      open += depth(token);
    }
  }

  private static boolean isSecretHeader(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING
        && parser.getTextLength() <= LONGEST_NAME
        && SecretName.is(parser.getText());
  }

  /** How much deeper it is behind the token. */
  private static int depth(JsonToken token) {
    return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
  }

  private void add(JsonParser parser, int base) throws IOException {
    spans.add(span(parser, base));
  }

  private static Span span(JsonParser parser, int base) throws IOException {
    String field = parser.currentName();
    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.finishToken();
    int end = (int) parser.currentLocation().getByteOffset();
    boolean base64 = field != null && BYTE_FIELDS.contains(field);
    return new Span(base + start, base + end, base64);
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

  /** Whether a matched field is hidden, by its name in protobuf. */
  static boolean isMatched(String field) {
    return MATCHED.contains(field) || MATCHERS.contains(field);
  }

  /** Whether what a secret header has to be is secret: its scheme alone is not. */
  static boolean isSecretMatch(String text) {
    return text.length() >= SHORTEST_MATCHED
        && !SCHEMES.contains(text.strip().toLowerCase(Locale.ROOT));
  }

  /** Whether Envoy makes the value itself: it is one command operator. */
  static boolean isOperator(String text) {
    return text.length() > 2 && text.startsWith("%") && text.indexOf('%', 1) == text.length() - 1;
  }

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new HashMap<>();
    SECRET.forEach(name -> rules.put(name, Rule.SECRET));
    MATCHERS.forEach(name -> rules.put(name, Rule.MATCHER));
    rules.put("name", Rule.MATCHER_NAME);
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
