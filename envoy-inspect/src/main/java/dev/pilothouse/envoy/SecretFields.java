package dev.pilothouse.envoy;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells by a field's name whether what it holds is a secret: fields that Envoy's API marks as
 * sensitive, tokens that it forgot to mark, and what {@link SecretName} knows.
 */
final class SecretFields {
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

  private static final Set<String> BYTES = spellings("inline_bytes", "raw_value");
  private static final Set<String> HEADER_VALUES = spellings("value", "raw_value");
  private static final Set<String> MATCHERS =
      spellings("string_match", "exact_match", "prefix_match", "suffix_match", "contains_match");

  /** What of a matcher is hidden; a regex tells what it looks for, and seldom a whole secret. */
  private static final Set<String> MATCHED = Set.of("exact", "prefix", "suffix", "contains");

  /** They hold names of cookies in fields that are called as tokens are. */
  private static final Set<String> COOKIE_NAMES = spellings("cookie_names");

  private static final Set<String> SCHEMES = Set.of("bearer", "basic");
  private static final int SHORTEST_MATCHED = 4;
  private static final int MAX_KNOWN = 10_000;

  /** One look at each of a million names: so all that need a closer one are in one table. */
  private static final Map<String, Rule> RULES = rules();

  private final Map<String, Rule> known = new HashMap<>(RULES);

  /** What a name says of the value behind it. */
  enum Rule {
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

  /** Each name is judged once: there are few, and a million fields. */
  Rule rule(@Nullable String name) {
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

  /** Whether a field's content is redacted, by the field's name in protobuf. */
  static boolean isSecret(String field) {
    return RULES.get(field) == Rule.SECRET || RULES.get(field) == Rule.API_KEYS;
  }

  /** Whether a field below a secret one is shown. */
  static boolean isKept(String field) {
    return KEPT.contains(field);
  }

  /** Whether a field of a secret header is its value. */
  static boolean isHeaderValue(String field) {
    return HEADER_VALUES.contains(field);
  }

  /** Whether what a field holds is in base64. */
  static boolean isBytes(String field) {
    return BYTES.contains(field);
  }

  /** Whether the fields below a field are names of cookies, or of what is in them. */
  static boolean holdsCookieNames(String field) {
    return COOKIE_NAMES.contains(field);
  }

  /** Whether a field of a matcher is hidden, by its name in protobuf. */
  static boolean isMatched(String field) {
    return MATCHED.contains(field) || MATCHERS.contains(field);
  }

  /** Whether a field of a matcher's own object is hidden. */
  static boolean isMatchedText(String field) {
    return MATCHED.contains(field);
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
