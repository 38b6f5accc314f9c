package dev.pilothouse.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ToolboxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Asks one of Istio's programs for its version stamp. */
final class VersionProbe {
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  private VersionProbe() {}

  /** The program is not what it should be; the message says what it said. */
  static final class NoVersionException extends Exception {
    private static final long serialVersionUID = 1L;

    NoVersionException(String message) {
      super(message);
    }
  }

  static BuildVersion ask(Program program, Path binary) throws NoVersionException {
    Command.Result result = run(binary, program.versionArguments());
    try {
      JsonNode version = new ObjectMapper().readTree(result.stdout()).path("clientVersion");
      if (result.exitCode() == 0 && version.isObject()) {
        return new BuildVersion(
            version.path("version").asText(),
            version.path("revision").asText(),
            version.path("status").asText(),
            version.path("tag").asText());
      }
    } catch (JsonProcessingException e) {
      throw new NoVersionException(said(program, result));
    }
    throw new NoVersionException(said(program, result));
  }

  /** What the binary answers; an exit code other than 0 is an answer too. */
  static Command.Result run(Path binary, List<String> arguments) throws NoVersionException {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(arguments);
    try {
      return new Command(command, Map.of(), binary.resolveSibling(""), DEADLINE).run();
    } catch (ToolboxException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new NoVersionException(String.valueOf(e.getMessage()));
    }
  }

  private static String said(Program program, Command.Result result) {
    String words = result.stderr().isBlank() ? result.stdout() : result.stderr();
    return String.join(" ", program.versionArguments())
        + " gave exit code "
        + result.exitCode()
        + " and no version: "
        + words.strip().lines().limit(5).collect(java.util.stream.Collectors.joining("\n  "));
  }
}
