package dev.pilothouse.toolbox;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What the tests say about processes, without the code under test. */
final class Processes {
  static final Duration LONG = Duration.ofSeconds(30);

  /**
   * A program that leaves its pid in main.pid, starts a child in a session of its own that nobody
   * waits for, with its pid in orphan.pid, and stays.
   */
  static final String WITH_ORPHAN =
      "echo $$ > main.pid; (setsid sh -c 'echo $$ > orphan.pid; exec sleep 1000' &);"
          + " exec sleep 1000";

  private Processes() {}

  static ProcessSpec spec(RunDirectory run, String name, String... command) {
    return new ProcessSpec(name, List.of(command), Map.of(), run.path(), Duration.ofSeconds(20));
  }

  static ManagedProcess start(RunDirectory run, String name, String script) {
    return run.start(spec(run, name, "sh", "-c", script));
  }

  static void until(String what, BooleanSupplier fact) {
    long start = System.nanoTime();
    while (!fact.getAsBoolean()) {
      if (System.nanoTime() - start > LONG.toNanos()) {
        fail("not within %s: %s", LONG, what);
      }
      Thread.onSpinWait();
    }
  }

  static long pidIn(Path file) {
    String[] held = {""};
    until(
        file + " holds a pid",
        () -> {
          held[0] = text(file); // It may be written anew.
          return held[0].endsWith("\n");
        });
    return Long.parseLong(held[0].strip());
  }

  /** A zombie does not live. */
  static boolean lives(long pid) {
    String status = text(Path.of("/proc/" + pid + "/status"));
    return !status.isEmpty() && !status.contains("State:\tZ") && !status.contains("State:\tX");
  }

  /** The file's content; empty when there is none. */
  static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
