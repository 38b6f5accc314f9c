package dev.pilothouse.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the processes that were started in a folder take of the machine. */
final class Footprints {
  private Footprints() {}

  /** For each: program, threads, open files, resident memory. */
  static String below(Path folder) throws IOException {
    List<ProcessHandle> processes =
        ProcessHandle.current().descendants().filter(p -> folder.equals(directory(p))).toList();
    StringBuilder text = new StringBuilder();
    for (ProcessHandle process : processes) {
      Path proc = Path.of("/proc", String.valueOf(process.pid()));
      String status =
          Files.readAllLines(proc.resolve("status")).stream()
              .filter(line -> line.startsWith("Threads:") || line.startsWith("VmRSS:"))
              .sorted()
              .map(line -> line.replaceAll("\\D", ""))
              .collect(Collectors.joining(" "));
      String[] figures = status.split(" ", -1);
      String program = process.info().command().orElse("?");
      text.append(text.isEmpty() ? "" : ", ")
          .append(
              String.format(
                  Locale.ROOT,
                  "%s %s/%d/%d MB",
                  program.substring(program.lastIndexOf('/') + 1),
                  figures[0],
                  files(proc),
                  Long.parseLong(figures[1]) / 1024));
    }
    return text.toString();
  }

  private static long files(Path proc) throws IOException {
    try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
      return open.count();
    }
  }

  private static Path directory(ProcessHandle process) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", String.valueOf(process.pid()), "cwd"));
    } catch (IOException e) {
      return Path.of("/nowhere"); // It has ended.
    }
  }
}
