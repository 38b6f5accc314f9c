package dev.pilothouse.envoy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Blanks secrets that are known by their form, wherever they stand in a text: what {@link KeyText}
 * finds, what is secret in a JSON Web Key, what stands before the {@code @} of a URL, tokens in the
 * form of a JWT, what follows {@code Bearer} and {@code Basic}, and what follows {@code password:}
 * and the like. Each byte becomes a star, so that offsets stay.
 *
 * <p>Each form has a character that is rare in configurations. The search looks for those alone,
 * and at what is around one when it has found it: a large dump is searched in little more than the
 * time that it takes to read its bytes.
 */
final class SecretText {
  /** What a colon or an equals sign comes after; lower case. */
  private static final byte[][] ASSIGNED =
      ascii("password", "passwd", "api_key", "api-key", "apikey", "access_token", "client_secret");

  /** What a token comes after; lower case. */
  private static final byte[][] SCHEMES = ascii("bearer", "basic");

  private static final boolean[] SIGNS = set("@J:=bB");
  private static final boolean[] LAST_LETTERS = lastLetters();
  private static final boolean[] URL_BASE64 =
      set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
  private static final int SHORTEST_TOKEN = 6;
  private static final int SHORTEST_HEADER = 10;

  private final byte[] text;
  private final boolean json;
  private final WebKeyText webKeys;
  private byte[] blanked;

  /** Before these places there is nothing more of a form to be found, or it was found. */
  private int urlsFrom;

  private int webTokensFrom;

  /** Where the value ends that was looked at last, and the one that was overwritten. */
  private int valueEnd;

  private int assignedEnd;

  private SecretText(byte[] text, boolean json) {
    this.text = text;
    this.json = json;
    this.webKeys = new WebKeyText(text, json);
    this.blanked = text;
  }

  /**
   * JSON, or what should be JSON, without such secrets; the same array when there are none. That of
   * the caller stays as it is.
   */
  static byte[] blank(byte[] text) {
    return blank(text, true);
  }

  /** The same for a plain text. */
  static String blank(String text) {
    byte[] before = text.getBytes(StandardCharsets.UTF_8);
    byte[] after = blank(before, false);
    return after == before ? text : new String(after, StandardCharsets.UTF_8);
  }

  private static byte[] blank(byte[] text, boolean json) {
    SecretText secrets = new SecretText(KeyText.blank(text), json);
    secrets.search();
    return secrets.blanked;
  }

  private void search() {
    for (int at = nextSign(text, 0); at < text.length; at = nextSign(text, at + 1)) {
      look(at);
    }
  }

  /** All the time goes into this loop: it has nothing in it that a compiler might stumble over. */
  private static int nextSign(byte[] text, int from) {
    int at = from;
    while (at < text.length && !SIGNS[text[at] & 0xFF]) {
      at++;
    }
    return at;
  }

  private void look(int sign) {
    switch (text[sign]) {
      case '@' -> atSign(sign);
      case 'J' -> {
        if (sign >= webTokensFrom + 2 && text[sign - 1] == 'y' && text[sign - 2] == 'e') {
          webTokensFrom = webToken(sign - 2);
        }
      }
      case ':', '=' -> {
        if (sign > 0 && LAST_LETTERS[text[sign - 1] & 0xFF]) {
          assignment(sign);
        } else if (sign > 1 && text[sign - 1] == '"' && (!json || text[sign - 2] == '\\')) {
          webKey(sign);
        }
      }
      default -> scheme(sign);
    }
  }

  /** In a URL there is {@code ://} before it, and what is between is secret or a user's name. */
  private void atSign(int sign) {
    int at = sign;
    while (at > urlsFrom && !endsAuthority(text[at - 1])) {
      at--;
    }
    boolean url = at > 2 && text[at - 1] == '/' && text[at - 2] == '/' && text[at - 3] == ':';
    urlsFrom = Math.max(sign + 1, url ? url(at) : 0);
  }

  /** What is before the last @ of a URL: the password, or all if there is no user's name. */
  private int url(int start) {
    int colon = -1;
    int sign = -1;
    int at = start;
    while (at < text.length && !endsAuthority(text[at]) && !endsInEscape(at)) {
      if (text[at] == ':' && colon < 0) {
        colon = at;
      } else if (text[at] == '@') {
        sign = at;
      }
      at += text[at] == '\\' ? 6 : 1;
    }
    if (sign > start) {
      overwrite(colon >= 0 && colon < sign ? colon + 1 : start, sign);
    }
    return Math.min(at, text.length);
  }

  private static boolean endsAuthority(byte b) {
    return (b >= 0 && b <= ' ') || "/?#\"'<>".indexOf(b) >= 0;
  }

  /** JSON may write any character by its number; what else it escapes is in no URL. */
  private boolean endsInEscape(int at) {
    return text[at] == '\\' && (at + 6 > text.length || text[at + 1] != 'u');
  }

  /** Three parts in base64 with dots between. */
  private int webToken(int start) {
    int header = run(start);
    if (header - start < SHORTEST_HEADER || header >= text.length || text[header] != '.') {
      return header;
    }
    int payload = run(header + 1);
    if (payload == header + 1 || payload >= text.length || text[payload] != '.') {
      return payload;
    }
    int end = run(payload + 1);
    while (end < text.length && text[end] == '.') {
      end = run(end + 1);
    }
    overwrite(start, end);
    return end;
  }

  private int run(int from) {
    int at = from;
    while (at < text.length && URL_BASE64[text[at] & 0xFF]) {
      at++;
    }
    return at;
  }

  /** What follows an authentication scheme; a word of the language has neither digits nor case. */
  private void scheme(int word) {
    int scheme = word;
    for (byte[] name : SCHEMES) {
      scheme = is(name, word) ? word + name.length : scheme;
    }
    if (scheme == word || scheme >= text.length || text[scheme] != ' ') {
      return;
    }
    int start = scheme + 1;
    int at = start;
    boolean mixed = false;
    while (at < text.length && isToken(text[at])) {
      mixed |= (text[at] >= '0' && text[at] <= '9') || (text[at] >= 'A' && text[at] <= 'Z');
      at++;
    }
    if (mixed && at - start >= SHORTEST_TOKEN) {
      overwrite(start, at);
    }
  }

  private void assignment(int sign) {
    boolean named = false;
    for (byte[] word : ASSIGNED) {
      named |= is(word, sign - word.length);
    }
    if (!named) {
      return;
    }
    int start = sign + 1;
    while (start < text.length && text[start] == ' ') {
      start++;
    }
    if (json && start + 1 < text.length && text[start] == '\\' && text[start + 1] == '"') {
      start += 2;
    } else if (start < text.length && (text[start] == '\'' || (!json && text[start] == '"'))) {
      start++;
    }
    int end = Math.max(start, valueEnd);
    while (end < text.length && !endsValue(text[end])) {
      end++;
    }
    valueEnd = end;
    // What begins so is put in later, or was redacted before.
    if (end > start && "%{$<[*".indexOf(text[start]) < 0) {
      overwrite(Math.max(start, assignedEnd), end);
      assignedEnd = end;
    }
  }

  private void webKey(int colon) {
    WebKeyText.Span secret = webKeys.behind(colon);
    if (secret != null) {
      overwrite(secret.start(), secret.end());
    }
  }

  private void overwrite(int from, int to) {
    for (int i = from; i < to; i++) {
      if (blanked[i] != '*') {
        blanked = blanked == text ? text.clone() : blanked;
        blanked[i] = '*';
      }
    }
  }

  private boolean is(byte[] lower, int at) {
    if (at < 0 || at + lower.length > text.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      int b = text[at + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean endsValue(byte b) {
    return (b >= 0 && b <= ' ') || "\"'\\,;&)}".indexOf(b) >= 0;
  }

  private static boolean isToken(byte b) {
    return URL_BASE64[b & 0xFF] || "._~+/=".indexOf(b) >= 0;
  }

  private static boolean[] lastLetters() {
    StringBuilder letters = new StringBuilder();
    for (byte[] word : ASSIGNED) {
      char last = (char) word[word.length - 1];
      letters.append(last).append(Character.toUpperCase(last));
    }
    return set(letters.toString());
  }

  private static boolean[] set(String characters) {
    boolean[] set = new boolean[256];
    characters.chars().forEach(c -> set[c] = true);
    return set;
  }

  private static byte[][] ascii(String... words) {
    return Arrays.stream(words)
        .map(word -> word.getBytes(StandardCharsets.US_ASCII))
        .toArray(byte[][]::new);
  }
}
