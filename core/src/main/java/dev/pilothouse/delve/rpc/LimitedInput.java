package dev.pilothouse.delve.rpc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Counts what is read for one message, and ends it when that is too much. The parser reads ahead,
 * so the count is right to within its buffer of a few kilobytes.
 */
final class LimitedInput extends FilterInputStream {
  private static final int SHOWN = 120;

  private final long limit;
  private final byte[] start = new byte[SHOWN];
  private int shown;
  private long count;

  LimitedInput(InputStream in, long limit) {
    super(in);
    this.limit = limit;
  }

  void nextMessage() {
    count = 0;
  }

  /** The first bytes that ever came, for messages about a peer that does not speak JSON-RPC. */
  String start() {
    return new String(Arrays.copyOf(start, shown), StandardCharsets.ISO_8859_1)
        .replaceAll("[^ -~]+", ".");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    if (read > 0) {
      if (shown < SHOWN) {
        int more = Math.min(read, SHOWN - shown);
        System.arraycopy(bytes, offset, start, shown, more);
        shown += more;
      }
      count += read;
      if (count > limit) {
        throw new RpcException(
            RpcException.Reason.TOO_LARGE, "a message is longer than " + limit + " bytes");
      }
    }
    return read;
  }
}
