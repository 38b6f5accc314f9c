package dev.pilothouse.envoy;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is secret in a JSON Web Key, as filters have them for tokens: such a key is itself
 * JSON, and a text in the configuration's.
 */
final class WebKeyText {
  /** Of symmetric keys the key itself, of others what only their owner knows. */
  private static final Set<String> SECRET = Set.of("k", "d", "p", "q", "dp", "dq", "qi");

  private static final int LONGEST_NAME = 2;
  private static final int SHORTEST = 16;

  /** How far away the key's type may be; a key of 8,192 bits has as many characters. */
  private static final int NEAR = 8_192;

  private static final byte[] TYPE = "kty".getBytes(StandardCharsets.US_ASCII);

  /**
   * Where a value is.
   *
   * @param end behind it
   */
  record Span(int start, int end) {}

  private WebKeyText() {}

  /**
   * Looks at a colon.
   *
   * @param json whether the text is JSON, so that quotes inside a string are escaped
   * @return the secret behind it, or null
   */
  static @Nullable Span behind(byte[] text, int colon, boolean json) {
    int quote = json ? 2 : 1;
    int nameEnd = colon - quote;
    if (nameEnd < quote || !isQuote(text, nameEnd, json)) {
      return null;
    }
    int name = nameEnd;
    while (name > quote && nameEnd - name <= LONGEST_NAME && isLetter(text[name - 1])) {
      name--;
    }
    String word = new String(text, name, nameEnd - name, StandardCharsets.US_ASCII);
    if (!SECRET.contains(word) || !isQuote(text, name - quote, json)) {
      return null;
    }
    int start = colon + 1;
    while (start < text.length && text[start] == ' ') {
      start++;
    }
    if (!isQuote(text, start, json)) {
      return null;
    }
    start += quote;
    int end = start;
    while (end < text.length && isBase64(text[end])) {
      end++;
    }
    return end - start >= SHORTEST && isQuote(text, end, json) && hasType(text, colon)
        ? new Span(start, end)
        : null;
  }

  private static boolean isQuote(byte[] text, int at, boolean json) {
    if (at < 0 || at + (json ? 1 : 0) >= text.length) {
      return false;
    }
    return json ? text[at] == '\\' && text[at + 1] == '"' : text[at] == '"';
  }

  private static boolean hasType(byte[] text, int near) {
    int end = Math.min(text.length - TYPE.length, near + NEAR);
    for (int at = Math.max(0, near - NEAR); at <= end; at++) {
      if (text[at] == TYPE[0] && text[at + 1] == TYPE[1] && text[at + 2] == TYPE[2]) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLetter(byte b) {
    return b >= 'a' && b <= 'z';
  }

  private static boolean isBase64(byte b) {
    return (b >= '0' && b <= '9')
        || (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || b == '-'
        || b == '_'
        || b == '=';
  }
}
