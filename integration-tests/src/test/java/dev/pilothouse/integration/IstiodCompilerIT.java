package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.CommonChange;
import dev.pilothouse.source.CompileEvent;
import dev.pilothouse.source.CompileFailedException;
import dev.pilothouse.source.CompileFailedException.CompileError;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.source.SourceEdit;
import dev.pilothouse.source.SourceException;
import dev.pilothouse.source.SourcePlace;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.GoModule;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real istiod, compiled from the pinned tree. */
class IstiodCompilerIT {
  private static final String ROUTE = "pilot/pkg/networking/core/route/route.go";
  private static final CompileOptions RELEASE = CompileOptions.release();

  private static Toolbox toolbox;
  private static IstioSource source;

  private final List<CompileEvent> events = Collections.synchronizedList(new ArrayList<>());
  private final IstiodCompiler compiler = IstiodCompiler.create(toolbox, events::add);

  @BeforeAll
  static void open() {
    toolbox = Toolbox.create();
    source = IstioSource.pinned(toolbox);
  }

  /** The change that the tutorials make: a response header on every route of a Service. */
  private static SourceEdit responseHeader(String value) {
    return SourceEdit.insertAfter(
        ROUTE,
        "setTimeout(out.GetRoute(), nil, nil)",
        """
        	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, &core.HeaderValueOption{
        		Header:       &core.HeaderValue{Key: "x-istiod-dev", Value: "%s"},
        		AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
        	})
        """
            .formatted(value));
  }

  @Test
  void thePinnedTreeIsIstioAsItWasReleased() {
    assertThat(source.version()).isEqualTo("1.31-dev");
    assertThat(source.revision()).isEqualTo(GoModule.ISTIO.version());
    assertThat(source.dirtyFiles()).isEmpty();
    assertThat(source.root().resolve("manifests/charts/base/files/crd-all.gen.yaml")).exists();
    assertThat(IstioSource.pinned(toolbox).root()).isEqualTo(source.root());
    assertThat(IstioSource.vendored(source.moduleDirectory()).dirtyFiles()).isEmpty();
  }

  @Test
  void thePinnedTreeIsNotForEditing() {
    assertThatThrownBy(() -> source.editInPlace(List.of(responseHeader("x"))))
        .isInstanceOf(SourceException.class)
        .extracting(e -> ((SourceException) e).reason())
        .isEqualTo(SourceException.Reason.SHARED);
  }

  @Test
  void whatTheSourceMapNamesIsThere() {
    for (CommonChange change : CommonChange.values()) {
      assertThat(source.map().places(change)).as(change.what()).allMatch(SourcePlace::present);
    }
    // A vendored tree has no build files; everything else is where the map says.
    assertThat(source.map().places())
        .filteredOn(place -> !place.present())
        .extracting(SourcePlace::path)
        .containsExactly("Makefile");
  }

  @Test
  void compilesAnEditAndStampsIt(@TempDir Path cache) throws IOException {
    // A cache of its own: results that nobody asks for again would push others out.
    IstiodCompiler compiler =
        IstiodCompiler.create(Toolbox.builder().cacheDirectory(cache).build(), events::add);
    String value = "edited-" + System.nanoTime();
    IstiodBinary binary = compiler.compile(source, List.of(responseHeader(value)), RELEASE);

    BuildVersion version = binary.version();
    assertThat(version.version()).isEqualTo("1.31-dev");
    assertThat(version.revision()).isEqualTo(GoModule.ISTIO.version() + "-dirty");
    assertThat(version.status()).isEqualTo("Modified");
    assertThat(binary.path().getParent()).hasFileName(version.tag());
    assertThat(Files.readString(binary.path(), StandardCharsets.ISO_8859_1)).contains(value);
    assertThat(IstiodBinary.at(binary.path()).version()).isEqualTo(version);
    assertThat(compiledPackages())
        .contains("istio.io/istio/pilot/pkg/networking/core/route")
        .as("Go's own cache has the rest")
        .doesNotContain("k8s.io/api/core/v1");
    assertThat(source.dirtyFiles()).isEmpty();

    events.clear();
    assertThat(compiler.compile(source, List.of(responseHeader(value)), RELEASE)).isEqualTo(binary);
    assertThat(events).hasAtLeastOneElementOfType(CompileEvent.Unchanged.class);
  }

  @Test
  void compilesTheTreeAsItIs() {
    IstiodBinary binary = compiler.compile(source, List.of(), RELEASE);
    assertThat(binary.version().status()).isEqualTo("Clean");
    assertThat(binary.version().revision()).isEqualTo(source.revision());
  }

  @Test
  void namesTheLineOfAnErrorInTheEditedText() throws IOException {
    List<String> lines = Files.readAllLines(source.root().resolve(ROUTE));
    int line = lines.indexOf("\tsetTimeout(out.GetRoute(), nil, nil)") + 1;
    SourceEdit broken =
        SourceEdit.replace(
            ROUTE,
            "setTimeout(out.GetRoute(), nil, nil)",
            "\n\tsetTimeout(out.GetRoute(), nothing, nil)");
    CompileFailedException e =
        catchThrowableOfType(
            CompileFailedException.class, () -> compiler.compile(source, List.of(broken), RELEASE));
    assertThat(e.errors())
        .containsExactly(new CompileError(ROUTE, line + 1, 29, "undefined: nothing"));
  }

  /** Everything is compiled anew the first time; later, it is in the cache. */
  @Test
  void compilesADebugBuildForDelve() {
    IstiodBinary binary = compiler.compile(source, List.of(), CompileOptions.debug());
    assertThat(binary.flavor()).isEqualTo(Flavor.DEBUG);
    assertThat(binary.version().version()).isEqualTo("1.31-dev");
    assertThat(run("go", "version", "-m", binary.path().toString()))
        .contains("-gcflags=\"all=-N -l\"")
        .doesNotContain("-trimpath=true");
  }

  @Test
  void compilesIstioctlFromTheSameTree() {
    ToolBinary istioctl = compiler.compileIstioctl(source, List.of(), RELEASE);
    assertThat(istioctl.version()).isEqualTo("1.31-dev");
    assertThat(run(istioctl.path().toString(), "version", "--remote=false", "-o", "json"))
        .contains(source.revision());
  }

  @Test
  void aWorkingCopyCompilesWhatIsChangedInIt(@TempDir Path folder) throws IOException {
    IstioSource copy =
        source.workingCopy(folder.resolve("copy"), List.of(responseHeader("in-a-copy")));
    assertThat(copy.dirtyFiles()).extracting(file -> file.path()).containsExactly(ROUTE);
    IstiodBinary binary = compiler.compile(copy, List.of(), RELEASE);
    assertThat(binary.version().status()).isEqualTo("Modified");
    assertThat(Files.readString(binary.path(), StandardCharsets.ISO_8859_1)).contains("in-a-copy");
  }

  private List<String> compiledPackages() {
    return events.stream()
        .filter(CompileEvent.Progress.class::isInstance)
        .map(event -> ((CompileEvent.Progress) event).line())
        .toList();
  }

  private static String run(String... command) {
    return new Command(List.of(command), Map.of(), source.moduleDirectory(), Duration.ofMinutes(1))
        .output();
  }
}
