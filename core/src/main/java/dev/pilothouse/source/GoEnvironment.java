package dev.pilothouse.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ToolboxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the go command says of itself in one folder, under the settings of {@link
 * dev.pilothouse.toolbox.GoBuild}.
 */
final class GoEnvironment {
  /** All of Go's own settings that change what a build without cgo gives. */
  private static final List<String> VARIABLES =
      List.of(
          "GOVERSION",
          "GOROOT",
          "GOOS",
          "GOARCH",
          "GOAMD64",
          "GOARM64",
          "GO386",
          "GOARM",
          "GOPPC64",
          "GORISCV64",
          "GOHOSTOS",
          "GOHOSTARCH",
          "GOEXPERIMENT",
          "GOFIPS140",
          "GOFLAGS",
          "GOWORK",
          "GOMODCACHE",
          "CGO_ENABLED");

  private final Map<String, String> values;

  private GoEnvironment(Map<String, String> values) {
    this.values = values;
  }

  static GoEnvironment of(Path directory, Map<String, String> environment) {
    List<String> command = new ArrayList<>(List.of("go", "env", "-json"));
    command.addAll(VARIABLES);
    try {
      String json =
          new Command(command, settings(environment), directory, Duration.ofMinutes(1)).output();
      return new GoEnvironment(
          new TreeMap<>(
              new ObjectMapper().readValue(json, new TypeReference<Map<String, String>>() {})));
    } catch (ToolboxException | JsonProcessingException e) {
      if (e instanceof ToolboxException stopped && Thread.currentThread().isInterrupted()) {
        throw stopped;
      }
      throw new PilothouseException(
          "asking Go for its settings",
          String.valueOf(e.getMessage()),
          "Go has to be installed and on the PATH",
          null,
          e);
    }
  }

  /** The settings under which all of Go's commands run here, unless the caller says otherwise. */
  static Map<String, String> settings(Map<String, String> environment) {
    Map<String, String> settings = new HashMap<>();
    settings.put("CGO_ENABLED", "0");
    settings.put("GOTOOLCHAIN", "local");
    settings.put("GOWORK", "off");
    settings.putAll(environment);
    return settings;
  }

  /** All that decides a build's result, by name. */
  Map<String, String> values() {
    return values;
  }

  Path moduleCache() {
    return Path.of(values.getOrDefault("GOMODCACHE", ""));
  }

  /** Whether a workspace is in use, whose other modules take part in the build. */
  boolean hasWorkspace() {
    String workspace = values.getOrDefault("GOWORK", "");
    return !workspace.isEmpty() && !workspace.equals("off");
  }

  /** Whether what is built runs on this machine. */
  boolean targetsThisMachine() {
    return value("GOOS").equals(value("GOHOSTOS")) && value("GOARCH").equals(value("GOHOSTARCH"));
  }

  private String value(String name) {
    return values.getOrDefault(name, "");
  }
}
