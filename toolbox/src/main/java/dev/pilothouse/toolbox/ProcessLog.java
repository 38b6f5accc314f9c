package dev.pilothouse.toolbox;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a log file that belongs to one process: what comes after the line with which we begin
 * it. A process of the same name that ran before has written the part in front.
 */
final class ProcessLog {
  private static final int HEAD_LINES = 5;
  private static final int TAIL_LINES = 15;

  /** More than this is never read. */
  private static final int TAIL_BYTES = 64 * 1024;

  private final Path file;
  private final long start;

  private ProcessLog(Path file, long start) {
    this.file = file;
    this.start = start;
  }

  /** Writes the first line, which also proves that the log can be written. */
  static ProcessLog begin(Path file, List<String> command) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.createFile(file, PrivateFiles.FILE_MODE);
    }
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
      String line = "--- " + Instant.now() + " " + command + "\n";
      out.write(line.getBytes(StandardCharsets.UTF_8));
    }
    return new ProcessLog(file, Files.size(file));
  }

  Path file() {
    return file;
  }

  List<String> tail(int lines) throws IOException {
    List<String> all = end();
    return all.subList(Math.max(0, all.size() - lines), all.size());
  }

  /**
   * What a failure shows: the last lines, and of a short log the first ones too, because some
   * programs say what is wrong and then how to use them.
   */
  List<String> excerpt() throws IOException {
    List<String> all = end();
    int left = all.size() - HEAD_LINES - TAIL_LINES;
    if (left <= 1) {
      return all;
    }
    List<String> excerpt = new ArrayList<>();
    if (Files.size(file) - start <= TAIL_BYTES) {
      excerpt.addAll(all.subList(0, HEAD_LINES));
      excerpt.add("... (" + left + " lines)");
    }
    excerpt.addAll(all.subList(all.size() - TAIL_LINES, all.size()));
    return excerpt;
  }

  private List<String> end() throws IOException {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      long end = log.length();
      long from = Math.max(start, end - TAIL_BYTES);
      byte[] bytes = new byte[(int) Math.max(0, end - from)];
      log.seek(from);
      log.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
  }
}
