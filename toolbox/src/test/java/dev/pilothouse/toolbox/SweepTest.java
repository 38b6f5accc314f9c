package dev.pilothouse.toolbox;

import static dev.pilothouse.toolbox.Processes.lives;
import static dev.pilothouse.toolbox.Processes.pidIn;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
  @TempDir Path root;

  @Test
  void endsWhatAKilledJvmLeftAndNothingElse() throws Exception {
    Path stranger = Files.createDirectories(root.resolve("not-ours-4711"));
    Files.writeString(stranger.resolve("file"), "precious");
    Process unrelated = new ProcessBuilder("sleep", "1000").start();
    try (OtherJvm dead = OtherJvm.start(root, "run");
        OtherJvm living = OtherJvm.start(root, "run");
        RunDirectory own = RunDirectory.open(root, "own")) {
      Path left = Path.of(dead.answer());
      Path spared = Path.of(living.answer());
      ManagedProcess ours = Processes.start(own, "with-orphan", Processes.WITH_ORPHAN);
      final List<Long> dying =
          List.of(pidIn(left.resolve("main.pid")), pidIn(left.resolve("orphan.pid")));
      final List<Long> staying =
          List.of(
              unrelated.pid(),
              ours.pid(),
              pidIn(own.path().resolve("orphan.pid")),
              pidIn(spared.resolve("main.pid")),
              pidIn(spared.resolve("orphan.pid")));
      Path precious = Files.writeString(root.resolve("precious"), "not to be reached by a link");
      Files.createSymbolicLink(left.resolve("link"), stranger);
      Files.createSymbolicLink(left.resolve("file-link"), precious);
      assertThat(ports()).hasSize(2);

      dead.sigkill();
      assertThat(dying).as("they outlive their JVM").allMatch(Processes::lives);
      RunDirectory.open(root, "next").close();

      assertThat(dying).noneMatch(Processes::lives);
      assertThat(left).doesNotExist();
      assertThat(staying).allMatch(Processes::lives);
      assertThat(spared.resolve("main.pid")).exists();
      assertThat(stranger.resolve("file")).hasContent("precious");
      assertThat(precious).exists();
      assertThat(ports()).as("the port of the living JVM").hasSize(1);
      assertThat(locks()).hasSize(2);
    } finally {
      unrelated.destroyForcibly().waitFor();
    }
    assertThat(locks()).isEmpty();
    assertThat(ports()).isEmpty();
  }

  @Test
  void aTerminatedJvmCleansUpItself() throws Exception {
    try (OtherJvm other = OtherJvm.start(root, "run")) {
      Path run = Path.of(other.answer());
      List<Long> pids = List.of(pidIn(run.resolve("main.pid")), pidIn(run.resolve("orphan.pid")));
      other.sigterm();
      assertThat(pids).noneMatch(Processes::lives);
      assertThat(run).doesNotExist();
      assertThat(ports()).isEmpty();
    }
  }

  @Test
  void aJvmThatReturnsFromMainCleansUpToo() throws Exception {
    try (OtherJvm other = OtherJvm.start(root, "run")) {
      Path run = Path.of(other.answer());
      long orphan = pidIn(run.resolve("orphan.pid"));
      assertThat(other.finish()).isZero();
      assertThat(lives(orphan)).isFalse();
      assertThat(run).doesNotExist();
    }
  }

  @Test
  void opensOfOneJvmDoNotDropTheLocksOfItsOtherRuns() throws Exception {
    try (RunDirectory first = RunDirectory.open(root, "first")) {
      ManagedProcess process = first.start(Processes.spec(first, "sleep", "sleep", "1000"));
      RunDirectory.open(root, "second").close();
      try (OtherJvm other = OtherJvm.start(root, "run")) {
        other.answer(); // It has swept.
        assertThat(process.alive()).isTrue();
        assertThat(first.path()).exists();
      }
    }
  }

  @Test
  void aSecondClassLoaderDoesNotDropTheLocksOfTheFirst() throws Exception {
    List<URL> classPath = new ArrayList<>();
    classPath.add(RunDirectory.class.getProtectionDomain().getCodeSource().getLocation());
    ClassLoader parent =
        new ClassLoader(getClass().getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("dev.pilothouse.")) {
              throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
          }
        };
    try (RunDirectory run = RunDirectory.open(root, "first");
        URLClassLoader loader = new URLClassLoader(classPath.toArray(URL[]::new), parent)) {
      ManagedProcess process = run.start(Processes.spec(run, "sleep", "sleep", "1000"));
      Class<?> copy = loader.loadClass(RunDirectory.class.getName());
      assertThat(copy).isNotSameAs(RunDirectory.class);
      try (AutoCloseable second =
              (AutoCloseable)
                  copy.getMethod("open", Path.class, String.class).invoke(null, root, "second");
          OtherJvm other = OtherJvm.start(root, "run")) {
        other.answer(); // It has swept.
        assertThat(process.alive()).isTrue();
        assertThat(run.path()).exists();
        assertThat(locks()).as("first, second, other").hasSize(3);
        assertThat(second).isNotNull();
      }
    }
  }

  @Test
  void endsProcessesWhoseFolderHasGone() throws Exception {
    try (OtherJvm other = OtherJvm.start(root, "run")) {
      Path run = Path.of(other.answer());
      long main = pidIn(run.resolve("main.pid"));
      long orphan = pidIn(run.resolve("orphan.pid"));
      other.sigkill();
      PrivateFiles.deleteTree(run);
      PrivateFiles.deleteTree(root.resolve(".pilothouse"));
      RunDirectory.open(root, "next").close();
      assertThat(List.of(main, orphan)).noneMatch(Processes::lives);
    }
  }

  @Test
  void removesWhatWasHalfMade() throws Exception {
    RunDirectory.open(root, "first").close();
    Files.createFile(root.resolve(".pilothouse/locks/half-4711"));
    Files.createSymbolicLink(root.resolve(".pilothouse/ports/20000"), Path.of("gone-4711"));
    Files.createSymbolicLink(root.resolve(".pilothouse/kept/gone"), Path.of("gone-4711"));
    RunDirectory.open(root, "next").close();
    assertThat(locks()).isEmpty();
    assertThat(ports()).isEmpty();
    assertThat(RunDirectory.kept(root)).isEmpty();
  }

  @Test
  void aFolderWithoutALockFileIsNotTouched() throws Exception {
    // Temporary folders are cleaned by age: a lock's file may vanish while its owner lives.
    try (RunDirectory run = RunDirectory.open(root, "old")) {
      ManagedProcess process = run.start(Processes.spec(run, "sleep", "sleep", "1000"));
      Files.delete(root.resolve(".pilothouse/locks").resolve(run.path().getFileName()));
      try (OtherJvm other = OtherJvm.start(root, "run")) {
        other.answer();
        assertThat(process.alive()).isTrue();
        assertThat(run.path()).exists();
      }
    }
  }

  @Test
  void aLeftoverThatCannotBeDeletedDoesNotStopAnOpen() throws Exception {
    try (OtherJvm other = OtherJvm.start(root, "run")) {
      Path run = Path.of(other.answer());
      Path mounted = Files.createDirectory(run.resolve("mounted"));
      try (TinyDisk disk = TinyDisk.mount(mounted)) {
        assertThat(disk).isNotNull();
        other.sigkill();
        try (RunDirectory next = RunDirectory.open(root, "next")) {
          assertThat(next.path()).exists();
          assertThat(run).exists();
        }
      }
      RunDirectory.open(root, "next").close();
      assertThat(run).as("tried again, and possible now").doesNotExist();
    }
  }

  @Test
  void jvmsThatOpenAndSweepAtOnceDoNotHurtEachOther() throws Exception {
    try (OtherJvm dead = OtherJvm.start(root, "run")) {
      Path left = Path.of(dead.answer());
      long orphan = pidIn(left.resolve("orphan.pid"));
      dead.sigkill();
      List<OtherJvm> jvms = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        jvms.add(OtherJvm.start(root, "churn", "20"));
      }
      for (OtherJvm jvm : jvms) {
        assertThat(jvm.answer()).isEqualTo("ready");
      }
      for (OtherJvm jvm : jvms) {
        jvm.go();
      }
      for (OtherJvm jvm : jvms) {
        assertThat(jvm.answer()).isEqualTo("done");
        assertThat(jvm.finish()).isZero();
        jvm.close();
      }
      assertThat(lives(orphan)).isFalse();
      assertThat(locks()).isEmpty();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
        assertThat(entries).containsExactly(root.resolve(".pilothouse"));
      }
    }
  }

  @Test
  void aJvmThatBelongsToADeadRunIsNotItsOwnVictim() throws Exception {
    try (OtherJvm dead = OtherJvm.start(root, "run")) {
      Path left = Path.of(dead.answer());
      long main = pidIn(left.resolve("main.pid"));
      dead.sigkill();
      try (OtherJvm member =
          OtherJvm.start(Map.of("PILOTHOUSE_RUN", left.toString()), root, "run")) {
        assertThat(Path.of(member.answer())).exists();
        assertThat(lives(main)).isTrue();
      }
      RunDirectory.open(root, "next").close();
      assertThat(lives(main)).isFalse();
    }
  }

  private List<Path> locks() throws IOException {
    return list("locks");
  }

  private List<Path> ports() throws IOException {
    return list("ports");
  }

  private List<Path> list(String book) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(root.resolve(".pilothouse").resolve(book))) {
      entries.forEach(files::add);
    }
    return files;
  }
}
