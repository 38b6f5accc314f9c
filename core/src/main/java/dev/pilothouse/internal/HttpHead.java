package dev.pilothouse.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The head of an HTTP/1 answer on a connection that goes on in another protocol. It is read byte by
 * byte: what comes after it is no HTTP.
 *
 * @param status the status code
 * @param text the whole head
 */
public record HttpHead(int status, String text) {
  private static final int LONGEST = 64 * 1024;

  /**
   * Reads to the end of the head.
   *
   * @param in the connection
   * @param whose who answers, for messages, as {@code the API server}
   * @return the head
   * @throws IOException if the connection ends before it does, or it is none
   */
  public static HttpHead read(InputStream in, String whose) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int newLines = 0;
    while (newLines < 2) {
      int next = in.read();
      if (next < 0 || head.size() > LONGEST) {
        String said = head.toString(ISO_8859_1).strip();
        throw new EOFException(
            whose
                + " ended the connection instead of an answer"
                + (said.isEmpty() ? "" : ": " + said));
      }
      newLines = next == '\n' ? newLines + 1 : next == '\r' ? newLines : 0;
      head.write(next);
    }
    String text = head.toString(ISO_8859_1);
    String[] line = text.split("\\s+", 3);
    if (line.length < 2 || !line[0].startsWith("HTTP/1.") || !line[1].matches("\\d{3}")) {
      throw new IOException(whose + " does not answer in HTTP/1");
    }
    return new HttpHead(Integer.parseInt(line[1]), text);
  }
}
