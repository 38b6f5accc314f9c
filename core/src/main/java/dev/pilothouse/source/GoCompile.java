package dev.pilothouse.source;

import dev.pilothouse.source.CompileFailedException.CompileError;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import dev.pilothouse.toolbox.GoBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Compiles by {@code go build}, with edits in an overlay. */
record GoCompile(BuildPlan plan) {
  /** Compiles into a folder; the edited files stay beside the binary, as what was compiled. */
  Path into(Path folder, Consumer<String> progress) throws IOException {
    Path binary = folder.resolve(plan.program().binaryName());
    boolean debug = plan.options().flavor() == Flavor.DEBUG;
    List<String> flags = new ArrayList<>(List.of("-buildvcs=false"));
    flags.addAll(plan.options().goFlags());
    GoBuild build =
        new GoBuild(
            plan.tree().moduleDirectory(),
            List.of(plan.program().importPath()),
            binary,
            plan.program().tags(),
            linkerFlags(debug),
            debug ? "all=-N -l" : "",
            !debug,
            overlay(folder.resolve("edits")),
            flags,
            plan.environment());
    try {
      build.run(progress);
    } catch (GoBuild.FailedException e) {
      throw failed(e);
    }
    return binary;
  }

  private List<String> linkerFlags(boolean debug) {
    BuildVersion stamp = plan.stamp();
    String variable = "-X " + SourceTree.MODULE + "/pkg/version.";
    // Delve reads debug information sooner that is not compressed.
    List<String> flags =
        new ArrayList<>(debug ? List.of("-compressdwarf=false") : List.of("-s", "-w"));
    flags.add(variable + "buildVersion=" + stamp.version());
    flags.add(variable + "buildGitRevision=" + stamp.revision());
    flags.add(variable + "buildStatus=" + stamp.status());
    flags.add(variable + "buildTag=" + stamp.tag());
    return flags;
  }

  private Map<Path, Path> overlay(Path folder) throws IOException {
    Map<Path, Path> overlay = new HashMap<>();
    for (Map.Entry<String, Optional<String>> edit : plan.edits().entrySet()) {
      Path content = Path.of("");
      if (edit.getValue().isPresent()) {
        content = folder.resolve(edit.getKey());
        Files.createDirectories(content.getParent());
        Files.writeString(content, edit.getValue().get());
      }
      overlay.put(plan.tree().root().resolve(edit.getKey()), content);
    }
    return overlay;
  }

  private CompileFailedException failed(GoBuild.FailedException e) {
    List<CompileError> errors = CompileErrors.of(plan.tree(), e.messages());
    boolean notVendored =
        errors.stream().anyMatch(error -> error.message().contains("cannot find module providing"));
    String shown = errors.stream().map(CompileError::toString).collect(Collectors.joining("\n  "));
    return new CompileFailedException(
        "compiling " + plan.program().binaryName() + " from " + plan.tree().moduleDirectory(),
        errors.isEmpty() ? String.valueOf(e.getMessage()) : "\n  " + shown,
        notVendored
            ? "a vendored tree has only the packages that Istio's programs use: for others take a"
                + " Git checkout"
            : errors.isEmpty() ? "" : "mend the named lines, or the edits that made them",
        errors,
        null,
        e);
  }
}
