package dev.pilothouse.toolbox;

import static dev.pilothouse.toolbox.Processes.LONG;
import static dev.pilothouse.toolbox.Processes.spec;
import static dev.pilothouse.toolbox.Processes.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {
  @TempDir Path root;

  @Test
  void writeNamesTheFileAndTheReason() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(root);
        RunDirectory run = RunDirectory.open(root, "run")) {
      run.write("mesh.yaml", "old");
      disk.fill();
      assertThatThrownBy(() -> run.write("mesh.yaml", "new"))
          .isInstanceOf(ToolboxException.class)
          .hasMessageContaining("writing " + run.path().resolve("mesh.yaml"))
          .hasMessageContaining("No space left on device");
      assertThat(run.path().resolve("mesh.yaml")).as("not torn").hasContent("old");
      assertThat(run.path()).isDirectoryNotContaining("glob:**/.draft*");
    }
  }

  @Test
  void startNamesTheLogAndTheReason() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(root);
        RunDirectory run = RunDirectory.open(root, "run")) {
      disk.fill();
      assertThatThrownBy(() -> run.start(spec(run, "etcd", "sleep", "1000")))
          .isInstanceOf(ToolboxException.class)
          .hasMessageContaining("starting etcd: its log " + run.path().resolve("etcd.log"))
          .hasMessageContaining("No space left on device");
      assertThat(MarkedProcesses.with(MarkedProcesses.RUN, run.path().toString())).isEmpty();
    }
  }

  @Test
  void openTellsTheReasonAndLeavesNothing() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(root)) {
      RunDirectory.open(root, "first").close();
      disk.fill();
      assertThatThrownBy(() -> RunDirectory.open(root, "run"))
          .isInstanceOf(ToolboxException.class)
          .hasMessageContaining("No space left on device");
      disk.empty();
      assertThat(root.resolve(".pilothouse/locks")).isEmptyDirectory();
    }
  }

  @Test
  void aProcessThatFillsTheDiskAndDiesIsToldSo() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(root)) {
      try (RunDirectory run = RunDirectory.open(root, "run")) {
        ManagedProcess process = start(run, "etcd", "head -c 200000 /dev/zero || exit 7");
        assertThatThrownBy(() -> process.await("/health answers", () -> false, LONG))
            .hasMessageContaining("it exited with code 7")
            .hasMessageContaining("No space left on device: " + run.path());
      }
      assertThat(disk.files()).containsExactly(".pilothouse");
    }
  }
}
