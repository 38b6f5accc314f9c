package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the secrets of a document lie, and what is written over them: Envoy's own {@code
 * [redacted]}. The text keeps its length, so that offsets stay those of the file.
 */
final class SecretSpans {
  private static final String TEXT = "[redacted]";
  private static final String BYTES = "W3JlZGFjdGVkXQ==";

  private final List<Span> spans = new ArrayList<>();

  /** A JSON string with its quotes. */
  record Span(int start, int end, boolean base64) {
    /**
     * The string that the parser stands at.
     *
     * @param base the offset in the document at which the parser began
     */
    static Span of(JsonParser parser, int base) throws IOException {
      String field = parser.currentName();
      int start = (int) parser.currentTokenLocation().getByteOffset();
      parser.finishToken();
      int end = (int) parser.currentLocation().getByteOffset();
      return new Span(base + start, base + end, field != null && SecretFields.isBytes(field));
    }

    /** A JSON string that is as long, or shorter with spaces behind it. */
    private byte[] replacement() {
      int room = end - start - 2;
      String text = base64 ? BYTES : TEXT;
      if (text.length() > room) {
        text = base64 ? "Kioq".repeat(room / 4) : "*".repeat(Math.max(room, 0));
      }
      String quoted = '"' + text + '"';
      return (quoted + " ".repeat(room + 2 - quoted.length())).getBytes(StandardCharsets.US_ASCII);
    }

    private boolean isRedacted(byte[] bytes) {
      int length = end - start - 2;
      if (length == 0) {
        return true;
      }
      if (length != TEXT.length() && length != BYTES.length()) {
        return false;
      }
      String text = new String(bytes, start + 1, length, StandardCharsets.ISO_8859_1);
      return text.equals(TEXT) || text.equals(BYTES);
    }
  }

  void add(Span span) {
    spans.add(span);
  }

  void addAll(List<Span> some) {
    spans.addAll(some);
  }

  /** The document without what was found; the same when that is nothing, or was redacted before. */
  Document overwrite(Document document) {
    byte[] bytes = document.bytes();
    byte[] changed = bytes;
    for (Span span : spans) {
      if (!span.isRedacted(bytes)) {
        byte[] text = span.replacement();
        changed = changed == bytes ? bytes.clone() : changed;
        System.arraycopy(text, 0, changed, span.start(), text.length);
      }
    }
    return document.withBytes(changed);
  }
}
