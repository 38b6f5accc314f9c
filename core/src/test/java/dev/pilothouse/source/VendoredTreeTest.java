package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.DirtyFile.Change;
import dev.pilothouse.source.SourceException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VendoredTreeTest {
  @TempDir Path folder;
  private Path module;

  @BeforeEach
  void makeModule() throws Exception {
    folder = folder.toRealPath();
    module = FakeIstio.makeVendored(folder);
  }

  @Test
  void knowsItself() {
    IstioSource source = IstioSource.vendored(module);
    assertThat(source.moduleDirectory()).isEqualTo(module);
    assertThat(source.root()).isEqualTo(module.resolve("vendor/istio.io/istio"));
    assertThat(source.version()).isEqualTo("1.31-dev");
    assertThat(source.revision()).isEqualTo("../origin");
    assertThat(source.dirtyFiles()).isEmpty();
    assertThat(source.map().places(CommonChange.HTTP_ROUTES)).allMatch(SourcePlace::present);
  }

  @Test
  void namesDirtyFilesByTheirContent() throws Exception {
    FakeIstio.write(folder, "origin/pkg/version/never.go", "//go:build ignore\n\npackage main\n");
    IstioSource source = IstioSource.vendored(module);
    FakeIstio.write(source.root(), FakeIstio.ROUTE, FakeIstio.ROUTE_TEXT.replace("15s", "16s"));
    FakeIstio.write(source.root(), "pilot/new.go", "package pilot\n");
    FakeIstio.write(source.root(), "pkg/version/version.go", readOrigin("pkg/version/version.go"));
    Files.delete(source.root().resolve("istioctl/cmd/istioctl/main.go"));

    assertThat(source.dirtyFiles())
        .containsExactly(
            new DirtyFile("istioctl/cmd/istioctl/main.go", Change.DELETED),
            new DirtyFile("pilot/new.go", Change.ADDED),
            new DirtyFile(FakeIstio.ROUTE, Change.MODIFIED));
  }

  @Test
  void saysWhenTheOriginIsNotHere() throws Exception {
    Files.move(folder.resolve("origin"), folder.resolve("elsewhere"));
    IstioSource source = IstioSource.vendored(module);
    assertThat(source.version()).isEqualTo(source.revision());
    SourceException e = catchThrowableOfType(SourceException.class, source::dirtyFiles);
    assertThat(e).hasMessageContaining("go mod download istio.io/istio");
    assertThat(e.reason()).isEqualTo(Reason.ORIGIN_MISSING);
  }

  @Test
  void readsVersionsAndReplacementsOfModulesTxt() {
    FakeIstio.write(
        module,
        "vendor/modules.txt",
        """
        # github.com/a/b v1.0.0
        ## explicit; go 1.20
        github.com/a/b
        # istio.io/istio v0.0.0-2026 => github.com/Me/istio v0.1.0
        ## explicit; go 1.21
        istio.io/istio/pilot/cmd/pilot-discovery
        istio.io/istio/pkg/version
        # k8s.io/api v0.1.0
        k8s.io/api
        """);
    VendoredModule vendored = VendoredModule.read(module, "istio.io/istio");
    assertThat(vendored.packages()).containsExactly("pilot/cmd/pilot-discovery", "pkg/version");
    assertThat(vendored.directory(module, Path.of("/mod")))
        .isEqualTo(Path.of("/mod/github.com/!me/istio@v0.1.0"));
  }

  @Test
  void refusesWhatVendorsNoIstio() {
    assertThat(
            catchThrowableOfType(
                    SourceException.class, () -> IstioSource.vendored(folder.resolve("origin")))
                .reason())
        .isEqualTo(Reason.NOT_ISTIO);
  }

  @Test
  void aWorkingCopyIsTheCallersToWriteTo() throws Exception {
    Path route = module.resolve("vendor/istio.io/istio").resolve(FakeIstio.ROUTE);
    Files.setPosixFilePermissions(
        route, java.nio.file.attribute.PosixFilePermissions.fromString("r--r--r--"));
    IstioSource copy =
        IstioSource.vendored(module).workingCopy(folder.resolve("copy"), List.of(FakeIstio.EDIT));
    assertThat(FakeIstio.read(copy.root(), FakeIstio.ROUTE)).contains("\"edited\"");
    assertThat(Files.getPosixFilePermissions(copy.root().resolve(FakeIstio.ROUTE)))
        .contains(java.nio.file.attribute.PosixFilePermission.OWNER_WRITE);
    assertThat(copy.dirtyFiles()).containsExactly(new DirtyFile(FakeIstio.ROUTE, Change.MODIFIED));
    assertThat(route).content().isEqualTo(FakeIstio.ROUTE_TEXT);
  }

  private String readOrigin(String file) {
    return FakeIstio.read(folder.resolve("origin"), file);
  }
}
