package dev.pilothouse.envoy;

/**
 * A place in a configuration that was read.
 *
 * @param document the document, as {@code config_dump.json} or an admin URL
 * @param pointer the JSON pointer (RFC 6901) in {@link EnvoyConfig#raw()}; empty for the root
 * @param offset the offset in the document in bytes, from 0; −1 when unknown
 * @param line the line in the document, from 1; 0 when unknown
 */
public record Place(String document, String pointer, long offset, int line) {

  static Place at(String document, byte[] bytes, String pointer, long offset, int shift) {
    int end = (int) Math.min(Math.max(offset, 0), bytes.length);
    int line = 1;
    for (int i = 0; i < end; i++) {
      if (bytes[i] == '\n') {
        line++;
      }
    }
    return new Place(document, pointer, Math.max(-1, offset - shift), offset < 0 ? 0 : line);
  }

  /** As {@code config_dump.json, at /configs/2, line 71, byte 2307}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(document);
    if (!pointer.isEmpty()) {
      text.append(", at ").append(pointer);
    }
    if (line > 0) {
      text.append(", line ").append(line);
    }
    if (offset >= 0) {
      text.append(", byte ").append(offset);
    }
    return text.toString();
  }
}
