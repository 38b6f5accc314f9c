package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Go, as provisioning uses it: on pinned modules, for this machine, and without downloads when
 * offline.
 */
final class GoCommands {
  private static final Pattern GO_LINE = Pattern.compile("(?m)^go (\\S+)$");

  private final Map<String, String> user;
  private final boolean offline;

  GoCommands(Map<String, String> user, boolean offline) {
    this.user = user;
    this.offline = offline;
  }

  boolean offline() {
    return offline;
  }

  /** The environment of a Go command that works in a draft, which is a run directory. */
  Map<String, String> environment(Path draft) {
    Map<String, String> variables = Variables.with(user, GoToolchain.SETTINGS);
    // A flag of the user's would change what is built, and is in no key. It cannot be unset: then
    // Go reads it from its own file of settings.
    variables.put("GOFLAGS", "-mod=readonly");
    variables.put("GOOS", Platform.os());
    variables.put("GOARCH", Platform.architecture());
    variables.put("GOTMPDIR", draft.toString());
    variables.put(MarkedProcesses.RUN, draft.toString());
    if (offline) {
      variables.putAll(GoToolchain.OFFLINE);
    }
    return variables;
  }

  /** Where the module definition lies in a draft. */
  static Path module(Path draft) {
    return draft.resolve("module");
  }

  private static Version needed(String goMod) {
    Matcher line = GO_LINE.matcher(goMod);
    return (line.find() ? Version.parse(line.group(1)) : Optional.<Version>empty())
        .orElseThrow(() -> new IllegalStateException("no go line in a shipped go.mod"));
  }

  /** The Go for a go.mod. */
  GoToolchain toolchain(String goMod) throws GoToolchain.MissingException {
    return GoToolchain.find(user, needed(goMod));
  }

  /** What is missing to work with a go.mod: Go, or nothing. */
  Map<String, String> missing(String goMod) {
    try {
      toolchain(goMod);
      return Map.of();
    } catch (GoToolchain.MissingException e) {
      Version needed = needed(goMod);
      return Map.of(
          "Go " + needed.major() + "." + needed.minor() + " or newer",
          e.getMessage()
              + "; install it and put its go command on the PATH (it builds what this machine"
              + " lacks)");
    }
  }

  /**
   * Downloads what packages are made of, and counts it.
   *
   * @return how many packages
   */
  int listPackages(
      Path draft,
      Set<String> packages,
      List<String> tags,
      String what,
      Consumer<ToolboxEvent> listener) {
    List<String> arguments =
        new ArrayList<>(List.of("list", "-deps", "-tags=" + String.join(",", tags), "--"));
    arguments.addAll(packages);
    return run(draft, arguments, what, listener).size();
  }

  /** Downloads a module, and says where its files are. */
  Path downloadModule(Path draft, String path, Consumer<ToolboxEvent> listener) {
    run(draft, List.of("mod", "download", path), path, listener);
    List<String> lines = run(draft, List.of("list", "-m", "-f={{.Dir}}", path), path, listener);
    return Path.of(lines.get(lines.size() - 1));
  }

  /** Runs Go with its downloads told as events; returns the lines that are the answer. */
  private List<String> run(
      Path draft, List<String> arguments, String what, Consumer<ToolboxEvent> listener) {
    Path module = module(draft);
    String tried = "go " + String.join(" ", arguments);
    List<String> command = new ArrayList<>();
    try {
      command.add(GoToolchain.command(user).toString());
    } catch (GoToolchain.MissingException e) {
      throw new MissingToolsException(tried, Map.of("go", String.valueOf(e.getMessage())));
    }
    command.addAll(arguments);
    GoMessages messages = new GoMessages(module, Map.of());
    List<String> answer = new ArrayList<>();
    Download download = new Download("Go modules of " + what, listener);
    int exitCode =
        LineProcess.run(
            command,
            environment(draft),
            module,
            line -> {
              if (line.startsWith("go: downloading ")) {
                download.progress(line.substring("go: downloading ".length()));
              } else {
                messages.read(line);
                answer.add(line);
              }
            });
    if (exitCode != 0) {
      List<String> said = messages.all().stream().map(GoBuild.Message::toString).toList();
      throw new ToolboxException(
          tried, String.join(System.lineSeparator() + "  ", said), advice(), null, null);
    }
    download.finished();
    return answer;
  }

  private String advice() {
    return offline
        ? "what is not in Go's module cache has to be downloaded once: allow downloads (unset"
            + " PILOTHOUSE_OFFLINE)"
        : "if a download failed: Go's module proxy has to be reachable (see: go env GOPROXY)";
  }

  /** Tells of a download from its first line on; there may be none. */
  private static final class Download {
    private final String what;
    private final Consumer<ToolboxEvent> listener;
    private long started;

    Download(String what, Consumer<ToolboxEvent> listener) {
      this.what = what;
      this.listener = listener;
    }

    synchronized void progress(String line) {
      if (started == 0) {
        started = System.nanoTime();
        listener.accept(new ToolboxEvent.DownloadStarted(what));
      }
      listener.accept(new ToolboxEvent.DownloadProgress(what, line));
    }

    synchronized void finished() {
      if (started != 0) {
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        listener.accept(new ToolboxEvent.DownloadFinished(what, took));
      }
    }
  }
}
