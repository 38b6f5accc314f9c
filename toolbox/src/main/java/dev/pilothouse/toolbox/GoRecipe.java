package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Builds tools from one pinned Go module, several by one {@code go build}. */
final class GoRecipe implements Recipe {
  /** Without them a build would depend on where, and in which repository, the cache lies. */
  private static final List<String> FLAGS = List.of("-mod=readonly", "-buildvcs=false");

  private final String name;
  private final String version;
  private final Map<String, String> files;
  private final Map<Tool, String> packages;
  private final List<String> tags;
  private final List<String> ldflags;
  private final GoCommands go;

  /**
   * Says what to build from what.
   *
   * @param name names the recipe; several recipes may build from one module
   * @param version the version of what is built
   * @param files the module's files by name: go.mod, go.sum
   * @param packages the import path of each tool's main package
   * @param tags build tags
   * @param ldflags linker flags
   * @param go the Go to build with
   */
  GoRecipe(
      String name,
      String version,
      Map<String, String> files,
      Map<Tool, String> packages,
      List<String> tags,
      List<String> ldflags,
      GoCommands go) {
    this.name = name;
    this.version = version;
    this.files = new TreeMap<>(files);
    this.packages = new EnumMap<>(packages);
    this.tags = List.copyOf(tags);
    this.ldflags = List.copyOf(ldflags);
    this.go = go;
  }

  Set<Tool> tools() {
    return packages.keySet();
  }

  @Override
  public String lockName() {
    return name;
  }

  @Override
  public String key(String item) {
    List<String> inputs = new ArrayList<>(List.of(Platform.os(), Platform.architecture()));
    files.forEach((file, content) -> Collections.addAll(inputs, file, content));
    inputs.add(packageOf(item));
    inputs.addAll(tags);
    inputs.addAll(ldflags);
    inputs.addAll(FLAGS);
    return item + "-" + version + "-" + Hash.of(inputs);
  }

  @Override
  public Map<String, String> missing(Set<String> items) {
    Map<String, String> missing = go.missing(goMod());
    if (!missing.isEmpty() || !go.offline()) {
      return missing;
    }
    try (RunDirectory draft = RunDirectory.open("go-list")) {
      writeModule(draft.path());
      go.listPackages(draft.path(), packagesOf(items), tags, name, event -> {});
      return Map.of();
    } catch (IOException e) {
      throw new ToolboxException(
          "looking for the modules of " + name, ToolboxException.reason(e), "", null, e);
    } catch (ToolboxException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return Map.of(
          String.join(", ", new TreeSet<>(items)),
          "offline, and not all of its Go modules are in Go's module cache: " + e.getMessage());
    }
  }

  @Override
  public String make(Set<String> items, Path draft, Consumer<ToolboxEvent> listener) {
    try {
      Path module = writeModule(draft);
      String toolchain = go.toolchain(goMod()).version();
      Set<String> paths = packagesOf(items);
      int count = go.listPackages(draft, paths, tags, name, listener);
      Path built = draft.resolve("built");
      // A single package is named by the file: Go would call etcd "server".
      Path output = items.size() == 1 ? built.resolve(items.iterator().next()) : built;
      GoBuild build =
          new GoBuild(
              module,
              List.copyOf(paths),
              output,
              tags,
              ldflags,
              "",
              true,
              Map.of(),
              FLAGS,
              go.environment(draft));
      run(build, draft, toolsOf(items), count, listener);
      for (String item : items) {
        Path folder = Files.createDirectories(draft.resolve("out").resolve(item));
        Files.move(built.resolve(item), folder.resolve(item));
      }
      return toolchain;
    } catch (IOException e) {
      throw new ToolboxException(
          "building " + String.join(", ", items), ToolboxException.reason(e), "", null, e);
    } catch (GoToolchain.MissingException e) {
      throw new MissingToolsException(
          "building " + String.join(", ", items), Map.of("go", String.valueOf(e.getMessage())));
    }
  }

  private static void run(
      GoBuild build, Path draft, Set<Tool> tools, int count, Consumer<ToolboxEvent> listener) {
    long start = System.nanoTime();
    listener.accept(new ToolboxEvent.BuildStarted(tools, count));
    AtomicInteger done = new AtomicInteger();
    build.runIn(
        draft,
        line -> {
          if (line.indexOf(' ') < 0) {
            listener.accept(
                new ToolboxEvent.BuildProgress(
                    tools, Math.min(done.incrementAndGet(), count), count, line));
          }
        });
    listener.accept(
        new ToolboxEvent.BuildFinished(tools, Duration.ofNanos(System.nanoTime() - start)));
  }

  private Path writeModule(Path draft) throws IOException {
    Path module = Files.createDirectories(GoCommands.module(draft));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = module.resolve(file.getKey());
      Files.createDirectories(path.resolveSibling(""));
      Files.writeString(path, file.getValue());
    }
    return module;
  }

  private String goMod() {
    return files.getOrDefault("go.mod", "");
  }

  private String packageOf(String item) {
    return packagesOf(Set.of(item)).iterator().next();
  }

  private Set<String> packagesOf(Set<String> items) {
    Set<String> paths = new TreeSet<>();
    toolsOf(items).forEach(tool -> paths.add(packages.getOrDefault(tool, "")));
    return paths;
  }

  private Set<Tool> toolsOf(Set<String> items) {
    Set<Tool> tools = EnumSet.noneOf(Tool.class);
    packages.keySet().stream().filter(t -> items.contains(t.binaryName())).forEach(tools::add);
    return tools;
  }
}
