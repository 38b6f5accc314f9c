package dev.pilothouse.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A process of a local cluster, started by us or found.
 *
 * @param name its name
 * @param pid its process id
 * @param log its log
 * @param alive whether it runs
 * @param ending how it ended; asked only when it does not run
 */
record Component(String name, long pid, Path log, BooleanSupplier alive, Supplier<String> ending) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String FILE = "components.json";
  private static final int TAIL_LINES = 15;
  private static final int LONGEST_LINE = 300;
  private static final int SIGNAL_BASE = 128;

  static Component of(ManagedProcess process) {
    return new Component(
        process.spec().name(),
        process.pid(),
        process.log(),
        process::alive,
        () -> "exited with code " + process.exitCode().orElse(0) + signal(process));
  }

  private static String signal(ManagedProcess process) {
    int number = process.exitCode().orElse(0) - SIGNAL_BASE;
    return number > 0 ? ", killed by signal " + number : "";
  }

  /** Writes down what is needed to know the processes again, in another JVM. */
  static void write(List<Component> components, RunDirectory run) {
    ArrayNode list = MAPPER.createArrayNode();
    for (Component component : components) {
      list.addObject()
          .put("name", component.name())
          .put("pid", component.pid())
          .put("started", started(component.pid()).toEpochMilli());
    }
    run.write(FILE, list.toPrettyString());
  }

  /** The processes of a cluster that was kept. */
  static List<Component> read(RunDirectory run) {
    Path file = run.path().resolve(FILE);
    try {
      List<Component> components = new ArrayList<>();
      for (JsonNode entry : MAPPER.readTree(file.toFile())) {
        String name = entry.path("name").asText();
        long pid = entry.path("pid").asLong();
        Instant started = Instant.ofEpochMilli(entry.path("started").asLong());
        components.add(
            new Component(
                name,
                pid,
                run.path().resolve(name + ".log"),
                () -> started(pid).equals(started), // a pid alone may be another's by now
                () -> "has ended"));
      }
      return components;
    } catch (IOException e) {
      throw new PilothouseException(
          "reading which processes a kept cluster has", e.toString(), "delete it", file, e);
    }
  }

  private static Instant started(long pid) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .flatMap(process -> process.info().startInstant())
        .map(start -> Instant.ofEpochMilli(start.toEpochMilli()))
        .orElse(Instant.EPOCH);
  }

  /** Go's errors come with a stack trace on the same line. */
  private static String cut(String line) {
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
  }

  /** How it ended, and the end of its log. */
  String obituary() {
    StringBuilder text =
        new StringBuilder(name + " (pid " + pid + ") " + ending.get() + ". The end of its log:");
    try {
      List<String> lines = Files.readAllLines(log);
      lines
          .subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())
          .forEach(line -> text.append(System.lineSeparator()).append("  ").append(cut(line)));
    } catch (IOException e) {
      text.append(" ").append(e);
    }
    return text.toString();
  }
}
