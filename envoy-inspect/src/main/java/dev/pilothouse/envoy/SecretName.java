package dev.pilothouse.envoy;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells by a name whether what it names is a secret: {@code DB_PASSWORD}, {@code x-api-key}, {@code
 * clientSecret}. The last word decides, so that {@code token_bucket}, {@code secretName} and {@code
 * cookie_ttl} are none.
 */
final class SecretName {
  private static final Pattern BETWEEN_WORDS =
      Pattern.compile("[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])");
  private static final Set<String> WORDS =
      Set.of("credential", "credentials", "authorization", "cookie");

  /** Also at the end of a word, as in {@code authtoken}. */
  private static final Set<String> ENDS =
      Set.of("password", "passwd", "passphrase", "secret", "token", "apikey");

  /** What kind of key is secret. */
  private static final Set<String> KEYS = Set.of("api", "private", "secret");

  private static final int LONGEST = 100;

  private SecretName() {}

  /** Whether the name of a header, a query parameter or an entry of a map says so. */
  static boolean is(String name) {
    if (name.length() > LONGEST || !mayBe(name)) {
      return false;
    }
    String[] words = BETWEEN_WORDS.split(name, -1);
    int last = words.length - 1;
    while (last > 0 && words[last].chars().allMatch(c -> c >= '0' && c <= '9')) {
      last--;
    }
    if (last < 0) {
      return false;
    }
    String word = words[last].toLowerCase(Locale.ROOT);
    return WORDS.contains(word)
        || ENDS.stream().anyMatch(word::endsWith)
        || (word.equals("key")
            && last > 0
            && KEYS.contains(words[last - 1].toLowerCase(Locale.ROOT)));
  }

  /** The same of a field in JSON: Envoy's API has fields {@code cookie} that hold names. */
  static boolean isField(String name) {
    return !name.equals("cookie") && is(name);
  }

  /**
   * Whether what a header or a query parameter is matched with is secret. A cookie's is not: routes
   * are chosen by what cookies say of a user's group, and analyses need to know.
   */
  static boolean isMatched(String name) {
    return !name.equalsIgnoreCase("cookie") && is(name);
  }

  /** Most names end in other letters, which is seen at once. */
  private static boolean mayBe(String name) {
    if (name.isEmpty()) {
      return false;
    }
    char last = Character.toLowerCase(name.charAt(name.length() - 1));
    return "dtenyls".indexOf(last) >= 0 || (last >= '0' && last <= '9');
  }
}
