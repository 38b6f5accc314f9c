package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks for one tool where it may be: explicit path, environment variable, PATH, cache. */
final class ToolSearch {
  private final Map<Tool, Path> explicit;
  private final Map<String, String> environment;
  private final Cache cache;
  private final Map<Tool, Recipe> recipes;
  private final ToolProbe probe;

  ToolSearch(
      Map<Tool, Path> explicit,
      Map<String, String> environment,
      Cache cache,
      Map<Tool, Recipe> recipes) {
    this.explicit = explicit;
    this.environment = environment;
    this.cache = cache;
    this.recipes = recipes;
    this.probe = new ToolProbe(cache.probes(), environment);
  }

  /** What a search came to. */
  sealed interface Outcome {
    /** It is there. */
    record Found(ToolBinary binary) implements Outcome {}

    /** It is nowhere; the notes say what was passed over. */
    record Absent(List<String> notes) implements Outcome {}

    /** The user named something that is not it. */
    record Wrong(String problem) implements Outcome {}
  }

  /**
   * What a file turned out to be.
   *
   * @param version the version it says; empty if it is not the tool
   * @param problem why it cannot be used; empty if it can
   */
  record Fit(String version, String problem) {
    boolean good() {
      return problem.isEmpty();
    }

    ToolBinary binary(Tool tool, Path path, ToolBinary.Origin origin) {
      return new ToolBinary(tool, path, version, origin);
    }
  }

  Outcome find(Tool tool) {
    Path named = explicit.get(tool);
    if (named != null) {
      return named(tool, named, ToolBinary.Origin.EXPLICIT, "the path given for it");
    }
    String variable = environment.getOrDefault(tool.environmentVariable(), "");
    if (!variable.isEmpty()) {
      return named(
          tool,
          Path.of(variable).toAbsolutePath(),
          ToolBinary.Origin.ENVIRONMENT,
          "the environment variable " + tool.environmentVariable());
    }
    List<String> notes = new ArrayList<>();
    for (Path candidate : SearchPath.all(tool.binaryName(), environment)) {
      Fit fit = fit(tool, candidate);
      if (fit.good()) {
        return new Outcome.Found(fit.binary(tool, candidate, ToolBinary.Origin.PATH));
      }
      notes.add(candidate + " on the PATH was passed over: " + fit.problem());
    }
    Optional<Path> entry = Optional.ofNullable(recipes.get(tool)).flatMap(r -> cached(tool, r));
    if (entry.isPresent()) {
      Path binary = entry.get().resolve(tool.binaryName());
      Fit fit = fit(tool, binary);
      if (fit.good()) {
        return new Outcome.Found(fit.binary(tool, binary, ToolBinary.Origin.CACHE));
      }
      notes.add(binary + " in the cache is damaged: " + fit.problem());
    }
    return new Outcome.Absent(List.copyOf(notes));
  }

  /** Whether a file is the tool, of a version that fits. */
  Fit fit(Tool tool, Path file) {
    VersionCheck check = VersionCheck.of(tool);
    try {
      String version = probe.version(tool, file);
      boolean fits = check.fits().test(version);
      return new Fit(
          version, fits ? "" : "its version is " + version + ", needed is " + check.needed());
    } catch (ToolProbe.UnusableException e) {
      return new Fit(
          "", e.getMessage() + "; needed is " + tool.binaryName() + " " + check.needed());
    }
  }

  private Optional<Path> cached(Tool tool, Recipe recipe) {
    return cache.entry(recipe.key(tool.binaryName()));
  }

  private Outcome named(Tool tool, Path path, ToolBinary.Origin origin, String who) {
    Fit fit = fit(tool, path);
    return fit.good()
        ? new Outcome.Found(fit.binary(tool, path, origin))
        : new Outcome.Wrong(who + " names " + path + ": " + fit.problem());
  }
}
