package dev.pilothouse.kind;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code kind} binary. It never sees the user's kubeconfig.
 *
 * @param binary where it is
 * @param host the Docker it works with
 */
record KindCommand(Path binary, DockerHost host) {
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final int TAIL_LINES = 40;

  /** In Docker's words: by another container, or by any other program. */
  private static final Pattern TAKEN =
      Pattern.compile(
          ":(\\d+)(?: failed: port is already allocated|: bind: address already in use)");

  private static final Pattern NAME_TAKEN =
      Pattern.compile("container name \"[^\"]+\" is already in use by container");

  /**
   * Makes a cluster. It runs as a process of the run directory: should this JVM be killed, it is
   * ended with that. What it made stays when it fails: with {@code --retain} kind cleans nothing up
   * by name, which may be the name of another's cluster by then.
   *
   * @param lines gets what kind prints, line by line
   */
  void create(
      KindSpec spec, Path config, Path kubeconfig, RunDirectory run, Consumer<String> lines) {
    String tried = "creating kind cluster " + spec.name();
    List<String> command =
        List.of(
            binary.toString(),
            "create",
            "cluster",
            "--name",
            spec.name(),
            "--config",
            config.toString(),
            "--kubeconfig",
            kubeconfig.toString(),
            "--retain");
    ManagedProcess process =
        run.start(
            new ProcessSpec("kind", command, environment(kubeconfig), run.path(), STOP_GRACE));
    try (process) {
      awaitEnd(tried, spec.deadline(), process, lines);
    }
  }

  private static void awaitEnd(
      String tried, Duration deadline, ManagedProcess process, Consumer<String> lines) {
    LogReader log = new LogReader(process.log(), lines);
    Poll.Outcome<Integer> exit =
        Poll.until(
            tried,
            deadline,
            () -> {
              Optional<Integer> code = process.exitCode().stream().boxed().findFirst();
              log.read();
              return code;
            });
    if (exit.value() == null) {
      String words = "it took longer than " + deadline.toSeconds() + " s." + tail(process);
      throw new PilothouseException(tried, words, "allow it more time", null, null);
    }
    if (exit.value() != 0) {
      String output = tail(process);
      String words = "kind exited with code " + exit.value() + "." + output;
      throw new PilothouseException(tried, words, advice(output), null, null);
    }
  }

  private static String tail(ManagedProcess process) {
    String newLine = System.lineSeparator() + "  ";
    return " It said:" + newLine + String.join(newLine, process.logTail(TAIL_LINES));
  }

  /** The port that Docker could not publish since somebody has it, by what kind printed. */
  static OptionalInt takenPort(String output) {
    Matcher taken = TAKEN.matcher(output);
    return taken.find() ? OptionalInt.of(Integer.parseInt(taken.group(1))) : OptionalInt.empty();
  }

  /** Whether Docker has given a node's name to somebody else, by what kind printed. */
  static boolean nameIsTaken(String output) {
    return NAME_TAKEN.matcher(output).find();
  }

  private static String advice(String output) {
    if (takenPort(output).isPresent()) {
      return "end what has the port (docker ps shows containers), or publish another one (0 takes"
          + " a free one)";
    }
    if (output.contains("failed to pull image")) {
      return "pull or build that node image (docker images shows what is there), or name another";
    }
    if (output.contains("exec format error")) {
      return "take a node image for this machine's architecture";
    }
    if (output.contains("too many open files")) {
      return "raise the inotify limits: sysctl fs.inotify.max_user_instances=512"
          + " fs.inotify.max_user_watches=524288";
    }
    if (output.contains("executable file not found")) {
      return "install the docker command: kind works through it";
    }
    return "";
  }

  /** The kubeconfig of a cluster that is there. */
  String kubeconfig(String cluster, Path directory) {
    List<String> command = List.of(binary.toString(), "get", "kubeconfig", "--name", cluster);
    return new Command(command, environment(directory.resolve("none")), directory, DEADLINE)
        .output();
  }

  /** Loads images of Docker's store into the nodes; those that a node has are left alone. */
  void load(String cluster, List<String> images, Path directory) {
    List<String> command = new ArrayList<>(List.of(binary.toString(), "load", "docker-image"));
    command.addAll(images);
    command.addAll(List.of("--name", cluster));
    new Command(command, environment(directory.resolve("none")), directory, DEADLINE).output();
  }

  /** Collects the logs of a cluster. */
  void exportLogs(String cluster, Path into, Path directory) {
    List<String> command =
        List.of(binary.toString(), "export", "logs", into.toString(), "--name", cluster);
    new Command(command, environment(directory.resolve("none")), directory, DEADLINE).output();
  }

  private Map<String, String> environment(Path kubeconfig) {
    Map<String, String> environment = new HashMap<>(host.environment());
    environment.put("KIND_EXPERIMENTAL_PROVIDER", "docker");
    environment.put("KUBECONFIG", kubeconfig.toString());
    return environment;
  }

  /** Tells the lines that have come since it last looked. */
  private static final class LogReader {
    private final Path file;
    private final Consumer<String> lines;
    private int told = 1; // The first line is the toolbox's.

    LogReader(Path file, Consumer<String> lines) {
      this.file = file;
      this.lines = lines;
    }

    void read() {
      try {
        String text = Files.readString(file);
        List<String> whole = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        whole.stream().skip(told).map(String::strip).filter(l -> !l.isEmpty()).forEach(lines);
        told = Math.max(told, whole.size());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
