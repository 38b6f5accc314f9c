package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.CompileFailedException.CompileError;
import dev.pilothouse.source.CompileOptions.BuildTool;
import dev.pilothouse.toolbox.Toolbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MakeCompileTest {
  private static final CompileOptions MAKE = CompileOptions.release().withBuildTool(BuildTool.MAKE);

  /** Like Istio's: the results lie in a folder that is named by the platform. */
  private static final String MAKEFILE =
      """
      X = -X istio.io/istio/pkg/version.
      .PHONY: build
      build:
      \t@test "$(BUILD_WITH_CONTAINER)" = 0
      \tCGO_ENABLED=0 go build -o out/linux_test/ \\
      \t  -ldflags '$(X)buildVersion=made-$(DEBUG) $(X)buildTag=$(TAG)' \\
      \t  ./pilot/cmd/pilot-discovery ./istioctl/cmd/istioctl
      """;

  @TempDir Path folder;
  private Path root;
  private IstiodCompiler compiler;
  private final List<CompileEvent> events = new ArrayList<>();

  @BeforeEach
  void makeCheckout() throws Exception {
    folder = folder.toRealPath();
    root = FakeIstio.make(folder.resolve("istio"));
    FakeIstio.write(root, "Makefile", MAKEFILE);
    FakeIstio.write(root, ".gitignore", "/out/\n");
    FakeIstio.git(root, "init", "-q");
    FakeIstio.commit(root, "first");
    compiler =
        IstiodCompiler.create(
            Toolbox.builder().cacheDirectory(folder.resolve("cache")).build(), events::add);
  }

  @Test
  void takesWhatMakeBuilds() {
    CompileOptions options = MAKE.withEnvironment(Map.of("TAG", "mine"));
    IstiodBinary binary = compiler.compile(IstioSource.checkout(root), List.of(), options);
    assertThat(binary.version().version()).isEqualTo("made-");
    assertThat(binary.version().tag()).isEqualTo("mine");
    assertThat(FakeIstio.header(binary)).isEqualTo("none");

    events.clear();
    assertThat(compiler.compile(IstioSource.checkout(root), List.of(), options)).isEqualTo(binary);
    assertThat(events).hasAtLeastOneElementOfType(CompileEvent.Unchanged.class);
    assertThat(
            compiler
                .compile(
                    IstioSource.checkout(root),
                    List.of(),
                    CompileOptions.debug().withBuildTool(BuildTool.MAKE))
                .version()
                .version())
        .isEqualTo("made-1");
  }

  @Test
  void readsCompileErrorsOutOfWhatMakePrints() {
    IstioSource copy =
        IstioSource.checkout(root)
            .workingCopy(
                folder.resolve("copy"),
                List.of(SourceEdit.replace(FakeIstio.ROUTE, "\"none\"", "nothing")));
    CompileFailedException e =
        catchThrowableOfType(
            CompileFailedException.class, () -> compiler.compile(copy, List.of(), MAKE));
    assertThat(e.errors())
        .containsExactly(new CompileError(FakeIstio.ROUTE, 5, 9, "undefined: nothing"));
    assertThat(e).hasMessageContaining("make build").hasMessageContaining("Error 1");
  }

  @Test
  void saysWhenThereIsNothingToMake() {
    Path noMakefile = FakeIstio.makeCheckout(folder.resolve("other"));
    assertThatThrownBy(() -> compiler.compile(IstioSource.checkout(noMakefile), List.of(), MAKE))
        .isInstanceOf(CompileFailedException.class)
        .hasMessageContaining("No rule to make target 'build'");
    FakeIstio.write(noMakefile, "Makefile", "build:\n\ttrue\n");
    assertThatThrownBy(() -> compiler.compile(IstioSource.checkout(noMakefile), List.of(), MAKE))
        .hasMessageContaining("there is no pilot-discovery below");
  }

  @Test
  void takesNoEdits() {
    assertThatThrownBy(
            () -> compiler.compile(IstioSource.checkout(root), List.of(FakeIstio.EDIT), MAKE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("workingCopy");
    assertThatThrownBy(() -> MAKE.withGoFlags(List.of("-x")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
