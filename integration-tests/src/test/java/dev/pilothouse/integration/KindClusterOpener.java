package dev.pilothouse.integration;

import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindEvent;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A JVM of its own, to be killed: makes a cluster that is to be kept, and tells how far it is. */
final class KindClusterOpener {
  private KindClusterOpener() {}

  public static void main(String[] arguments) {
    Path runs = Path.of(arguments[0]);
    KindSpec spec =
        KindSpec.named(arguments[1])
            .withNodeImage(arguments[2])
            .withLifetime(Lifetime.valueOf(arguments[3]));
    KindClusters.builder(Toolbox.create())
        .runRoot(runs)
        .listener(event -> tell(runs, event))
        .build()
        .open(spec);
  }

  private static void tell(Path runs, KindEvent event) {
    if (event instanceof KindEvent.Output output && output.line().startsWith("✓ Preparing nodes")) {
      try {
        Files.createFile(runs.resolve("half-made"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
