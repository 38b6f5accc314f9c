package dev.pilothouse.source;

import dev.pilothouse.source.SourceException.Reason;
import dev.pilothouse.toolbox.CacheArea;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.GoModule;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The vendored tree in the cache: made once, shared by all, never changed. */
final class PinnedTree extends VendoredTree {
  /** Enough for the downloads on a slow line. */
  private static final Duration DEADLINE = Duration.ofMinutes(30);

  private final String key;

  private PinnedTree(Path moduleDirectory, String key) {
    super(moduleDirectory);
    this.key = key;
  }

  static PinnedTree provide(Toolbox toolbox) {
    ContentHash hash = new ContentHash().add("1");
    new TreeMap<>(GoModule.ISTIO.files()).forEach((file, text) -> hash.add(file).add(text));
    String key = hash.value();
    Path folder =
        CacheArea.of(toolbox, "istio-source")
            .provide(key, () -> {}, draft -> make(draft, toolbox.offline()));
    return new PinnedTree(folder, key);
  }

  private static void make(Path folder, boolean offline) throws IOException {
    GoModule.ISTIO.writeTo(folder);
    Map<String, String> settings = new HashMap<>(GoEnvironment.settings(Map.of()));
    settings.put("GOFLAGS", "-mod=mod");
    if (offline) {
      settings.put("GOPROXY", "off");
    }
    try {
      new Command(List.of("go", "mod", "vendor"), settings, folder, DEADLINE).output();
    } catch (ToolboxException e) {
      throw new SourceException(
          Reason.NOT_PROVIDED,
          "vendoring " + GoModule.ISTIO.path() + " " + GoModule.ISTIO.version(),
          String.valueOf(e.getMessage()),
          offline
              ? "allow downloads once, or use a checkout: IstioSource.checkout"
              : "Go has to be on the PATH and able to download modules (see go env GOPROXY)",
          null,
          e);
    }
    protect(folder);
  }

  /** Takes the right to write away, so that an editor does not change what all share. */
  private static void protect(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  Optional<String> key() {
    return Optional.of(key);
  }
}
