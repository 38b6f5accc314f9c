package dev.pilothouse.source;

import dev.pilothouse.source.DirtyFile.Change;
import dev.pilothouse.source.SourceException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Go module that vendors Istio. Its base is the module that was copied, wherever that lies. */
sealed class VendoredTree extends SourceTree permits PinnedTree {
  private static final String VENDORED = "vendor/" + MODULE;

  /** {@code go mod vendor} leaves out what no build can ever take in. */
  private static final Pattern NEVER_BUILT = Pattern.compile("(?m)^//go:build .*\\bignore\\b");

  /** Asked for once: it does not change while a JVM runs. */
  private volatile @Nullable Path moduleCache;

  VendoredTree(Path moduleDirectory) {
    super(moduleDirectory, moduleDirectory.resolve(VENDORED));
  }

  static VendoredTree open(Path directory) {
    Path moduleDirectory =
        requireIstio(
            directory,
            VENDORED,
            "name a Go module in which go mod vendor has put Istio, or use IstioSource.pinned; for"
                + " a Git checkout there is IstioSource.checkout");
    VendoredModule.read(moduleDirectory, MODULE);
    VendoredTree tree = new VendoredTree(moduleDirectory);
    InPlaceEdits.takeBackLeftovers(moduleDirectory, tree.root());
    return tree;
  }

  @Override
  public String version() {
    return origin().flatMap(SourceTree::versionIn).orElseGet(this::revision);
  }

  @Override
  public String revision() {
    VendoredModule module = vendored();
    return module.version().isEmpty() ? module.path() : module.version();
  }

  @Override
  public List<DirtyFile> dirtyFiles() {
    Path origin =
        origin()
            .orElseThrow(
                () ->
                    new SourceException(
                        Reason.ORIGIN_MISSING,
                        "looking for changes in " + root(),
                        "the module that it came from ("
                            + vendored().path()
                            + " "
                            + vendored().version()
                            + ") is not on this machine",
                        "run go mod download " + MODULE + " in " + moduleDirectory(),
                        null,
                        null));
    Map<String, Change> dirty = new TreeMap<>();
    try {
      addChanged(dirty, origin);
      addDeleted(dirty, origin);
    } catch (IOException e) {
      throw unreadable(root(), e);
    } catch (UncheckedIOException e) {
      throw unreadable(root(), new IOException(e));
    }
    return dirty.entrySet().stream()
        .map(entry -> new DirtyFile(entry.getKey(), entry.getValue()))
        .toList();
  }

  private void addChanged(Map<String, Change> dirty, Path origin) throws IOException {
    try (Stream<Path> files = Files.walk(root())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path relative = root().relativize(file);
        Path original = origin.resolve(relative);
        if (!Files.isRegularFile(original)) {
          dirty.put(relative.toString(), Change.ADDED);
        } else if (Files.mismatch(file, original) >= 0) {
          dirty.put(relative.toString(), Change.MODIFIED);
        }
      }
    }
  }

  private void addDeleted(Map<String, Change> dirty, Path origin) throws IOException {
    for (String folder : vendored().packages()) {
      try (Stream<Path> files = Files.list(origin.resolve(folder))) {
        for (Path original : files.filter(VendoredTree::isVendored).toList()) {
          Path relative = origin.relativize(original);
          if (!Files.exists(root().resolve(relative)) && !isNeverBuilt(original)) {
            dirty.put(relative.toString(), Change.DELETED);
          }
        }
      }
    }
  }

  private static boolean isVendored(Path original) {
    String name = original.getFileName().toString();
    return name.endsWith(".go") && !name.endsWith("_test.go") && Files.isRegularFile(original);
  }

  private static boolean isNeverBuilt(Path original) {
    try {
      return NEVER_BUILT.matcher(Files.readString(original)).find();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  SourceTree copyTo(Path target) {
    TreeWriter.copy(moduleDirectory(), target);
    return new VendoredTree(target);
  }

  /** The folder of the module that was copied, if it is on this machine. */
  private Optional<Path> origin() {
    return Optional.of(vendored().directory(moduleDirectory(), moduleCache()))
        .filter(Files::isDirectory);
  }

  private Path moduleCache() {
    Path known = moduleCache;
    if (known == null) {
      known = GoEnvironment.of(moduleDirectory(), Map.of()).moduleCache();
      moduleCache = known;
    }
    return known;
  }

  private VendoredModule vendored() {
    return VendoredModule.read(moduleDirectory(), MODULE);
  }
}
