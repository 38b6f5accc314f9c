package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code go} command on the PATH.
 *
 * @param go its path
 * @param version its version as it says itself, for example {@code go1.26.8}
 */
record GoToolchain(Path go, String version) {
  private static final Pattern ANSWER = Pattern.compile("go version (\\S+)");

  /**
   * How Go runs here: a static binary comes out, no other Go is downloaded, and a workspace around
   * the module has no say.
   */
  static final Map<String, String> SETTINGS =
      Map.of("CGO_ENABLED", "0", "GOTOOLCHAIN", "local", "GOWORK", "off");

  /** What stops Go from downloading anything, private modules (GOPRIVATE) included. */
  static final Map<String, String> OFFLINE = Map.of("GOPROXY", "off", "GONOPROXY", "none");

  /** Why there is no usable Go. */
  static final class MissingException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingException(String reason) {
      super(reason);
    }
  }

  /** The go command, whatever its version. */
  static Path command(Map<String, String> environment) throws MissingException {
    List<Path> found = SearchPath.all("go", environment);
    if (found.isEmpty()) {
      throw new MissingException("not on the PATH");
    }
    return found.get(0);
  }

  /** The go command, if it is of this version or newer. */
  static GoToolchain find(Map<String, String> environment, Version needed) throws MissingException {
    Path go = command(environment);
    String said;
    try {
      said =
          new Command(
                  List.of(go.toString(), "version"),
                  Variables.with(environment, SETTINGS),
                  go.getRoot(),
                  Duration.ofSeconds(60))
              .output();
    } catch (ToolboxException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new MissingException(go + " does not run: " + e.getMessage());
    }
    Matcher answer = ANSWER.matcher(said);
    String version = answer.lookingAt() ? answer.group(1) : said.strip();
    if (Version.parse(version.replaceFirst("^go", ""))
        .filter(found -> found.compareTo(needed) >= 0)
        .isEmpty()) {
      throw new MissingException(go + " is " + version);
    }
    return new GoToolchain(go, version);
  }
}
