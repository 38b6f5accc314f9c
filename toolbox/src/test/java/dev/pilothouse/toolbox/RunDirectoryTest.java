package dev.pilothouse.toolbox;

import static dev.pilothouse.toolbox.Processes.lives;
import static dev.pilothouse.toolbox.Processes.pidIn;
import static dev.pilothouse.toolbox.Processes.spec;
import static dev.pilothouse.toolbox.Processes.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunDirectoryTest {
  @TempDir Path root;

  @Test
  void isAFolderForItsOwnerAlone() throws Exception {
    Path fresh = root.resolve("new/root");
    try (RunDirectory run = RunDirectory.open(fresh, "mesh")) {
      assertThat(run.path()).isAbsolute().hasParent(fresh);
      assertThat(run.path().getFileName().toString()).startsWith("mesh-");
      assertThat(mode(run.path())).isEqualTo("rwx------");
      assertThat(mode(fresh)).isEqualTo("rwx------");
    }
    assertThat(fresh).isDirectoryNotContaining("glob:**/mesh-*");
  }

  @Test
  void itsIdTellsWhetherSomebodyOwnsIt() throws Exception {
    RunDirectory run = RunDirectory.open(root, "mesh");
    String id = run.id();
    assertThat(id).endsWith("." + run.path().getFileName());
    assertThat(RunDirectory.ownerOf(root, id)).isEqualTo(RunDirectory.Owner.ALIVE);
    run.close();
    assertThat(RunDirectory.ownerOf(root, id)).isEqualTo(RunDirectory.Owner.DEAD);

    try (OtherJvm other = OtherJvm.start(root, "run")) {
      String folder = Path.of(other.answer()).getFileName().toString();
      String others = id.substring(0, id.indexOf('.') + 1) + folder;
      assertThat(RunDirectory.ownerOf(root, others)).isEqualTo(RunDirectory.Owner.ALIVE);
      other.sigkill();
      assertThat(RunDirectory.ownerOf(root, others)).isEqualTo(RunDirectory.Owner.DEAD);
    }
  }

  @Test
  void ofARunUnderAnotherRootNothingCanBeSaid() {
    try (RunDirectory run = RunDirectory.open(root.resolve("one"), "mesh")) {
      Path other = root.resolve("two");
      assertThat(RunDirectory.ownerOf(other, run.id())).isEqualTo(RunDirectory.Owner.UNKNOWN);
      assertThat(RunDirectory.ownerOf(other, "../..")).isEqualTo(RunDirectory.Owner.UNKNOWN);
      String leadsOut = run.id().replaceFirst("\\..*", "./../x");
      assertThat(RunDirectory.ownerOf(root.resolve("one"), leadsOut))
          .isEqualTo(RunDirectory.Owner.UNKNOWN);
    }
  }

  @Test
  void writesPrivateFiles() throws Exception {
    try (RunDirectory run = RunDirectory.open(root, "run")) {
      Path file = run.write("certs/ca/key.pem", "secret");
      assertThat(file).isEqualTo(run.path().resolve("certs/ca/key.pem")).hasContent("secret");
      assertThat(mode(file)).isEqualTo("rw-------");
      assertThat(mode(run.path().resolve("certs/ca"))).isEqualTo("rwx------");
      assertThat(mode(run.path().resolve("certs"))).isEqualTo("rwx------");
      run.write("certs/ca/key.pem", "new");
      assertThat(file).hasContent("new");
      assertThat(file.getParent()).isDirectoryNotContaining(other -> !other.equals(file));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/tmp/x", "a/../../x", "", ".", "a/.."})
  void refusesToWriteElsewhere(String relative) {
    try (RunDirectory run = RunDirectory.open(root, "run")) {
      assertThatThrownBy(() -> run.write(relative, "x"))
          .isInstanceOf(ToolboxException.class)
          .hasMessageContaining("does not lie in");
    }
  }

  @Test
  void doesNotWriteThroughASymbolicLink() throws Exception {
    Path outside = Files.createDirectory(root.resolve("outside"));
    Path target = Files.writeString(outside.resolve("target"), "old");
    try (RunDirectory run = RunDirectory.open(root, "run")) {
      Files.createSymbolicLink(run.path().resolve("folder"), outside);
      Files.createSymbolicLink(run.path().resolve("file"), target);
      assertThatThrownBy(() -> run.write("folder/x", "x")).hasMessageContaining("folder");
      assertThat(run.write("file", "new")).isRegularFile().hasContent("new");
    }
    assertThat(outside.resolve("x")).doesNotExist();
    assertThat(target).hasContent("old");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".hidden", "a/b", "a b", "-x"})
  void refusesNamesThatAreNoFileNames(String name) {
    assertThatThrownBy(() -> RunDirectory.open(root, name)).isInstanceOf(ToolboxException.class);
  }

  @Test
  void refusesARootThatOthersCanMeddleWith() throws Exception {
    Path open = Files.createDirectory(root.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> RunDirectory.open(open, "run"))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("others can write to it")
        .hasMessageContaining("PILOTHOUSE_RUN_ROOT");
    Path real = Files.createDirectory(root.resolve("real"));
    Path link = Files.createSymbolicLink(root.resolve("link"), real);
    assertThatThrownBy(() -> RunDirectory.open(link, "run")).hasMessageContaining("symbolic link");
    Path file = Files.createFile(root.resolve("file"));
    assertThatThrownBy(() -> RunDirectory.open(file, "run")).hasMessageContaining("no folder");
    assertThat(real).isEmptyDirectory();
  }

  @Test
  void refusesARootOfSomebodyElse() throws Exception {
    Path foreign = Files.createDirectory(root.resolve("foreign"));
    try {
      Files.setAttribute(foreign, "unix:uid", 54321);
    } catch (IOException e) {
      assumeTrue(false, "only root can give a folder away");
    }
    assertThatThrownBy(() -> RunDirectory.open(foreign, "run"))
        .hasMessageContaining("it belongs to user id 54321");
  }

  @Test
  void runsAreIndependent() {
    RunDirectory first = RunDirectory.open(root, "run");
    try (RunDirectory second = RunDirectory.open(root, "run")) {
      assertThat(first.path()).isNotEqualTo(second.path());
      final ManagedProcess mine = start(first, "same-name", Processes.WITH_ORPHAN);
      ManagedProcess other = start(second, "same-name", Processes.WITH_ORPHAN);
      final long orphan = pidIn(first.path().resolve("orphan.pid"));
      final long otherOrphan = pidIn(second.path().resolve("orphan.pid"));
      first.close();
      assertThat(mine.alive()).isFalse();
      assertThat(lives(orphan)).isFalse();
      assertThat(first.path()).doesNotExist();
      assertThat(other.alive()).isTrue();
      assertThat(lives(otherOrphan)).isTrue();
    }
  }

  @Test
  void closeEndsProcessesInReverseOrder() throws Exception {
    Path order = root.resolve("order");
    try (RunDirectory run = RunDirectory.open(root, "run")) {
      for (String name : List.of("etcd", "apiserver", "istiod")) {
        String script =
            "trap 'echo %s >> %s; exit 0' TERM; echo ready; while :; do sleep 0.02; done"
                .formatted(name, order);
        ManagedProcess process = start(run, name, script);
        process.await("trap", () -> process.logTail(1).contains("ready"), Processes.LONG);
      }
    }
    assertThat(Files.readAllLines(order)).containsExactly("istiod", "apiserver", "etcd");
  }

  @Test
  void closeLeavesWhatLinksPointToAndDeletesWhatIsReadOnly() throws Exception {
    Path outside = Files.createDirectory(root.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "x");
    RunDirectory run = RunDirectory.open(root, "run");
    run.write("module/cache/file", "x");
    Files.createSymbolicLink(run.path().resolve("link"), outside);
    Files.createSymbolicLink(run.path().resolve("broken"), root.resolve("nothing"));
    Path cache = run.path().resolve("module/cache");
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("r-x------"));
    Files.setPosixFilePermissions(
        run.path().resolve("module"), PosixFilePermissions.fromString("---------"));
    run.close();
    assertThat(run.path()).doesNotExist();
    assertThat(outside.resolve("precious")).hasContent("x");
  }

  @Test
  void aClosedRunRefusesToBeUsed() {
    RunDirectory run = RunDirectory.open(root, "run");
    run.close();
    run.close();
    run.delete();
    for (Throwable thrown :
        List.of(
            catchThrowable(() -> run.start(spec(run, "sleep", "sleep", "1"))),
            catchThrowable(run::reservePort),
            catchThrowable(() -> run.write("x", "x")),
            catchThrowable(run::keep))) {
      assertThat(thrown).isInstanceOf(ToolboxException.class).hasMessageContaining("is closed");
    }
  }

  @Test
  void closesByTwoThreadsBothReturnWhenAllIsGone() {
    RunDirectory run = RunDirectory.open(root, "run");
    ManagedProcess process = run.start(spec(run, "sleep", "sleep", "1000"));
    List<CompletableFuture<Boolean>> closes =
        List.of(1, 2).stream()
            .map(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          run.close();
                          return process.alive() || Files.exists(run.path());
                        }))
            .toList();
    assertThat(closes).allSatisfy(close -> assertThat(close.join()).isFalse());
  }

  @Test
  void anInterruptedCloseEndsEverything() {
    RunDirectory run = RunDirectory.open(root, "run");
    ManagedProcess process = start(run, "agent", Processes.WITH_ORPHAN);
    long orphan = pidIn(run.path().resolve("orphan.pid"));
    Thread.currentThread().interrupt();
    run.close();
    assertThat(Thread.interrupted()).as("the flag is set again").isTrue();
    assertThat(process.alive()).isFalse();
    assertThat(lives(orphan)).isFalse();
    assertThat(run.path()).doesNotExist();
    assertThat(root.resolve(".pilothouse/locks")).isEmptyDirectory();
  }

  @Test
  void anInterruptedThreadOpensNothing() {
    Thread.currentThread().interrupt();
    Throwable thrown = catchThrowable(() -> RunDirectory.open(root, "run"));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown).isInstanceOf(ToolboxException.class).hasMessageContaining("interrupted");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
