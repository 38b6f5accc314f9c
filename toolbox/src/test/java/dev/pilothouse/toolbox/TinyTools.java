package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A toolbox whose etcd and kind say their versions and can do nothing else. */
final class TinyTools {
  static final String ETCD = main("etcd Version: 3.6.5");
  private static final String KIND = main("kind v0.33.0 go1.26.0 linux/amd64");

  private TinyTools() {}

  static Toolbox toolbox(
      Path cache, Map<String, String> environment, String etcd, Consumer<ToolboxEvent> listener) {
    return toolbox(cache, environment, etcd, false, listener);
  }

  static Toolbox offline(Path cache, Map<String, String> environment) {
    return toolbox(cache, environment, ETCD, true, event -> {});
  }

  private static Toolbox toolbox(
      Path cache,
      Map<String, String> environment,
      String etcd,
      boolean offline,
      Consumer<ToolboxEvent> listener) {
    // The file name makes each test's package one that is in no build cache.
    Map<String, String> files =
        Map.of(
            "go.mod", "module example.com/tiny\n\ngo 1.21\n",
            "etcd/main.go", etcd + "\n// " + cache + "\n",
            "kind/main.go", KIND + "\n// " + cache + "\n");
    Map<Tool, String> packages =
        Map.of(Tool.ETCD, "example.com/tiny/etcd", Tool.KIND, "example.com/tiny/kind");
    GoCommands go = new GoCommands(environment, offline);
    GoRecipe recipe =
        new GoRecipe("tiny", "3.6.5", files, packages, List.of(), List.of("-s", "-w"), go);
    Map<Tool, Recipe> recipes = new EnumMap<>(Tool.class);
    packages.keySet().forEach(tool -> recipes.put(tool, recipe));
    return new PinnedToolbox(Map.of(), environment, new Cache(cache), recipes, go, listener);
  }

  private static String main(String says) {
    return "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"" + says + "\") }\n";
  }
}
