package dev.pilothouse.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process takes of the machine.
 *
 * @param threads its threads
 * @param files its open files
 * @param kilobytes its resident memory, without what it has of files
 */
record Footprint(long threads, long files, long kilobytes) {
  static Footprint of(long pid) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      return new Footprint(number(process, "Threads"), open.count(), number(process, "RssAnon"));
    }
  }

  /** Whether it has grown by more than what comes and goes. */
  boolean exceeds(Footprint before) {
    return threads >= before.threads + 10
        || files >= before.files + 10
        || kilobytes >= before.kilobytes + 100_000;
  }

  private static long number(Path process, String key) throws IOException {
    return Files.readAllLines(process.resolve("status")).stream()
        .filter(line -> line.startsWith(key + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
