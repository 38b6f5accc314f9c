package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InPlaceEditsTest {
  private static final String NEW_FILE = "pilot/pkg/brand/new/file.go";
  private static final SourceEdit PATCH =
      SourceEdit.patch(
          """
          --- /dev/null
          +++ b/pilot/pkg/brand/new/file.go
          @@ -0,0 +1 @@
          +package new
          --- a/VERSION
          +++ /dev/null
          @@ -1 +0,0 @@
          -1.31
          """);

  @TempDir Path folder;
  private Path root;
  private Path route;

  @BeforeEach
  void makeCheckout() throws Exception {
    root = FakeIstio.makeCheckout(folder.toRealPath().resolve("istio"));
    route = root.resolve(FakeIstio.ROUTE);
  }

  @Test
  void editsAreInTheFilesUntilClosed() throws Exception {
    Files.setPosixFilePermissions(route, PosixFilePermissions.fromString("rw-r-----"));
    FileTime before = FileTime.fromMillis(1_700_000_000_000L);
    Files.setLastModifiedTime(route, before);
    IstioSource source = IstioSource.checkout(root);
    try (AppliedEdits edits = source.editInPlace(List.of(FakeIstio.EDIT, PATCH))) {
      assertThat(edits.files()).containsExactly("VERSION", NEW_FILE, FakeIstio.ROUTE);
      assertThat(route).content().contains("\"edited\"");
      assertThat(root.resolve("VERSION")).doesNotExist();
      assertThat(root.resolve(NEW_FILE)).hasContent("package new");
      assertThat(source.dirtyFiles())
          .extracting(DirtyFile::path)
          .as("our own journal is ignored")
          .containsExactlyInAnyOrder("VERSION", NEW_FILE, FakeIstio.ROUTE);
    }
    assertThat(source.dirtyFiles()).isEmpty();
    assertThat(route).content().isEqualTo(FakeIstio.ROUTE_TEXT);
    assertThat(Files.getLastModifiedTime(route)).isEqualTo(before);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(route)))
        .isEqualTo("rw-r-----");
    assertThat(root.resolve("pilot/pkg/brand")).doesNotExist();
    assertThat(root.resolve(".pilothouse")).doesNotExist();
  }

  @Test
  void refusesToTakeBackOverLaterChanges() throws Exception {
    AppliedEdits edits = IstioSource.checkout(root).editInPlace(List.of(FakeIstio.EDIT, PATCH));
    String later = Files.readString(route) + "// more\n";
    Files.writeString(route, later);

    SourceEditException e = catchThrowableOfType(SourceEditException.class, edits::close);

    assertThat(e.reason()).isEqualTo(SourceEditException.Reason.CHANGED_SINCE);
    assertThat(e.files()).containsExactly(FakeIstio.ROUTE);
    assertThat(route).content().isEqualTo(later);
    assertThat(root.resolve(NEW_FILE)).as("nothing is taken back by halves").exists();
    assertThat(e.evidence().orElseThrow().resolve(FakeIstio.ROUTE))
        .content()
        .isEqualTo(FakeIstio.ROUTE_TEXT);

    Files.writeString(route, FakeIstio.ROUTE_TEXT);
    edits.close();
    assertThat(IstioSource.checkout(root).dirtyFiles()).isEmpty();
    assertThat(root.resolve(".pilothouse")).doesNotExist();
  }

  @Test
  void otherFilesInANewFolderStay() throws Exception {
    Path other = root.resolve("pilot/pkg/brand/other.go");
    try (AppliedEdits edits = IstioSource.checkout(root).editInPlace(List.of(PATCH))) {
      Files.writeString(other, "package brand\n");
      assertThat(edits.files()).contains(NEW_FILE);
    }
    assertThat(root.resolve(NEW_FILE)).doesNotExist();
    assertThat(other).exists();
  }

  @Test
  void editsThatAreKeptStay() {
    AppliedEdits edits = IstioSource.checkout(root).editInPlace(List.of(FakeIstio.EDIT));
    edits.keep();
    edits.close();
    assertThat(route).content().contains("\"edited\"");
    assertThat(root.resolve(".pilothouse")).doesNotExist();
  }

  @Test
  void anEditThatDoesNotFitChangesNothing() {
    SourceEdit misfit = SourceEdit.replace(FakeIstio.ROUTE, "not there", "x");
    assertThat(
            catchThrowableOfType(
                SourceEditException.class,
                () -> IstioSource.checkout(root).editInPlace(List.of(FakeIstio.EDIT, misfit))))
        .isNotNull();
    assertThat(IstioSource.checkout(root).dirtyFiles()).isEmpty();
    assertThat(root.resolve(".pilothouse")).doesNotExist();
  }

  @Test
  void theNextOpeningTakesBackWhatAKilledJvmLeft() throws Exception {
    Process jvm = startEditor();
    assertThat(route).content().contains("\"edited\"");
    assertThat(IstioSource.checkout(root).dirtyFiles())
        .as("a living owner keeps its edits")
        .isNotEmpty();

    jvm.destroyForcibly().waitFor();

    assertThat(IstioSource.checkout(root).dirtyFiles()).isEmpty();
    assertThat(root.resolve(".pilothouse")).doesNotExist();
  }

  @Test
  void whatAKilledJvmLeftStaysWhenItWasChangedSince() throws Exception {
    Process jvm = startEditor();
    jvm.destroyForcibly().waitFor();
    String later = Files.readString(route) + "// more\n";
    Files.writeString(route, later);

    assertThat(IstioSource.checkout(root).dirtyFiles()).hasSize(1);

    assertThat(route).content().isEqualTo(later);
    Files.writeString(route, FakeIstio.EDIT_TEXT);
    assertThat(IstioSource.checkout(root).dirtyFiles()).as("now it can be taken back").isEmpty();
  }

  @Test
  void aJvmThatExitsTakesItsEditsBack() throws Exception {
    Process jvm = startEditor();
    jvm.destroy();
    assertThat(jvm.waitFor()).isNotZero();
    assertThat(route).content().isEqualTo(FakeIstio.ROUTE_TEXT);
    assertThat(root.resolve(".pilothouse")).doesNotExist();
  }

  private Process startEditor() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Editor.class.getName(),
                root.toString())
            .redirectErrorStream(true)
            .start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
    assertThat(lines.readLine()).isEqualTo("edited");
    return jvm;
  }

  /** Another JVM, which edits the tree and stays. */
  static final class Editor {
    public static void main(String[] arguments) throws Exception {
      IstioSource.checkout(Path.of(arguments[0])).editInPlace(List.of(FakeIstio.EDIT));
      System.out.println("edited");
      Thread.currentThread().join();
    }
  }
}
