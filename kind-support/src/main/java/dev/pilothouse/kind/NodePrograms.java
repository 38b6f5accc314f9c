package dev.pilothouse.kind;

import dev.pilothouse.internal.Sha256;
import dev.pilothouse.toolbox.CacheArea;
import dev.pilothouse.toolbox.GoBuild;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pilothouse's own program for the nodes, compiled when it is first needed (a second) and kept in
 * the toolbox's cache. Its source is part of this library.
 */
final class NodePrograms {
  private static final List<String> FILES =
      List.of("go.mod", "hold.go", "main.go", "supervise.go", "take.go");
  private static final String BINARY = "pilothouse-node";
  private static final int KEPT = 4;
  private static final int ID_LENGTH = 16;

  private final Toolbox toolbox;

  NodePrograms(Toolbox toolbox) {
    this.toolbox = toolbox;
  }

  /**
   * A compiled program.
   *
   * @param id names its source and its architecture
   * @param file the binary
   */
  record NodeProgram(String id, Path file) {}

  NodeProgram forArchitecture(String architecture) {
    MessageDigest digest = Sha256.digest();
    FILES.forEach(name -> digest.update(source(name)));
    digest.update(architecture.getBytes(StandardCharsets.UTF_8));
    String id = Sha256.hex(digest).substring(0, ID_LENGTH);
    CacheArea area = CacheArea.of(toolbox, "node");
    Path folder = area.provide(id, () -> {}, made -> compile(architecture, made));
    area.prune(KEPT, entry -> false);
    return new NodeProgram(id, folder.resolve(BINARY));
  }

  private void compile(String architecture, Path made) throws IOException {
    try (RunDirectory run = RunDirectory.open("node-program")) {
      for (String name : FILES) {
        Files.write(run.path().resolve(name), source(name));
      }
      Map<String, String> environment = new HashMap<>(toolbox.goEnvironment());
      environment.putAll(Map.of("GOOS", "linux", "GOARCH", architecture));
      new GoBuild(
              run.path(),
              List.of("."),
              made.resolve(BINARY),
              List.of(),
              List.of("-s", "-w"),
              "",
              true,
              Map.of(),
              List.of(),
              environment)
          .run();
    }
  }

  private static byte[] source(String name) {
    try (InputStream in = NodePrograms.class.getResourceAsStream("node/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource node/" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
