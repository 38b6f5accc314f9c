package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.SourceException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitCloneTest {
  @TempDir Path folder;
  private Path remote;
  private String url = "";

  @BeforeEach
  void makeRemote() throws Exception {
    folder = folder.toRealPath();
    remote = FakeIstio.makeCheckout(folder.resolve("remote"));
    FakeIstio.commit(remote, "second");
    FakeIstio.git(remote, "checkout", "-q", "-b", "release-1.30");
    FakeIstio.write(remote, "VERSION", "1.30\n");
    FakeIstio.commit(remote, "older");
    FakeIstio.git(remote, "tag", "1.30.1");
    FakeIstio.git(remote, "checkout", "-q", "main");
    url = remote.toUri().toString();
  }

  @Test
  void clonesABranchWithItsHistory() {
    IstioCheckout clone = IstioSource.clone(url, "release-1.30", folder.resolve("a/clone"));
    assertThat(clone.version()).isEqualTo("1.30-dev");
    assertThat(clone.branch()).contains("release-1.30");
    assertThat(FakeIstio.git(clone.root(), "rev-list", "--count", "HEAD").strip()).isEqualTo("3");
    clone.checkOut("main");
    assertThat(clone.version()).isEqualTo("1.31-dev");
  }

  @Test
  void aShallowCloneFetchesOtherBranchesWhenAsked() {
    IstioCheckout clone = IstioSource.clone(url, "main", folder.resolve("clone"), 1);
    assertThat(FakeIstio.git(clone.root(), "rev-list", "--count", "HEAD").strip()).isEqualTo("1");
    clone.checkOut("release-1.30");
    assertThat(clone.branch()).contains("release-1.30");
    assertThat(clone.version()).isEqualTo("1.30-dev");
    assertThat(FakeIstio.git(clone.root(), "rev-list", "--count", "HEAD").strip()).isEqualTo("1");
  }

  @Test
  void aShallowCloneCanBeCopied() {
    IstioCheckout clone = IstioSource.clone(url, "main", folder.resolve("clone"), 1);
    IstioSource copy = clone.workingCopy(folder.resolve("copy"), List.of(FakeIstio.EDIT));
    assertThat(copy.revision()).isEqualTo(clone.revision());
    assertThat(copy.dirtyFiles()).extracting(DirtyFile::path).containsExactly(FakeIstio.ROUTE);
  }

  @Test
  void fetchesATag() {
    IstioCheckout clone = IstioSource.clone(url, "main", folder.resolve("clone"), 1);
    clone.checkOut("1.30.1");
    assertThat(clone.branch()).isEmpty();
    assertThat(clone.version()).isEqualTo("1.30-dev");
  }

  @Test
  void aRemoteThatIsGoneIsToldAndTheTreeStays() throws IOException {
    IstioCheckout clone = IstioSource.clone(url, "main", folder.resolve("clone"), 1);
    Files.move(remote, folder.resolve("moved"));
    assertThat(failure(() -> clone.checkOut("release-1.30")).reason())
        .isEqualTo(Reason.REMOTE_UNREACHABLE);
    assertThat(clone.branch()).contains("main");
  }

  @Test
  void failuresAreTypedAndLeaveNothing() {
    Path into = folder.resolve("clone");
    assertThat(failure(() -> IstioSource.clone(url, "release-9.9", into)))
        .hasMessageContaining("release-9.9 not found")
        .extracting(SourceException::reason)
        .isEqualTo(Reason.NO_SUCH_BRANCH);
    assertThat(failure(() -> IstioSource.clone(url + "-not", "main", into)))
        .hasMessageContaining("does not appear to be a git repository")
        .extracting(SourceException::reason)
        .isEqualTo(Reason.REMOTE_UNREACHABLE);
    assertThat(failure(() -> IstioSource.clone(url, "main", remote)).reason())
        .isEqualTo(Reason.TARGET_NOT_EMPTY);
    assertThat(remote.resolve("go.mod")).exists();
    assertThat(into).doesNotExist();
  }

  @Test
  void passwordsAreNotTold() {
    assertThat(
            failure(
                () ->
                    IstioSource.clone(
                        "https://me:secret@127.0.0.1:1/istio", "main", folder.resolve("clone"))))
        .hasMessageNotContaining("secret")
        .extracting(SourceException::reason)
        .isEqualTo(Reason.REMOTE_UNREACHABLE);
  }

  @Test
  void aRemoteThatIsNoIstioIsRefused() {
    Path other = folder.resolve("other");
    FakeIstio.write(other, "README", "not Istio");
    FakeIstio.git(other, "init", "-q", "-b", "main");
    FakeIstio.commit(other, "first");
    Path into = folder.resolve("clone");
    assertThat(failure(() -> IstioSource.clone(other.toUri().toString(), "main", into)).reason())
        .isEqualTo(Reason.NOT_ISTIO);
    assertThat(into).doesNotExist();
  }

  private static SourceException failure(Runnable call) {
    return catchThrowableOfType(SourceException.class, call::run);
  }
}
