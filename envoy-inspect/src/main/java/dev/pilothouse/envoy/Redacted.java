package dev.pilothouse.envoy;

import java.util.regex.Pattern;

/** Tells what stands in the place of a secret: it is compared with nothing. */
public final class Redacted {
  // Where there is no room for the word, or a part alone is secret: stars; the same in base64.
  private static final Pattern BYTES = Pattern.compile("W3JlZGFjdGVkXQ==|(?:Kioq)+");

  private Redacted() {}

  /**
   * Whether a text was replaced, or a part of it, by Envoy, istiod or this library.
   *
   * @param text as it is in a configuration
   * @return whether what it was cannot be known
   */
  public static boolean is(String text) {
    return text.equals("[redacted]") || text.contains("****") || BYTES.matcher(text).matches();
  }
}
