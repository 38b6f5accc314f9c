package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /** The environment of a Go command that keeps its temporary files in a folder. */
  Map<String, String> environment(Path temporary) {
    Map<String, String> variables = Maps.with(user, GoToolchain.NO_OTHER_TOOLCHAIN);
    variables.put("CGO_ENABLED", "0");
    variables.put("GOWORK", "off");
    variables.put("GOOS", os());
    variables.put("GOARCH", architecture());
    variables.put("GOTMPDIR", temporary.toString());
    if (offline) {
      variables.putAll(GoToolchain.OFFLINE);
    }
    return variables;
  }

  static String os() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "windows" : "linux";
  }

  static String architecture() {
    String name = System.getProperty("os.arch");
    return switch (name) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }

  /** The Go that a go.mod asks for. */
  static Version needed(String goMod) {
    Matcher line = GO_LINE.matcher(goMod);
    return (line.find() ? Version.parse(line.group(1)) : Optional.<Version>empty())
        .orElseThrow(() -> new IllegalStateException("no go line in a shipped go.mod"));
  }

  GoToolchain toolchain(Version needed) throws GoToolchain.MissingException {
    return GoToolchain.find(user, needed);
  }

  /**
   * Downloads what packages are made of, and counts it.
   *
   * @return how many packages
   */
  int listPackages(
      Path module,
      Set<String> packages,
      List<String> tags,
      String what,
      Consumer<ToolboxEvent> listener) {
    List<String> arguments =
        new ArrayList<>(
            List.of("list", "-deps", "-mod=readonly", "-tags=" + String.join(",", tags), "--"));
    arguments.addAll(packages);
    return run(module, arguments, what, listener).size();
  }

  /** Downloads a module, and says where its files are. */
  Path downloadModule(Path module, String path, Consumer<ToolboxEvent> listener) {
    run(module, List.of("mod", "download", path), path, listener);
    List<String> lines =
        run(module, List.of("list", "-m", "-mod=readonly", "-f={{.Dir}}", path), path, listener);
    return Path.of(lines.get(lines.size() - 1));
  }

  /** Runs Go with its downloads told as events; returns the lines that are the answer. */
  private List<String> run(
      Path module, List<String> arguments, String what, Consumer<ToolboxEvent> listener) {
    String tried = "go " + String.join(" ", arguments) + " in " + module;
    List<String> command = new ArrayList<>();
    try {
      command.add(GoToolchain.command(user).toString());
    } catch (GoToolchain.MissingException e) {
      throw new MissingToolsException(tried, Map.of("go", String.valueOf(e.getMessage())));
    }
    command.addAll(arguments);
    GoMessages messages = new GoMessages(module);
    List<String> answer = new ArrayList<>();
    Download download = new Download("Go modules of " + what, listener);
    int exitCode =
        LineProcess.run(
            command,
            environment(module),
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
