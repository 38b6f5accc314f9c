package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.CompileFailedException.CompileError;
import dev.pilothouse.source.CompileOptions.BuildTool;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IstiodCompilerTest {
  private static final CompileOptions RELEASE = CompileOptions.release();

  @TempDir Path folder;
  private Path root;
  private IstiodCompiler compiler;
  private final List<CompileEvent> events = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void makeCheckout() throws Exception {
    folder = folder.toRealPath();
    root = FakeIstio.makeCheckout(folder.resolve("istio"));
    compiler = newCompiler();
  }

  private IstiodCompiler newCompiler() {
    return IstiodCompiler.create(toolbox(), events::add);
  }

  private Toolbox toolbox() {
    return Toolbox.builder().cacheDirectory(folder.resolve("cache")).offline(true).build();
  }

  @Test
  void compilesAndStampsARelease() {
    IstioSource source = IstioSource.checkout(root);
    IstiodBinary binary = compiler.compile(source, List.of(), RELEASE);

    assertThat(binary.flavor()).isEqualTo(Flavor.RELEASE);
    BuildVersion version = binary.version();
    assertThat(version)
        .isEqualTo(new BuildVersion("1.31-dev", source.revision(), "Clean", version.tag()));
    assertThat(version.tag()).matches("[0-9a-f]{32}");
    assertThat(binary.path()).isExecutable();
    assertThat(binary.path().toString()).endsWith(version.tag() + "/pilot-discovery");
    assertThat(FakeIstio.header(binary)).isEqualTo("none");
    assertThat(settings(binary))
        .contains("-trimpath=true", "-tags=vtprotobuf,disable_pgv", "CGO_ENABLED=0")
        .doesNotContain("-gcflags");
    assertThat(events)
        .extracting(event -> event.getClass().getSimpleName())
        .startsWith("Fingerprinted", "Started")
        .endsWith("Finished");
  }

  @Test
  void compilesADebugBuildWithPathsAndSymbols() {
    IstiodBinary binary =
        compiler.compile(IstioSource.checkout(root), List.of(), CompileOptions.debug());
    assertThat(binary.flavor()).isEqualTo(Flavor.DEBUG);
    assertThat(binary.version().version()).isEqualTo("1.31-dev");
    assertThat(settings(binary)).contains("-gcflags=\"all=-N -l\"").doesNotContain("-trimpath");
    assertThat(FakeIstio.run(folder, Map.of(), "go", "tool", "nm", binary.path().toString()))
        .contains("istio.io/istio/pilot/pkg/networking/core/route.Header");
  }

  @Test
  void compilesEditsByOverlayAndLeavesTheTreeAlone() {
    IstioSource source = IstioSource.checkout(root);
    IstiodBinary binary = compiler.compile(source, List.of(FakeIstio.EDIT), RELEASE);
    assertThat(FakeIstio.header(binary)).isEqualTo("edited");
    assertThat(binary.version().status()).isEqualTo("Modified");
    assertThat(binary.version().revision()).isEqualTo(source.revision() + "-dirty");
    assertThat(source.dirtyFiles()).isEmpty();
  }

  @Test
  void compilesEditsInAVendoredTree() {
    Path module = FakeIstio.makeVendored(folder.resolve("vendoring"));
    IstioSource source = IstioSource.vendored(module);
    SourceEdit patch =
        SourceEdit.patch(
            """
            --- a/pilot/pkg/networking/core/route/route.go
            +++ /dev/null
            @@ -1,11 +0,0 @@
            """
                + FakeIstio.ROUTE_TEXT.replaceAll("(?m)^", "-").replaceFirst("-$", "")
                + """
                --- /dev/null
                +++ b/pilot/pkg/networking/core/route/other.go
                @@ -0,0 +1,3 @@
                +package route
                +
                +func Header() string { return "moved" }
                """);
    assertThat(FakeIstio.header(compiler.compile(source, List.of(patch), RELEASE)))
        .isEqualTo("moved");
    assertThat(FakeIstio.header(compiler.compile(source, List.of(), RELEASE))).isEqualTo("none");
    assertThat(source.dirtyFiles()).isEmpty();
  }

  @Test
  void anEditMayAddAPackageToAVendoredTree() {
    IstioSource source = IstioSource.vendored(FakeIstio.makeVendored(folder.resolve("vendoring")));
    SourceEdit newPackage =
        SourceEdit.patch(
            """
            --- /dev/null
            +++ b/pilot/pkg/added/added.go
            @@ -0,0 +1,3 @@
            +package added
            +
            +const Header = "added"
            """);
    List<SourceEdit> edits =
        List.of(
            newPackage,
            SourceEdit.insertAfter(
                FakeIstio.ROUTE, "package route", "\nimport \"istio.io/istio/pilot/pkg/added\""),
            SourceEdit.replace(FakeIstio.ROUTE, "\"none\"", "added.Header"));
    assertThat(FakeIstio.header(compiler.compile(source, edits, RELEASE))).isEqualTo("added");
  }

  @Test
  void knowsWhatItCompiledBefore() throws Exception {
    IstiodBinary first = compiler.compile(IstioSource.checkout(root), List.of(), RELEASE);
    // Other times, other copy, other process: the same content.
    Files.setLastModifiedTime(
        root.resolve(FakeIstio.ROUTE), java.nio.file.attribute.FileTime.fromMillis(1_000_000));
    IstioSource copy = IstioSource.checkout(root).workingCopy(folder.resolve("copy"), List.of());
    FakeIstio.write(copy.root(), "pilot/pkg/networking/core/route/route_test.go", "package route");
    FakeIstio.git(copy.root(), "checkout", "-q", ".");
    Files.delete(copy.root().resolve("pilot/pkg/networking/core/route/route_test.go"));
    events.clear();

    assertThat(newCompiler().compile(copy, List.of(), RELEASE)).isEqualTo(first);
    assertThat(compiler.compile(IstioSource.checkout(root), List.of(), RELEASE)).isEqualTo(first);
    assertThat(events)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Fingerprinted", "Unchanged", "Fingerprinted", "Unchanged");
  }

  @Test
  void seesEveryKindOfChange() throws Exception {
    IstioSource source = IstioSource.checkout(root);
    List<String> tags = new ArrayList<>();
    tags.add(tag(source, List.of(), RELEASE));
    tags.add(tag(source, List.of(FakeIstio.EDIT), RELEASE));
    tags.add(tag(source, List.of(), CompileOptions.debug()));
    tags.add(tag(source, List.of(), RELEASE.withGoFlags(List.of("-p=1"))));
    tags.add(tag(source, List.of(), RELEASE.withEnvironment(Map.of("ANY", "value"))));
    // The same size and the same time: only the content differs.
    Path route = root.resolve(FakeIstio.ROUTE);
    java.nio.file.attribute.FileTime time = Files.getLastModifiedTime(route);
    Files.writeString(route, FakeIstio.ROUTE_TEXT.replace("15s", "16s"));
    Files.setLastModifiedTime(route, time);
    tags.add(tag(source, List.of(), RELEASE));
    FakeIstio.commit(root, "another revision");
    tags.add(tag(source, List.of(), RELEASE));
    FakeIstio.write(root, "pilot/pkg/new.go", "package pkg\n");
    tags.add(tag(source, List.of(), RELEASE));
    FakeIstio.write(root, "go.sum", "");
    tags.add(tag(source, List.of(), RELEASE));
    assertThat(tags).doesNotHaveDuplicates();

    Files.delete(root.resolve("go.sum"));
    Files.delete(root.resolve("pilot/pkg/new.go"));
    assertThat(tag(source, List.of(), RELEASE)).isEqualTo(tags.get(6));
  }

  @Test
  void aReplacementByAFolderIsPartOfTheTree() {
    Path api = folder.resolve("api");
    FakeIstio.write(api, "go.mod", "module example.com/api\n\ngo 1.21\n");
    FakeIstio.write(api, "api.go", "package api\n\nconst Header = \"one\"\n");
    FakeIstio.write(
        root,
        "go.mod",
        """
        module istio.io/istio

        go 1.21

        require example.com/api v1.0.0

        replace example.com/api => ../api
        """);
    FakeIstio.write(
        root,
        FakeIstio.ROUTE,
        """
        package route

        import "example.com/api"

        func Header() string { return api.Header }
        """);
    IstioSource source = IstioSource.checkout(root);
    assertThat(FakeIstio.header(compiler.compile(source, List.of(), RELEASE))).isEqualTo("one");
    FakeIstio.write(api, "api.go", "package api\n\nconst Header = \"two\"\n");
    assertThat(FakeIstio.header(compiler.compile(source, List.of(), RELEASE))).isEqualTo("two");
  }

  @Test
  void takesAnotherGoMod() {
    Path modfile = FakeIstio.write(folder, "pins/go.mod", "module istio.io/istio\n\ngo 1.20\n");
    CompileOptions options = RELEASE.withGoFlags(List.of("-modfile=" + modfile));
    IstioSource source = IstioSource.checkout(root);
    String first = tag(source, List.of(), options);
    Path same = FakeIstio.write(folder, "copy/go.mod", FakeIstio.read(folder, "pins/go.mod"));
    assertThat(tag(source, List.of(), RELEASE.withGoFlags(List.of("-modfile=" + same))))
        .isEqualTo(first);
    FakeIstio.write(folder, "pins/go.mod", "module istio.io/istio\n\ngo 1.21\n");
    assertThat(tag(source, List.of(), options)).isNotEqualTo(first);
  }

  @Test
  void namesFileLineAndColumnOfEachError() throws Exception {
    IstioSource source = IstioSource.checkout(root);
    SourceEdit broken =
        SourceEdit.replace(
            FakeIstio.ROUTE, "return \"none\"", "x := 1\n\treturn undefinedName + 1");
    CompileFailedException e =
        catchThrowableOfType(
            CompileFailedException.class, () -> compiler.compile(source, List.of(broken), RELEASE));
    assertThat(e.errors())
        .containsExactly(
            new CompileError(FakeIstio.ROUTE, 5, 2, "declared and not used: x"),
            new CompileError(FakeIstio.ROUTE, 6, 9, "undefined: undefinedName"));
    assertThat(e)
        .hasMessageContaining(FakeIstio.ROUTE + ":6:9: undefined: undefinedName")
        .hasMessageContaining("compiling pilot-discovery");
    assertNothingLeft();
  }

  @Test
  void namesErrorsOfAVendoredTreeByIstiosRoot() {
    IstioSource source = IstioSource.vendored(FakeIstio.makeVendored(folder.resolve("vendoring")));
    SourceEdit broken = SourceEdit.replace(FakeIstio.ROUTE, "\"none\"", "1");
    CompileFailedException e =
        catchThrowableOfType(
            CompileFailedException.class, () -> compiler.compile(source, List.of(broken), RELEASE));
    assertThat(e.errors())
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.file()).isEqualTo(FakeIstio.ROUTE);
              assertThat(error.line()).isEqualTo(5);
              assertThat(error.message()).contains("cannot use 1");
            });
  }

  @Test
  void anImportThatNobodyVendoredIsExplained() {
    IstioSource source = IstioSource.vendored(FakeIstio.makeVendored(folder.resolve("vendoring")));
    SourceEdit importing =
        SourceEdit.insertAfter(
            FakeIstio.ROUTE, "package route", "import _ \"github.com/nobody/knows\"");
    assertThatThrownBy(() -> compiler.compile(source, List.of(importing), RELEASE))
        .isInstanceOf(CompileFailedException.class)
        .hasMessageContaining("github.com/nobody/knows")
        .hasMessageContaining("take a Git checkout");
  }

  @Test
  void threadsThatWantTheSameCompileOnce() throws Exception {
    SourceEdit edit = FakeIstio.newHeader();
    Callable<IstiodBinary> compile =
        () -> newCompiler().compile(IstioSource.checkout(root), List.of(edit), RELEASE);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<IstiodBinary>> binaries = threads.invokeAll(List.of(compile, compile, compile));
      for (Future<IstiodBinary> binary : binaries) {
        assertThat(binary.get()).isEqualTo(binaries.get(0).get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(events.stream().filter(CompileEvent.Finished.class::isInstance)).hasSize(1);
  }

  @Test
  void compilesAgainWhenTheTreeChangesMeanwhile() {
    IstioSource source = IstioSource.checkout(root);
    SourceEdit edit = FakeIstio.newHeader();
    IstiodCompiler disturbed =
        IstiodCompiler.create(
            Toolbox.builder().cacheDirectory(folder.resolve("cache2")).build(),
            event -> {
              events.add(event);
              if (event instanceof CompileEvent.Started
                  && !FakeIstio.read(root, FakeIstio.ROUTE).contains("16s")) {
                FakeIstio.write(root, FakeIstio.ROUTE, FakeIstio.ROUTE_TEXT.replace("15s", "16s"));
              }
            });
    disturbed.compile(source, List.of(edit), RELEASE);
    assertThat(events.stream().filter(CompileEvent.Started.class::isInstance)).hasSize(2);
    assertThat(events.stream().filter(CompileEvent.Finished.class::isInstance)).hasSize(1);
  }

  @Test
  void anInterruptEndsTheCompilation() throws Exception {
    IstiodCompiler interrupted =
        IstiodCompiler.create(
            toolbox(),
            event -> {
              if (event instanceof CompileEvent.Started) {
                Thread.currentThread().interrupt();
              }
            });
    assertThatThrownBy(
            () ->
                interrupted.compile(
                    IstioSource.checkout(root), List.of(FakeIstio.newHeader()), RELEASE))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).as("the flag stays").isTrue();
    assertNothingLeft();
  }

  private void assertNothingLeft() throws Exception {
    assertThat(folder.resolve("cache/istiod/entries")).doesNotExist();
    try (Stream<Path> drafts = Files.list(folder.resolve("cache/istiod/drafts"))) {
      assertThat(drafts.filter(draft -> !draft.endsWith(".pilothouse"))).isEmpty();
    }
  }

  @Test
  void compilesIstioctlFromTheSameTree() {
    ToolBinary first =
        compiler.compileIstioctl(IstioSource.checkout(root), List.of(FakeIstio.EDIT), RELEASE);
    assertThat(first.version()).isEqualTo("1.31-dev");
    assertThat(first.origin()).isEqualTo(ToolBinary.Origin.PROVISIONED);
    assertThat(first.path()).isExecutable().hasFileName("istioctl");
    assertThat(
            compiler
                .compileIstioctl(IstioSource.checkout(root), List.of(FakeIstio.EDIT), RELEASE)
                .origin())
        .isEqualTo(ToolBinary.Origin.CACHE);
  }

  @Test
  void compilesTheAgentWithItsOwnTags() {
    ToolBinary agent =
        compiler.compileAgent(IstioSource.checkout(root), List.of(), CompileOptions.debug());
    assertThat(agent.tool()).isEqualTo(Tool.PILOT_AGENT);
    assertThat(agent.version()).isEqualTo("1.31-dev");
    assertThat(agent.path()).isExecutable().hasFileName("pilot-agent");
  }

  @Test
  void aTreeThatDoesNotSayItsVersionIsRefused() {
    SourceEdit mute = SourceEdit.replace("pkg/version/version.go", "+ buildTag +", "+ \"mine\" +");
    SourceEdit used =
        SourceEdit.replace(
            "pkg/version/version.go", "package version\n", "package version\n\nvar _ = buildTag\n");
    assertThatThrownBy(
            () -> compiler.compile(IstioSource.checkout(root), List.of(mute, used), RELEASE))
        .hasMessageContaining("tag=mine");
  }

  @Test
  void refusesOptionsThatCannotBe() {
    assertThatThrownBy(() -> new CompileOptions(Flavor.STOCK, BuildTool.GO, List.of(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RELEASE.withGoFlags(List.of("-overlay=x.json")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RELEASE.withGoFlags(List.of("-modfile", "go.mod")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsTheLastResultsAndThoseThatRun() throws Exception {
    // A program that stays, so that its binary is in use.
    SourceEdit staying =
        SourceEdit.replace(
            "pilot/cmd/pilot-discovery/main.go",
            "case \"header\":",
            "case \"stay\":\n\t\tos.Stdin.Read(make([]byte, 1))\n\tcase \"header\":");
    IstioSource source = IstioSource.checkout(root);
    IstiodCompiler keepsTwo = new CachingCompiler(toolbox(), events::add, 2);
    IstiodBinary running = keepsTwo.compile(source, List.of(staying), RELEASE);
    Process process = new ProcessBuilder(running.path().toString(), "stay").start();
    try {
      IstiodBinary first = keepsTwo.compile(source, List.of(FakeIstio.newHeader()), RELEASE);
      SourceEdit edit = FakeIstio.newHeader();
      IstiodBinary second = keepsTwo.compile(source, List.of(edit), RELEASE);
      assertThat(first.path()).exists();
      keepsTwo.compile(source, List.of(FakeIstio.newHeader()), RELEASE);
      assertThat(first.path()).doesNotExist();
      keepsTwo.compile(source, List.of(edit), RELEASE);
      keepsTwo.compile(source, List.of(FakeIstio.newHeader()), RELEASE);
      assertThat(second.path()).as("used a moment ago").exists();
      assertThat(running.path()).as("running").exists();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private String tag(IstioSource source, List<SourceEdit> edits, CompileOptions options) {
    return compiler.compile(source, edits, options).version().tag();
  }

  private String settings(IstiodBinary binary) {
    return FakeIstio.run(folder, Map.of(), "go", "version", "-m", binary.path().toString());
  }
}
