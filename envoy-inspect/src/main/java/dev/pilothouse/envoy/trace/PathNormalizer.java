package dev.pilothouse.envoy.trace;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Brings paths into the form that Envoy matches, where it is told to. */
final class PathNormalizer {
  private static final String PLAIN = "-._~!$&'()*+,;=:@[]%";

  private static final String HEX = "0123456789ABCDEF";

  private static final int NONE = -9;

  /** Dots, slashes, escapes and what becomes one before the query; anywhere what is refused. */
  private static final Pattern CHANGEABLE =
      Pattern.compile("^[^?]*?(//|/\\.|[%\\\\\"<>^`{|}])|#|[^\\x21-\\x7e]|^[^/]|^$");

  private PathNormalizer() {}

  /** Whether a path may not be the same behind an HTTP connection manager, as far as one knows. */
  static boolean mayChange(String path) {
    return CHANGEABLE.matcher(path).find();
  }

  private static int queryStart(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path.length() : query;
  }

  /** Decodes slashes of both kinds. */
  static String unescapeSlashes(String path) {
    int query = queryStart(path);
    String bare = path.substring(0, query);
    return bare.replaceAll("%2[Ff]", "/").replaceAll("%5[Cc]", "\\\\") + path.substring(query);
  }

  static String mergeSlashes(String path) {
    int query = queryStart(path);
    return path.substring(0, query).replaceAll("/{2,}", "/") + path.substring(query);
  }

  /**
   * Removes dot segments, decodes letters, digits and {@code -._~}, and escapes what URLs do not
   * have, as browsers do.
   *
   * @param parameters whether dots with parameters behind a semicolon count as dots
   * @return null when nobody can tell
   */
  static @Nullable String canonical(String path, Verdict parameters) {
    int query = queryStart(path);
    String bare = path.substring(0, query);
    if (bare.contains("/.;") || bare.contains("/..;")) {
      if (parameters == Verdict.UNKNOWN) {
        return null;
      }
      // Before anything is decoded: neither %2e nor a backslash counts here.
      bare = parameters == Verdict.YES ? bare.replaceAll("/(\\.\\.?);[^/]*", "/$1") : bare;
    }
    String decoded = decoded(bare);
    return decoded == null ? null : dotless(decoded) + path.substring(query);
  }

  private static @Nullable String decoded(String bare) {
    StringBuilder text = new StringBuilder(bare.length());
    int broken = NONE;
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      int escaped = c == '%' ? escaped(bare, i) : -1;
      if (c == '\\') {
        text.append('/');
      } else if (c == '%' && escaped < 0) {
        broken = text.length();
        text.append(c);
      } else if (c == '%' && unreserved((char) escaped)) {
        if (broken != NONE && isHex(escaped) && text.indexOf("..", broken) >= 0) {
          return null; // the sign may be gone by then, and Envoy look at what took its place
        }
        i += 2;
        text.append((char) escaped);
        escapeBroken(text, broken, i + 1 < bare.length() ? bare.charAt(i + 1) : '/');
      } else if (c == '/' || plain(c)) {
        text.append(c);
      } else {
        text.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return text.toString();
  }

  /**
   * A percent sign that began no escape must not begin one now that what follows it was decoded:
   * then it is escaped itself.
   *
   * @param broken where the last such sign is
   * @param next what comes after the text
   */
  private static void escapeBroken(StringBuilder text, int broken, char next) {
    int behind = text.length() - broken - 1;
    boolean escape =
        switch (behind) {
          case 1 -> escaped(text.substring(broken) + next, 0) >= 0;
          case 2 -> escaped(text.toString(), broken) >= 0;
          default -> false;
        };
    if (escape) {
      text.insert(broken + 1, "25");
    }
  }

  /** Whether the path has an escaped zero byte, which Envoy refuses to normalize. */
  static boolean hasNul(String path) {
    int nul = path.indexOf("%00");
    return nul >= 0 && nul < queryStart(path);
  }

  /** The character that an escape stands for; negative when it is none. */
  private static int escaped(String text, int at) {
    if (at + 2 >= text.length()) {
      return -1;
    }
    int high = Character.digit(text.charAt(at + 1), 16);
    int low = Character.digit(text.charAt(at + 2), 16);
    return high < 0 || low < 0 ? -1 : 16 * high + low;
  }

  private static boolean isHex(int c) {
    return Character.digit(c, 16) >= 0;
  }

  private static boolean unreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~".indexOf(c) >= 0;
  }

  private static boolean plain(char c) {
    return unreserved(c) || PLAIN.indexOf(c) >= 0;
  }

  private static String dotless(String path) {
    if (!path.contains("/.")) {
      return path;
    }
    Deque<String> kept = new ArrayDeque<>();
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      if (segments[i].equals("..")) {
        kept.pollLast();
      } else if (!segments[i].equals(".")) {
        kept.addLast(segments[i]);
        continue;
      }
      if (last) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept);
  }
}
