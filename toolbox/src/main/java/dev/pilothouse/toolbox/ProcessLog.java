package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The part of a log file that belongs to one process: what comes after the line with which we begin
 * it. A process of the same name that ran before has written the part in front.
 */
final class ProcessLog {
  /** More than this is never read for a tail. */
  private static final int TAIL_BYTES = 64 * 1024;

  private final Path file;
  private final long start;

  private ProcessLog(Path file, long start) {
    this.file = file;
    this.start = start;
  }

  /** Writes the first line, which also proves that the log can be written. */
  static ProcessLog begin(Path file, List<String> command) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS),
            PrivateFiles.FILE_MODE)) {
      String line = "--- " + Instant.now() + " " + command + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return new ProcessLog(file, channel.size());
    }
  }

  Path file() {
    return file;
  }

  List<String> tail(int lines) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long end = channel.size();
      long from = Math.max(start, end - TAIL_BYTES);
      List<String> all = PrivateFiles.text(channel, from).lines().toList();
      return all.subList(Math.max(0, all.size() - lines), all.size());
    }
  }
}
