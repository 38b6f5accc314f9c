package dev.pilothouse.console;

import dev.pilothouse.failure.PilothouseException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the log of one replica as it grows. */
final class TailedLog implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  /** What is written into the log of a process at each start, before istiod writes. */
  private static final String START = "--- ";

  private final String replica;
  private final FileChannel file;
  private final LogReader reader = new LogReader();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private TailedLog(String replica, FileChannel file) {
    this.replica = replica;
    this.file = file;
  }

  static TailedLog fromStart(String replica, Path path) throws IOException {
    return new TailedLog(replica, FileChannel.open(path));
  }

  static TailedLog fromEnd(String replica, Path path) throws IOException {
    TailedLog log = fromStart(replica, path);
    log.file.position(log.file.size());
    return log;
  }

  /** All that is there. */
  static List<LogEntry> whole(String replica, Path path) {
    try (TailedLog log = fromStart(replica, path)) {
      List<LogEntry> entries = log.look();
      entries.addAll(log.look());
      return entries;
    } catch (IOException e) {
      throw new PilothouseException(
          "reading the log of istiod " + replica, e.toString(), "", path, e);
    }
  }

  /**
   * The entries that are complete. The last one may have further lines: it is when the next one
   * begins, or nothing has come since the last look.
   */
  List<LogEntry> look() throws IOException {
    List<LogEntry> entries = new ArrayList<>();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    boolean quiet = true;
    while (file.read(chunk) > 0) {
      quiet = false;
      chunk.flip();
      while (chunk.hasRemaining()) {
        take(chunk.get(), entries);
      }
      chunk.clear();
    }
    if (quiet && line.size() == 0) {
      reader.end().ifPresent(entry -> entries.add(new LogEntry(replica, entry)));
    }
    return entries;
  }

  private void take(byte letter, List<LogEntry> entries) {
    if (letter != '\n') {
      line.write(letter);
      return;
    }
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    (text.startsWith(START) ? reader.end() : reader.read(text))
        .ifPresent(entry -> entries.add(new LogEntry(replica, entry)));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
