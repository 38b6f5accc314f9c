package dev.pilothouse.source;

import dev.pilothouse.internal.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** SHA-256 of contents, in hex, cut to 32 digits. */
final class ContentHash {
  private static final int DIGITS = 32;

  private final MessageDigest digest = Sha256.digest();

  static String of(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    digest.update(Files.readAllBytes(file));
    return cut(Sha256.hex(digest));
  }

  static String of(String text) {
    return cut(Sha256.ofText(text));
  }

  /** Adds a part; its length goes in too, so that no two lists of parts give the same bytes. */
  ContentHash add(String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
    return this;
  }

  /** The hash of all parts; nothing can be added afterwards. */
  String value() {
    return cut(Sha256.hex(digest));
  }

  private static String cut(String hex) {
    return hex.substring(0, DIGITS);
  }
}
