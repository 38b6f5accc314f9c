package dev.pilothouse.envoy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of one JSON document, always UTF-8 without a byte order mark. */
final class Document {
  private final String name;
  private final byte[] bytes;

  /** Stands for a place in a rewritten document that the source has elsewhere. */
  static final int NOWHERE = Integer.MIN_VALUE;

  private static final int SHOWN = 300;
  private static final int SEARCHED = 10_000;

  private final @Nullable ConfigSection section;
  private final int shift;

  private Document(String name, byte[] bytes, @Nullable ConfigSection section, int shift) {
    this.name = name;
    this.bytes = bytes;
    this.section = section;
    this.shift = shift;
  }

  /**
   * Takes the bytes as they come. A shell on Windows writes UTF-16 when output is redirected to a
   * file, so that is read too.
   */
  static Document of(String name, byte[] bytes, @Nullable ConfigSection section) {
    byte[] utf8 = bytes;
    if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
      utf8 = Arrays.copyOfRange(bytes, 3, bytes.length);
    } else if (startsWith(bytes, 0xFF, 0xFE) && !startsWith(bytes, 0xFF, 0xFE, 0, 0)) {
      utf8 = recode(bytes, StandardCharsets.UTF_16LE);
    } else if (startsWith(bytes, 0xFE, 0xFF)) {
      utf8 = recode(bytes, StandardCharsets.UTF_16BE);
    }
    return new Document(name, utf8, section, 0);
  }

  /** The same document with other bytes at the same places. */
  Document withBytes(byte[] others) {
    return others == bytes ? this : new Document(name, others, section, shift);
  }

  /**
   * The same document in another form.
   *
   * @param newShift by how much what was in the source lies further back, or {@link #NOWHERE}
   */
  Document rewritten(byte[] others, int newShift) {
    return new Document(name, others, section, newShift);
  }

  /** A place in it, by the offsets of the source. */
  Place place(String pointer, long offset) {
    return shift == NOWHERE
        ? new Place(name, pointer, -1, 0)
        : Place.at(name, bytes, pointer, offset, shift);
  }

  String name() {
    return name;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The section that was asked for, or null when this is a whole dump or nobody knows. */
  @Nullable ConfigSection section() {
    return section;
  }

  /** Envoy answers 200 with a plain text when it cannot write a dump as JSON. */
  boolean looksLikeJson() {
    for (byte b : bytes) {
      if (b == '{' || b == '[') {
        return true;
      }
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return false;
  }

  /** The start of the text, for a message about something that is no configuration. */
  String excerpt() {
    // More than is shown: the form of a secret may be known by its end.
    byte[] start = SecretText.blank(Arrays.copyOf(bytes, Math.min(bytes.length, SEARCHED)));
    int length = Math.min(start.length, SHOWN);
    String text = new String(start, 0, length, StandardCharsets.UTF_8).strip();
    if (text.chars().anyMatch(c -> c == 0xFFFD || (c < ' ' && !Character.isWhitespace(c)))) {
      return "it holds bytes that are no text";
    }
    return length < bytes.length ? text + "…" : text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Document document
        && name.equals(document.name)
        && section == document.section
        && Arrays.equals(bytes, document.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return name + " (" + bytes.length + " bytes)";
  }

  private static boolean startsWith(byte[] bytes, int... start) {
    if (bytes.length < start.length) {
      return false;
    }
    for (int i = 0; i < start.length; i++) {
      if ((bytes[i] & 0xFF) != start[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] recode(byte[] bytes, Charset charset) {
    return new String(bytes, 2, bytes.length - 2, charset).getBytes(StandardCharsets.UTF_8);
  }
}
