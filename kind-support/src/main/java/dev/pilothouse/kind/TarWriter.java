package dev.pilothouse.kind;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a tar archive (ustar) whose size is known before its first byte, so that it can be part of
 * another one that is streamed. All owners are root and all times are 0: the same content gives the
 * same bytes.
 */
final class TarWriter {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int BUFFER = 1 << 18;

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  /** How many bytes an entry of this size takes. */
  static long entrySize(long content) {
    return BLOCK + (content + BLOCK - 1) / BLOCK * BLOCK;
  }

  /** How many bytes follow a content of this size, up to the next block. */
  static long padding(long content) {
    return entrySize(content) - BLOCK - content;
  }

  /** How many bytes the end takes. */
  static long endSize() {
    return 2 * BLOCK;
  }

  void directory(String name) throws IOException {
    out.write(header(name + "/", 0755, 0, '5'));
  }

  void file(String name, int mode, byte[] content) throws IOException {
    begin(name, mode, content.length);
    out.write(content);
    endEntry(content.length);
  }

  void file(String name, int mode, Path content, long size) throws IOException {
    begin(name, mode, size);
    copy(content, size, out);
    endEntry(size);
  }

  /** Begins an entry whose content the caller writes to the stream itself. */
  void begin(String name, int mode, long size) throws IOException {
    out.write(header(name, mode, size, '0'));
  }

  /** Ends an entry that was begun. */
  void endEntry(long size) throws IOException {
    out.write(new byte[(int) padding(size)]);
  }

  void end() throws IOException {
    out.write(new byte[(int) endSize()]);
    out.flush();
  }

  /** Copies a file that must have the size that it was announced with. */
  static void copy(Path file, long size, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long left = size;
    try (InputStream in = Files.newInputStream(file)) {
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (read < 0) {
          throw new IOException(file + " shrank while it was read");
        }
        out.write(buffer, 0, read);
        left -= read;
      }
      if (in.read() >= 0) {
        throw new IOException(file + " grew while it was read");
      }
    }
  }

  /** The head of an entry; type 0 is a file, 5 a folder. */
  static byte[] header(String name, int mode, long size, char type) throws IOException {
    byte[] header = new byte[BLOCK];
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > NAME) {
      throw new IOException("a name of more than " + NAME + " bytes: " + name);
    }
    System.arraycopy(bytes, 0, header, 0, bytes.length);
    octal(header, 100, 8, mode);
    octal(header, 108, 8, 0);
    octal(header, 116, 8, 0);
    octal(header, 124, 12, size);
    octal(header, 136, 12, 0);
    header[156] = (byte) type;
    text(header, 257, "ustar\0" + "00");
    text(header, 148, " ".repeat(8));
    int sum = 0;
    for (byte b : header) {
      sum += Byte.toUnsignedInt(b);
    }
    octal(header, 148, 7, sum);
    return header;
  }

  private static void octal(byte[] header, int at, int width, long value) {
    text(header, at, String.format("%0" + (width - 1) + "o", value) + "\0");
  }

  private static void text(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
