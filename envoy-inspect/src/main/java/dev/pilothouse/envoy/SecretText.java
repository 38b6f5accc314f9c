package dev.pilothouse.envoy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;

/**
 * Blanks secrets that are known by their form, wherever they stand in a text: what {@link KeyText}
 * finds, what stands before the {@code @} of a URL, tokens in the form of a JWT, what follows
 * {@code Bearer} and {@code Basic}, and what follows {@code password:} and the like. Each byte
 * becomes a star, so that offsets stay.
 */
final class SecretText {
  /** Lower case. After a scheme comes a token, after the others a colon or an equals sign. */
  private static final byte[][] WORDS =
      ascii(
          "bearer",
          "basic",
          "password",
          "passwd",
          "api_key",
          "api-key",
          "apikey",
          "access_token",
          "client_secret");

  private static final int SCHEMES = 2;
  private static final int[] WORD_JUMPS = jumps(WORDS);
  private static final boolean[] WORD_FIRST = firsts(WORDS);
  private static final int WORD_WINDOW = shortest(WORDS);
  private static final byte[][] STARTS = ascii("://", "eyj");
  private static final int[] START_JUMPS = jumps(STARTS);
  private static final int START_WINDOW = shortest(STARTS);
  private static final int SHORTEST_TOKEN = 6;
  private static final int SHORTEST_HEADER = 10;
  private static final int LARGE = 1 << 20;

  private final byte[] text;
  private byte[] blanked;

  private SecretText(byte[] text) {
    this.text = text;
    this.blanked = text;
  }

  /** The text without such secrets; the same array when there are none. */
  static byte[] blank(byte[] text) {
    SecretText secrets = new SecretText(KeyText.blank(text));
    secrets.findStarts();
    secrets.findWords();
    return secrets.blanked;
  }

  static String blank(String text) {
    byte[] before = text.getBytes(StandardCharsets.UTF_8);
    byte[] after = blank(before);
    return after == before ? text : new String(after, StandardCharsets.UTF_8);
  }

  /**
   * The same beside other work, if there is much to search. The text must not be changed meanwhile.
   */
  static Supplier<byte[]> blankBeside(byte[] text) {
    if (text.length < LARGE) {
      return () -> blank(text);
    }
    return ForkJoinPool.commonPool().submit(() -> blank(text))::join;
  }

  private void findStarts() {
    int at = 0;
    while (at + START_WINDOW <= text.length) {
      int jump = START_JUMPS[text[at + START_WINDOW - 1] & 0xFF];
      if (jump > 0) {
        at += jump;
      } else if (is(STARTS[0], at)) {
        at = url(at + START_WINDOW);
      } else if (text[at] == 'e' && text[at + 1] == 'y' && text[at + 2] == 'J') {
        at = webToken(at);
      } else {
        at++;
      }
    }
  }

  /** What is before the @ of a URL: the password, or all if there is no user's name. */
  private int url(int start) {
    int colon = -1;
    int sign = -1;
    int at = start;
    while (at < text.length && !endsAuthority(at)) {
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

  private boolean endsAuthority(int at) {
    byte b = text[at];
    return (b >= 0 && b <= ' ')
        || "/?#\"'<>".indexOf(b) >= 0
        || (b == '\\' && (at + 6 > text.length || text[at + 1] != 'u'));
  }

  /** Three parts in base64 with dots between. */
  private int webToken(int start) {
    int header = run(start);
    if (header - start < SHORTEST_HEADER || header >= text.length || text[header] != '.') {
      return Math.max(header, start + 1);
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
    while (at < text.length && isUrlBase64(text[at])) {
      at++;
    }
    return at;
  }

  private void findWords() {
    int at = 0;
    while (at + WORD_WINDOW <= text.length) {
      int jump = WORD_JUMPS[text[at + WORD_WINDOW - 1] & 0xFF];
      if (jump > 0 || !WORD_FIRST[text[at] & 0xFF]) {
        at += Math.max(jump, 1);
        continue;
      }
      int word = 0;
      while (word < WORDS.length && !is(WORDS[word], at)) {
        word++;
      }
      if (word == WORDS.length) {
        at++;
      } else if (word < SCHEMES) {
        at = token(at + WORDS[word].length);
      } else {
        at = assigned(at + WORDS[word].length);
      }
    }
  }

  /** What follows an authentication scheme; a word of the language has neither digits nor case. */
  private int token(int scheme) {
    if (scheme >= text.length || text[scheme] != ' ') {
      return scheme;
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
    return at;
  }

  private int assigned(int word) {
    int at = word;
    if (at >= text.length || (text[at] != ':' && text[at] != '=')) {
      return at;
    }
    at++;
    while (at < text.length && text[at] == ' ') {
      at++;
    }
    if (at + 1 < text.length && text[at] == '\\' && text[at + 1] == '"') {
      at += 2;
    } else if (at < text.length && text[at] == '\'') {
      at++;
    }
    int start = at;
    while (at < text.length && (text[at] < 0 || text[at] > ' ') && !endsValue(text[at])) {
      at++;
    }
    if (at > start && "%{$<[*".indexOf(text[start]) < 0) {
      overwrite(start, at);
    }
    return at;
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
    if (at + lower.length > text.length) {
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
    return "\"'\\,;&)}".indexOf(b) >= 0;
  }

  private static boolean isUrlBase64(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '_';
  }

  private static boolean isToken(byte b) {
    return isUrlBase64(b) || "._~+/=".indexOf(b) >= 0;
  }

  /** How far the search may jump (Horspool's algorithm); zero where a word may be. */
  private static int[] jumps(byte[][] words) {
    int window = shortest(words);
    int[] jumps = new int[256];
    Arrays.fill(jumps, window);
    for (byte[] word : words) {
      for (int i = 0; i < window; i++) {
        int upper = word[i] >= 'a' && word[i] <= 'z' ? word[i] - 32 : word[i];
        jumps[word[i]] = Math.min(jumps[word[i]], window - 1 - i);
        jumps[upper] = Math.min(jumps[upper], window - 1 - i);
      }
    }
    return jumps;
  }

  /** Most places that might end a word have no beginning of one before them, as in indentation. */
  private static boolean[] firsts(byte[][] words) {
    boolean[] firsts = new boolean[256];
    for (byte[] word : words) {
      firsts[word[0]] = true;
      firsts[word[0] - 32] = true;
    }
    return firsts;
  }

  private static int shortest(byte[][] words) {
    return Arrays.stream(words).mapToInt(word -> word.length).min().orElse(1);
  }

  private static byte[][] ascii(String... words) {
    return Arrays.stream(words)
        .map(word -> word.getBytes(StandardCharsets.US_ASCII))
        .toArray(byte[][]::new);
  }
}
