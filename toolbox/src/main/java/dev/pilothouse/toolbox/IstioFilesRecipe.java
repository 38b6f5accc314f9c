package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Copies the files that a mesh needs at run time out of the pinned Istio module. */
final class IstioFilesRecipe implements Recipe {
  static final String ITEM = "istio-files";

  private static final List<String> FILES =
      List.of(
          "manifests/charts/base/files/" + IstioFiles.CUSTOM_RESOURCE_DEFINITIONS,
          "tools/packaging/common/" + IstioFiles.BOOTSTRAP_TEMPLATE);

  private final GoCommands go;

  IstioFilesRecipe(GoCommands go) {
    this.go = go;
  }

  @Override
  public String lockName() {
    return ITEM;
  }

  @Override
  public String key(String item) {
    List<String> inputs = new ArrayList<>(FILES);
    new TreeMap<>(GoModule.ISTIO.files())
        .forEach((file, content) -> Collections.addAll(inputs, file, content));
    return item + "-" + GoModule.ISTIO.version().substring(1) + "-" + Hash.of(inputs);
  }

  /** The folder in an entry that has the go.mod and go.sum of the module. */
  static Path definition(Path entry) {
    return entry.resolve("module");
  }

  /** What is wrong with an entry; empty if nothing is. */
  static Optional<String> problem(Path entry) {
    return Stream.concat(
            FILES.stream().map(file -> entry.resolve(Path.of(file).getFileName())),
            GoModule.ISTIO.files().keySet().stream().map(definition(entry)::resolve))
        .filter(file -> !Files.isReadable(file))
        .findFirst()
        .map(file -> file + " is missing");
  }

  @Override
  public Map<String, String> missing(Set<String> items) {
    return go.missing(GoModule.ISTIO.goMod());
  }

  @Override
  public String make(Set<String> items, Path draft, Consumer<ToolboxEvent> listener) {
    GoModule.ISTIO.writeTo(GoCommands.module(draft));
    Path module = go.downloadModule(draft, GoModule.ISTIO.path(), listener);
    try {
      Path folder = Files.createDirectories(draft.resolve("out").resolve(ITEM));
      GoModule.ISTIO.writeTo(definition(folder));
      for (String file : FILES) {
        Path source = module.resolve(file);
        // Not Files.copy: what lies in Go's module cache is read-only, and the copy would be too.
        Files.write(folder.resolve(source.getFileName()), Files.readAllBytes(source));
      }
    } catch (IOException e) {
      throw new ToolboxException(
          "copying Istio's files from " + module, ToolboxException.reason(e), "", module, e);
    }
    return "";
  }
}
