package dev.pilothouse.benchmarks;

import dev.pilothouse.toolbox.GoBuild;
import dev.pilothouse.toolbox.GoModule;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A program in Go that runs a part of Istio's own code, as a peer to measure against. It is built
 * from the pinned Istio module, as the toolbox builds istiod.
 */
final class PeerProgram implements AutoCloseable {
  private final Path folder;

  private PeerProgram(Path folder) {
    this.folder = folder;
  }

  /**
   * Compiles it; the first time that takes minutes.
   *
   * @param name the folder of its source beside this class
   * @param tags build tags; those of istiod let Go reuse what it has compiled for istiod
   */
  static PeerProgram build(Toolbox toolbox, String name, List<String> tags) throws IOException {
    PeerProgram program = new PeerProgram(Files.createTempDirectory("pilothouse-" + name));
    try {
      program.compile(toolbox, name, tags);
      return program;
    } catch (IOException | RuntimeException e) {
      program.close();
      throw e;
    }
  }

  Path path() {
    return folder.resolve("program");
  }

  private void compile(Toolbox toolbox, String name, List<String> tags) throws IOException {
    Path module = folder.resolve("module");
    GoModule.ISTIO.writeTo(module);
    try (InputStream source = PeerProgram.class.getResourceAsStream(name + "/main.go")) {
      if (source == null) {
        throw new IOException("the source of " + name + " is not in this jar");
      }
      Files.copy(source, module.resolve("main.go"));
    }
    new GoBuild(
            module,
            List.of("."),
            path(),
            tags,
            List.of("-s", "-w"),
            "",
            true,
            Map.of(),
            List.of("-buildvcs=false"),
            toolbox.goEnvironment())
        .run();
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
