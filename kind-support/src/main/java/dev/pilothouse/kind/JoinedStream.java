package dev.pilothouse.kind;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;

/** One stream after the other, each opened when its turn comes. */
final class JoinedStream extends InputStream {
  /** A part of the whole. */
  interface Part {
    InputStream open() throws IOException;
  }

  private final Iterator<Part> rest;
  private InputStream current = InputStream.nullInputStream();

  JoinedStream(List<Part> parts) {
    rest = parts.iterator();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      int read = current.read(bytes, offset, length);
      if (read >= 0) {
        return read;
      }
      current.close();
      if (!rest.hasNext()) {
        current = InputStream.nullInputStream();
        return -1;
      }
      current = rest.next().open();
    }
  }

  @Override
  public void close() throws IOException {
    current.close();
  }
}
