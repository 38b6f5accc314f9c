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

  private final byte[] text;
  private final boolean json;

  /** Where a type is at or before the colon that was looked at last, and the next one. */
  private int typeBefore = -NEAR;

  private int typeAfter = -1;

  /**
   * For one text.
   *
   * @param json whether the text is JSON, so that quotes inside a string are escaped
   */
  WebKeyText(byte[] text, boolean json) {
    this.text = text;
    this.json = json;
  }

  /**
   * Looks at a colon.
   *
   * @param colon behind those that were looked at before
   * @return the secret behind it, or null
   */
  @Nullable Span behind(int colon) {
    int quote = json ? 2 : 1;
    int nameEnd = colon - quote;
    if (nameEnd < quote || !isQuote(nameEnd)) {
      return null;
    }
    int name = nameEnd;
    while (name > quote && nameEnd - name <= LONGEST_NAME && isLetter(text[name - 1])) {
      name--;
    }
    String word = new String(text, name, nameEnd - name, StandardCharsets.US_ASCII);
    if (!SECRET.contains(word) || !isQuote(name - quote)) {
      return null;
    }
    int start = colon + 1;
    while (start < text.length && text[start] == ' ') {
      start++;
    }
    if (!isQuote(start)) {
      return null;
    }
    start += quote;
    int end = start;
    while (end < text.length && isBase64(text[end])) {
      end++;
    }
    return end - start >= SHORTEST && isQuote(end) && hasType(colon) ? new Span(start, end) : null;
  }

  private boolean isQuote(int at) {
    if (at < 0 || at + (json ? 1 : 0) >= text.length) {
      return false;
    }
    return json ? text[at] == '\\' && text[at + 1] == '"' : text[at] == '"';
  }

  /** Each byte is looked at once for all colons together. */
  private boolean hasType(int colon) {
    while (typeAfter < colon) {
      typeBefore = typeAfter < 0 ? typeBefore : typeAfter;
      typeAfter = nextType(typeAfter + 1);
    }
    return colon - typeBefore < NEAR || (typeAfter < text.length && typeAfter - colon < NEAR);
  }

  /** The length of the text when there is none. */
  private int nextType(int from) {
    for (int at = from; at <= text.length - TYPE.length; at++) {
      if (text[at] == TYPE[0] && text[at + 1] == TYPE[1] && text[at + 2] == TYPE[2]) {
        return at;
      }
    }
    return text.length;
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
