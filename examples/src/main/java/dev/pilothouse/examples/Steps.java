package dev.pilothouse.examples;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Runs the steps of a program, and prints what each took. */
final class Steps {
  private final PrintStream out;
  private final Map<String, Duration> took = new LinkedHashMap<>();

  Steps(PrintStream out) {
    this.out = out;
  }

  void run(String name, Runnable step) {
    get(
        name,
        () -> {
          step.run();
          return name;
        });
  }

  <T> T get(String name, Supplier<T> step) {
    out.println("→ " + name);
    long start = System.nanoTime();
    T result = step.get();
    took.put(name, Duration.ofNanos(System.nanoTime() - start));
    return result;
  }

  /** Prints the table. */
  void print() {
    int width = took.keySet().stream().mapToInt(String::length).max().orElse(0);
    took.forEach(
        (name, duration) ->
            out.printf(
                Locale.ROOT, "  %-" + width + "s %8.2f s%n", name, duration.toNanos() / 1e9));
  }
}
