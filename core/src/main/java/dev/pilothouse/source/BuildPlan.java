package dev.pilothouse.source;

import dev.pilothouse.source.CompileOptions.BuildTool;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One build, with everything that goes into it.
 *
 * @param program what is built
 * @param tree from what
 * @param options how
 * @param edits the content of edited files, relative to Istio's root; empty for a deleted file
 * @param go Go's settings
 * @param environment the variables of the build
 * @param stamp the version stamp; its tag is the fingerprint of all of the above and of the tree
 */
record BuildPlan(
    Program program,
    SourceTree tree,
    CompileOptions options,
    Map<String, Optional<String>> edits,
    GoEnvironment go,
    Map<String, String> environment,
    BuildVersion stamp) {
  /** To be changed when the same input shall give another output. */
  private static final String FORMAT = "2";

  private static final Pattern MODFILE = Pattern.compile("--?modfile=(.+)");

  /** A replacement by a folder: its files take part in the build. */
  private static final Pattern LOCAL_REPLACEMENT =
      Pattern.compile("(?m)=>\\s*\"?((?:\\.\\.?/|/)[^\"\\s]*|\\.\\.?)\"?\\s*(?://.*)?$");

  /** The name of all that goes in, which is the tag of the version stamp too. */
  String fingerprint() {
    return stamp.tag();
  }

  /** Looks at everything once. */
  static BuildPlan of(
      Program program,
      SourceTree tree,
      List<SourceEdit> edits,
      CompileOptions options,
      boolean offline,
      Path memories) {
    Map<String, String> environment = new HashMap<>(offline ? Map.of("GOPROXY", "off") : Map.of());
    environment.putAll(options.environment());
    GoEnvironment go = GoEnvironment.of(tree.moduleDirectory(), environment);
    Map<String, Optional<String>> edited = SourceFiles.edited(tree.root(), edits).changes();
    BuildVersion stamp = stamp(tree, !edited.isEmpty());

    ContentHash hash = new ContentHash().add(FORMAT).add(program.name());
    hash.add(options.flavor().name()).add(options.buildTool().name());
    hash.add(options.goFlags().size() + " flags");
    // A -modfile counts by its content, wherever it lies.
    options.goFlags().forEach(flag -> hash.add(MODFILE.matcher(flag).replaceFirst("-modfile")));
    add(hash, options.environment());
    add(hash, go.values());
    hash.add(stamp.version()).add(stamp.revision()).add(stamp.status());
    hash.add(edited.size() + " edited files");
    edited.forEach((file, text) -> hash.add(file).add(text.map(ContentHash::of).orElse("deleted")));
    if (options.flavor() == Flavor.DEBUG || options.buildTool() == BuildTool.MAKE) {
      hash.add(tree.moduleDirectory().toString());
    }
    if (options.buildTool() == BuildTool.MAKE) {
      add(hash, System.getenv()); // A Makefile may use any of it.
    }
    if (go.hasWorkspace()) {
      hash.add(UUID.randomUUID().toString()); // Its other modules are not looked at.
    }
    addFiles(hash, tree, options, memories);
    return new BuildPlan(
        program,
        tree,
        options,
        edited,
        go,
        Map.copyOf(environment),
        new BuildVersion(stamp.version(), stamp.revision(), stamp.status(), hash.value()));
  }

  private static void add(ContentHash hash, Map<String, String> values) {
    hash.add(values.size() + " values");
    new TreeMap<>(values).forEach((name, value) -> hash.add(name).add(value));
  }

  private static void addFiles(
      ContentHash hash, SourceTree tree, CompileOptions options, Path memories) {
    Path directory = tree.moduleDirectory();
    Path goMod = directory.resolve("go.mod");
    for (String flag : options.goFlags()) {
      Matcher modfile = MODFILE.matcher(flag);
      if (modfile.matches()) {
        goMod = directory.resolve(modfile.group(1));
        hash.add(read(goMod));
        Path goSum =
            goMod.resolveSibling(goMod.getFileName().toString().replaceFirst("mod$", "sum"));
        hash.add(Files.exists(goSum) ? read(goSum) : "none");
      }
    }
    hash.add(tree.key().orElseGet(() -> contents(directory, memories)));
    if (!Files.exists(directory.resolve("vendor/modules.txt"))) {
      Matcher replacement = LOCAL_REPLACEMENT.matcher(read(goMod));
      while (replacement.find()) {
        Path folder = directory.resolve(replacement.group(1)).normalize();
        hash.add(folder.toString()).add(contents(folder, memories));
      }
    }
  }

  private static String contents(Path directory, Path memories) {
    Path memory = memories.resolve(ContentHash.of(directory.toString()));
    return new ContentIndex(directory, memory).hash();
  }

  /** As Istio's own script report_build_info.sh does it; without a tag. */
  private static BuildVersion stamp(SourceTree tree, boolean isEdited) {
    String status;
    try {
      status = isEdited || isDirty(tree) ? "Modified" : "Clean";
    } catch (SourceException e) {
      if (e.reason() != SourceException.Reason.ORIGIN_MISSING) {
        throw e;
      }
      status = "unknown"; // Istio's word for what was not stamped.
    }
    String revision = tree.revision() + (status.equals("Modified") ? "-dirty" : "");
    return new BuildVersion(tree.version(), revision, status, "");
  }

  private static boolean isDirty(SourceTree tree) {
    return tree.key().isEmpty() && !tree.dirtyFiles().isEmpty();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw SourceTree.unreadable(file, e);
    }
  }
}
