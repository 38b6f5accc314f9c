package dev.pilothouse.source;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.CompileOptions.BuildTool;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.VersionProbe.NoVersionException;
import dev.pilothouse.toolbox.CacheArea;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiles what was not compiled before, and keeps the results in the toolbox's cache. */
final class CachingCompiler implements IstiodCompiler {
  private static final Logger LOG = LoggerFactory.getLogger(CachingCompiler.class);
  private static final int ATTEMPTS = 3;

  private final Consumer<CompileEvent> progress;
  private final int kept;
  private final boolean offline;
  private final CacheArea results;
  private final TreeMemories memories;

  /** A compiler that keeps some results, those that were used last. */
  CachingCompiler(Toolbox toolbox, Consumer<CompileEvent> progress, int kept) {
    this.progress = progress;
    this.kept = kept;
    offline = toolbox.offline();
    results = CacheArea.of(toolbox, "istiod");
    memories = new TreeMemories(toolbox.cacheDirectory().resolve("trees"));
  }

  /** What there is now; whether this call made it. */
  private record Result(CompiledEntry entry, boolean made) {}

  @Override
  public IstiodBinary compile(IstioSource source, List<SourceEdit> edits, CompileOptions options) {
    CompiledEntry entry = build(Program.PILOT_DISCOVERY, source, edits, options).entry();
    return new IstiodBinary(entry.binary(), entry.version(), options.flavor());
  }

  @Override
  public ToolBinary compileAgent(
      IstioSource source, List<SourceEdit> edits, CompileOptions options) {
    return tool(Tool.PILOT_AGENT, build(Program.PILOT_AGENT, source, edits, options));
  }

  @Override
  public ToolBinary compileIstioctl(
      IstioSource source, List<SourceEdit> edits, CompileOptions options) {
    return tool(Tool.ISTIOCTL, build(Program.ISTIOCTL, source, edits, options));
  }

  private static ToolBinary tool(Tool tool, Result result) {
    return new ToolBinary(
        tool,
        result.entry().binary(),
        result.entry().version().version(),
        result.made() ? ToolBinary.Origin.PROVISIONED : ToolBinary.Origin.CACHE);
  }

  private Result build(
      Program program, IstioSource source, List<SourceEdit> edits, CompileOptions options) {
    if (options.buildTool() == BuildTool.MAKE && !edits.isEmpty()) {
      throw new IllegalArgumentException(
          "make compiles a tree as it is: compile a workingCopy with the edits");
    }
    SourceTree tree = (SourceTree) source;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      BuildPlan plan = plan(program, tree, edits, options);
      Optional<Path> known = results.find(plan.fingerprint());
      if (known.isPresent()) {
        CompiledEntry entry = CompiledEntry.read(program, known.get());
        progress.accept(new CompileEvent.Unchanged(program.binaryName(), entry.binary()));
        return new Result(entry, false);
      }
      try {
        return provide(plan, edits);
      } catch (TreeChangedException e) {
        LOG.info("{} changed while it was compiled: compiling again", tree.root());
      }
    }
    throw new SourceException(
        SourceException.Reason.KEEPS_CHANGING,
        "compiling " + program.binaryName() + " from " + tree.moduleDirectory(),
        "its files changed during each of " + ATTEMPTS + " compilations",
        "compile while nothing writes to the tree, or compile a workingCopy",
        tree.root(),
        null);
  }

  private BuildPlan plan(
      Program program, SourceTree tree, List<SourceEdit> edits, CompileOptions options) {
    long start = System.nanoTime();
    BuildPlan plan = BuildPlan.of(program, tree, edits, options, offline, memories.folder());
    progress.accept(
        new CompileEvent.Fingerprinted(
            program.binaryName(), plan.fingerprint(), Duration.ofNanos(System.nanoTime() - start)));
    return plan;
  }

  private Result provide(BuildPlan plan, List<SourceEdit> edits) {
    String name = plan.program().binaryName();
    long start = System.nanoTime();
    boolean[] made = {false};
    Path folder =
        results.provide(
            plan.fingerprint(),
            () -> progress.accept(new CompileEvent.Waiting(name)),
            draft -> {
              progress.accept(new CompileEvent.Started(name));
              make(plan, edits, draft);
              made[0] = true;
            });
    CompiledEntry entry = CompiledEntry.read(plan.program(), folder);
    if (made[0]) {
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      progress.accept(new CompileEvent.Finished(name, entry.binary(), took));
      results.prune(kept, RunningBinaries.now()::isFrom);
      memories.prune();
    } else {
      progress.accept(new CompileEvent.Unchanged(name, entry.binary()));
    }
    return new Result(entry, made[0]);
  }

  private void make(BuildPlan plan, List<SourceEdit> edits, Path draft) throws IOException {
    Consumer<String> lines =
        line -> progress.accept(new CompileEvent.Progress(plan.program().binaryName(), line));
    Path binary =
        plan.options().buildTool() == BuildTool.GO
            ? new GoCompile(plan).into(draft, lines)
            : new MakeCompile(plan).into(draft);
    CompiledEntry.write(draft, checked(plan, binary));
    if (plan.tree().key().isEmpty() && !plan.go().hasWorkspace()) {
      String after =
          BuildPlan.of(
                  plan.program(), plan.tree(), edits, plan.options(), offline, memories.folder())
              .fingerprint();
      if (!after.equals(plan.fingerprint())) {
        throw new TreeChangedException();
      }
    }
  }

  /** Runs the result, where it can run: it has to say what it was stamped with. */
  private static BuildVersion checked(BuildPlan plan, Path binary) {
    if (!plan.go().targetsThisMachine()) {
      return plan.stamp();
    }
    String tried = "checking the compiled " + plan.program().binaryName();
    try {
      BuildVersion version = VersionProbe.ask(plan.program(), binary);
      if (plan.options().buildTool() == BuildTool.GO && !version.equals(plan.stamp())) {
        throw new PilothouseException(
            tried,
            "it says " + version + " and was stamped " + plan.stamp(),
            "this tree keeps its version elsewhere than in " + SourceTree.MODULE + "/pkg/version",
            null,
            null);
      }
      return version;
    } catch (NoVersionException e) {
      throw new PilothouseException(
          tried,
          String.valueOf(e.getMessage()),
          "does the tree's main package still work?",
          null,
          e);
    }
  }

  /** What was compiled is not what was fingerprinted. */
  private static final class TreeChangedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
