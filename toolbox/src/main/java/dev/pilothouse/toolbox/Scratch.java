package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A folder for Go's temporary files, so that a killed build leaves nothing that outlives the call.
 */
record Scratch(Path directory) implements AutoCloseable {
  static Scratch in(Map<String, String> environment) throws IOException {
    String parent = environment.getOrDefault("GOTMPDIR", "");
    return new Scratch(
        parent.isEmpty()
            ? Files.createTempDirectory("pilothouse-go")
            : Files.createTempDirectory(Path.of(parent), "go"));
  }

  @Override
  public void close() throws IOException {
    PrivateFiles.deleteTree(directory);
  }
}
