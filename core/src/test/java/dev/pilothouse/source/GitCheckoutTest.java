package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.DirtyFile.Change;
import dev.pilothouse.source.SourceException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitCheckoutTest {
  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void makeCheckout() throws Exception {
    folder = folder.toRealPath();
    root = FakeIstio.makeCheckout(folder.resolve("istio"));
  }

  @Test
  void knowsItself() {
    IstioCheckout source = IstioSource.checkout(root);
    assertThat(source.root()).isEqualTo(root);
    assertThat(source.moduleDirectory()).isEqualTo(root);
    assertThat(source.version()).isEqualTo("1.31-dev");
    assertThat(source.revision()).isEqualTo(FakeIstio.git(root, "rev-parse", "HEAD").strip());
    assertThat(source.branch()).contains("main");
    assertThat(source.dirtyFiles()).isEmpty();
  }

  @Test
  void namesDirtyFiles() throws Exception {
    FakeIstio.write(root, ".gitignore", "ignored\n");
    FakeIstio.commit(root, "second");
    FakeIstio.write(root, ".gitignore", "ignored\n# more\n");
    FakeIstio.write(root, "ignored", "");
    FakeIstio.write(root, "new folder/ü \"quoted\".go", "package x\n");
    FakeIstio.write(root, "added.go", "package x\n");
    FakeIstio.git(root, "add", "added.go");
    Files.delete(root.resolve(FakeIstio.ROUTE));
    FakeIstio.git(root, "mv", "VERSION", "VERSION2");
    FakeIstio.git(root, "rm", "-q", "--cached", "go.mod");

    assertThat(IstioSource.checkout(root).dirtyFiles())
        .containsExactlyInAnyOrder(
            new DirtyFile(".gitignore", Change.MODIFIED),
            new DirtyFile("new folder/ü \"quoted\".go", Change.ADDED),
            new DirtyFile("added.go", Change.ADDED),
            new DirtyFile(FakeIstio.ROUTE, Change.DELETED),
            new DirtyFile("VERSION", Change.DELETED),
            new DirtyFile("VERSION2", Change.ADDED),
            new DirtyFile("go.mod", Change.MODIFIED));
  }

  @Test
  void refusesWhatIsNoCheckoutOfIstio() throws Exception {
    assertThat(failure(() -> IstioSource.checkout(folder.resolve("missing"))).reason())
        .isEqualTo(Reason.NOT_ISTIO);
    assertThat(failure(() -> IstioSource.checkout(folder)).reason()).isEqualTo(Reason.NOT_ISTIO);
    Path noGit = FakeIstio.make(folder.resolve("no-git"));
    assertThat(failure(() -> IstioSource.checkout(noGit)))
        .hasMessageContaining("not a git repository")
        .extracting(SourceException::reason)
        .isEqualTo(Reason.NOT_A_CHECKOUT);
    FakeIstio.git(folder, "init", "-q");
    assertThat(failure(() -> IstioSource.checkout(noGit)))
        .hasMessageContaining("a part of the checkout")
        .extracting(SourceException::reason)
        .isEqualTo(Reason.NOT_A_CHECKOUT);
  }

  @Test
  void checksBranchesTagsAndCommitsOut() {
    String first = FakeIstio.git(root, "rev-parse", "HEAD").strip();
    FakeIstio.git(root, "checkout", "-q", "-b", "release-1.30");
    FakeIstio.write(root, "VERSION", "1.30\n");
    FakeIstio.commit(root, "older");
    FakeIstio.git(root, "tag", "1.30.1");
    FakeIstio.git(root, "checkout", "-q", "main");
    IstioCheckout source = IstioSource.checkout(root);

    source.checkOut("release-1.30");
    assertThat(source.branch()).contains("release-1.30");
    assertThat(source.version()).isEqualTo("1.30-dev");
    source.checkOut(first);
    assertThat(source.branch()).isEmpty();
    assertThat(source.version()).isEqualTo("1.31-dev");
    source.checkOut("1.30.1");
    assertThat(source.version()).isEqualTo("1.30-dev");
  }

  @Test
  void doesNotCheckOutOverChanges() {
    FakeIstio.git(root, "branch", "other");
    FakeIstio.write(root, FakeIstio.ROUTE, "package route\n");
    IstioCheckout source = IstioSource.checkout(root);
    assertThat(failure(() -> source.checkOut("other")))
        .hasMessageContaining(FakeIstio.ROUTE)
        .extracting(SourceException::reason)
        .isEqualTo(Reason.DIRTY);
    assertThat(source.branch()).contains("main");
    assertThat(root.resolve(FakeIstio.ROUTE)).hasContent("package route\n");
  }

  @Test
  void saysWhenThereIsNoSuchBranch() {
    IstioCheckout clone =
        IstioSource.clone(root.toUri().toString(), "main", folder.resolve("clone"));
    for (String name : List.of("nowhere", "--orphan", "a..b", "")) {
      assertThat(failure(() -> clone.checkOut(name)).reason())
          .as(name)
          .isEqualTo(Reason.NO_SUCH_BRANCH);
    }
    assertThat(clone.branch()).contains("main");
  }

  @Test
  void aWorkingCopyCarriesTheChangesOver() throws Exception {
    FakeIstio.write(root, FakeIstio.ROUTE, FakeIstio.ROUTE_TEXT.replace("15s", "16s"));
    FakeIstio.write(root, "new.go", "package x\n");
    Files.delete(root.resolve("VERSION"));
    FakeIstio.git(root, "remote", "add", "origin", "https://example.com/istio.git");

    IstioSource copy =
        IstioSource.checkout(root).workingCopy(folder.resolve("copy"), List.of(FakeIstio.EDIT));

    assertThat(copy.root()).isEqualTo(folder.resolve("copy"));
    assertThat(FakeIstio.read(copy.root(), FakeIstio.ROUTE)).contains("16s").contains("edited");
    assertThat(copy.dirtyFiles())
        .extracting(DirtyFile::path)
        .containsExactly("VERSION", "new.go", FakeIstio.ROUTE);
    assertThat(((IstioCheckout) copy).branch()).contains("main");
    assertThat(FakeIstio.git(copy.root(), "remote", "get-url", "origin").strip())
        .isEqualTo("https://example.com/istio.git");
    assertThat(FakeIstio.read(root, FakeIstio.ROUTE)).doesNotContain("edited");
  }

  @Test
  void anEditThatDoesNotFitMakesNoWorkingCopy() {
    Path copy = folder.resolve("copy");
    assertThat(
            catchThrowableOfType(
                SourceEditException.class,
                () ->
                    IstioSource.checkout(root)
                        .workingCopy(copy, List.of(SourceEdit.replace("VERSION", "x", "y")))))
        .isNotNull();
    assertThat(copy).doesNotExist();
    assertThat(failure(() -> IstioSource.checkout(root).workingCopy(root, List.of())).reason())
        .isEqualTo(Reason.TARGET_NOT_EMPTY);
    assertThat(root.resolve("go.mod")).exists();
  }

  private static SourceException failure(Callable<?> call) {
    return catchThrowableOfType(SourceException.class, call::call);
  }

  private static SourceException failure(Runnable call) {
    return catchThrowableOfType(SourceException.class, call::run);
  }
}
