package dev.pilothouse.benchmarks;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The guide's script, with the toolbox's programs. */
final class DevLoopScript {
  /** What the guide sleeps before it looks at the routes. */
  static final Duration SLEEP = Duration.ofSeconds(5);

  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final String NAME = "dev-loop.sh";

  private final Path folder;
  private final Cluster cluster;
  private final List<String> command;

  /**
   * Writes the script into a folder.
   *
   * @param tree the module with Istio's source
   * @param base the base image
   */
  DevLoopScript(Toolbox toolbox, Path folder, Path tree, String base, Cluster cluster) {
    this.folder = folder;
    this.cluster = cluster;
    this.command =
        List.of("bash", folder.resolve(NAME).toString(), tree.toString(), base, cluster.name());
    try (InputStream script =
        Objects.requireNonNull(DevLoopScript.class.getResourceAsStream(NAME))) {
      Files.copy(script, folder.resolve(NAME));
      for (Tool tool : EnumSet.of(Tool.KIND, Tool.KUBECTL, Tool.ISTIOCTL)) {
        Path program = toolbox.provision(tool).path();
        Files.createSymbolicLink(folder.resolve(program.getFileName()), program);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it until the workload's routes contain the text, and gives the time of each step. */
  Map<String, Duration> run(String workload, String text) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(workload, text));
    Map<String, String> environment =
        Map.of(
            "KUBECONFIG",
            cluster.kubeconfig().toString(),
            "PATH",
            folder + ":" + System.getenv("PATH"));
    Map<String, Duration> steps = new LinkedHashMap<>();
    new Command(all, environment, folder, DEADLINE)
        .output()
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(words -> words[0].equals("step"))
        .forEach(words -> steps.put(words[1], Duration.ofMillis(Long.parseLong(words[2]))));
    return steps;
  }
}
