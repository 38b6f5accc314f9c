package dev.pilothouse.source;

import dev.pilothouse.source.SourceException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What all kinds of trees have in common. */
abstract sealed class SourceTree implements IstioSource permits GitCheckout, VendoredTree {
  /** The import path of Istio. */
  static final String MODULE = "istio.io/istio";

  private final Path moduleDirectory;
  private final Path root;

  SourceTree(Path moduleDirectory, Path root) {
    this.moduleDirectory = moduleDirectory;
    this.root = root;
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public Path moduleDirectory() {
    return moduleDirectory;
  }

  @Override
  public SourceMap map() {
    return SourceMap.of(root);
  }

  @Override
  public AppliedEdits editInPlace(List<SourceEdit> edits) {
    return InPlaceEdits.apply(this, edits);
  }

  @Override
  public IstioSource workingCopy(Path into, List<SourceEdit> edits) {
    SourceFiles edited = SourceFiles.edited(root, edits);
    Path target = TargetFolder.make(into, "making a working copy of " + moduleDirectory);
    try {
      IstioSource copy = copyTo(target);
      TreeWriter.write(copy.root(), edited.changes());
      return copy;
    } catch (RuntimeException e) {
      TargetFolder.discard(target, e);
      throw e;
    }
  }

  /** Copies the tree as it is into an empty folder. */
  abstract SourceTree copyTo(Path target);

  /** Names the content of a tree that never changes; empty for one that may. */
  Optional<String> key() {
    return Optional.empty();
  }

  /** The version that the tree's own file says, if it has one. */
  static Optional<String> versionIn(Path root) {
    Path file = root.resolve("VERSION");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(file).strip() + "-dev");
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The folder as an absolute path without links, if it holds Istio's entry point. */
  static Path requireIstio(Path directory, String where, String toDo) {
    Path entryPoint = directory.resolve(where).resolve("pilot/cmd/pilot-discovery");
    if (!Files.isDirectory(entryPoint)) {
      throw new SourceException(
          Reason.NOT_ISTIO,
          "opening Istio's source at " + directory,
          "there is no folder " + entryPoint,
          toDo,
          directory,
          null);
    }
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  static SourceException unreadable(Path file, IOException e) {
    return new SourceException(Reason.UNREADABLE, "reading " + file, e.toString(), "", file, e);
  }
}
