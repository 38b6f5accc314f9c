package dev.pilothouse.toolbox;

import static dev.pilothouse.toolbox.Processes.lives;
import static dev.pilothouse.toolbox.Processes.pidIn;
import static dev.pilothouse.toolbox.Processes.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptRunTest {
  @TempDir Path root;

  @AfterEach
  void deleteKept() {
    RunDirectory.kept(root)
        .forEach(name -> RunDirectory.find(root, name).ifPresent(RunDirectory::delete));
  }

  @Test
  void closeLetsGoOfItAndDeleteEndsIt() {
    RunDirectory run = RunDirectory.open(root, "mesh");
    final ManagedProcess process = run.start(spec(run, "sleep", "sleep", "1000"));
    int port = run.reservePort();
    run.keep();
    run.keep();
    run.close();
    RunDirectory.open(root, "next").close();
    assertThat(process.alive()).isTrue();
    assertThat(run.path()).exists();
    assertThat(root.resolve(".pilothouse/ports/" + port)).isSymbolicLink();
    assertThat(RunDirectory.kept(root)).containsExactly("mesh");
    assertThatThrownBy(run::delete).hasMessageContaining("find it by its name, mesh");

    RunDirectory found = RunDirectory.find(root, "mesh").orElseThrow();
    assertThat(found.path()).isEqualTo(run.path());
    found.close();
    assertThat(process.alive()).as("it is still kept").isTrue();

    RunDirectory.find(root, "mesh").orElseThrow().delete();
    assertThat(lives(process.pid())).isFalse();
    assertThat(run.path()).doesNotExist();
    assertThat(RunDirectory.kept(root)).isEmpty();
    assertThat(RunDirectory.find(root, "mesh")).isEmpty();
    assertThat(root.resolve(".pilothouse/ports")).isEmptyDirectory();
    assertThat(root.resolve(".pilothouse/locks")).isEmptyDirectory();
  }

  @Test
  void canBeDeletedByItsFirstOwner() {
    RunDirectory run = RunDirectory.open(root, "mesh");
    ManagedProcess process = run.start(spec(run, "sleep", "sleep", "1000"));
    run.keep();
    run.delete();
    assertThat(process.alive()).isFalse();
    assertThat(RunDirectory.kept(root)).isEmpty();
  }

  @Test
  void outlivesItsJvmHoweverThatEnds() throws Exception {
    try (OtherJvm other = OtherJvm.start(root, "keep")) {
      Path path = Path.of(other.answer());
      List<Long> pids = List.of(pidIn(path.resolve("main.pid")), pidIn(path.resolve("orphan.pid")));
      assertThatThrownBy(() -> RunDirectory.find(root, "kept"))
          .isInstanceOf(ToolboxException.class)
          .hasMessageContaining("is owned by process " + other.pid());
      other.sigkill();
      RunDirectory.open(root, "next").close();
      assertThat(pids).allMatch(Processes::lives);

      RunDirectory run = RunDirectory.find(root, "kept").orElseThrow();
      ManagedProcess added = run.start(spec(run, "added", "sleep", "1000"));
      assertThatThrownBy(() -> RunDirectory.find(root, "kept"))
          .hasMessageContaining("is owned by this JVM");
      run.delete();
      assertThat(pids).noneMatch(Processes::lives);
      assertThat(added.alive()).isFalse();
      assertThat(path).doesNotExist();
    }
  }

  @Test
  void outlivesAnOrderlyExit() throws Exception {
    try (OtherJvm other = OtherJvm.start(root, "keep")) {
      Path path = Path.of(other.answer());
      long orphan = pidIn(path.resolve("orphan.pid"));
      assertThat(other.finish()).isZero();
      assertThat(lives(orphan)).isTrue();
      assertThat(path).exists();
    }
  }

  @Test
  void isSweptWhenNoneOfItsProcessesLives() {
    RunDirectory run = RunDirectory.open(root, "mesh");
    ManagedProcess process = run.start(spec(run, "sleep", "sleep", "1000"));
    run.keep();
    run.close();
    process.close();
    RunDirectory.open(root, "next").close();
    assertThat(run.path()).doesNotExist();
    assertThat(RunDirectory.kept(root)).isEmpty();
  }

  @Test
  void itsNameIsItsAlone() {
    RunDirectory first = RunDirectory.open(root, "mesh");
    ManagedProcess process = first.start(spec(first, "sleep", "sleep", "1000"));
    first.keep();
    first.close();
    try (RunDirectory second = RunDirectory.open(root, "mesh")) {
      assertThatThrownBy(second::keep)
          .isInstanceOf(ToolboxException.class)
          .hasMessageContaining("kept already");
      process.close(); // Now the first is dead, and gives up its name.
      second.keep();
      second.delete();
    }
    assertThat(first.path()).doesNotExist();
  }

  @Test
  void whatIsNotThereIsNotFound() {
    try (RunDirectory run = RunDirectory.open(root, "mesh")) {
      assertThat(RunDirectory.find(root, "mesh")).as("open, but not kept").isEmpty();
      assertThat(RunDirectory.find(root, "../../etc")).isEmpty();
      assertThat(RunDirectory.kept(root)).isEmpty();
      assertThat(run.path()).exists();
    }
  }
}
