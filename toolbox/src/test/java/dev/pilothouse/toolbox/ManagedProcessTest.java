package dev.pilothouse.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedProcessTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path root;

  @Test
  void runsUntilItIsClosed() {
    try (RunDirectory run = RunDirectory.open(root, "run")) {
      ManagedProcess sleep = run.start(spec(run, "sleep", "sleep", "1000"));
      assertThat(sleep.alive()).isTrue();
      assertThat(sleep.exitCode()).isEmpty();
      sleep.close();
      assertThat(sleep.alive()).isFalse();
      assertThat(sleep.exitCode()).hasValue(128 + 15);
      assertThat(sleep.exited().join()).isEqualTo(128 + 15);
    }
    assertThat(root.resolve(".pilothouse/locks")).isEmptyDirectory();
  }

  @Test
  void killsWhatIgnoresSigterm() {
    try (RunDirectory run = RunDirectory.open(root, "run")) {
      String script = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
      ManagedProcess stubborn =
          run.start(
              new ProcessSpec(
                  "stubborn",
                  List.of("sh", "-c", script),
                  Map.of(),
                  run.path(),
                  Duration.ofMillis(200)));
      stubborn.await("it says so", () -> stubborn.logTail(1).contains("ready"), LONG);
      stubborn.close();
      assertThat(stubborn.exitCode()).hasValue(128 + 9);
    }
  }

  @Test
  void earlyExitIsToldWithTheLog() {
    try (RunDirectory run = RunDirectory.open(root, "run")) {
      ManagedProcess failing =
          run.start(spec(run, "f", "sh", "-c", "echo no such mesh >&2; exit 3"));
      assertThatThrownBy(() -> failing.await("never", () -> false, LONG))
          .isInstanceOf(ToolboxException.class)
          .hasMessageContaining("waiting until f is up (never): it exited with code 3")
          .hasMessageContaining("no such mesh");
    }
  }

  @Test
  void commandCollectsBothOutputs() {
    Command command =
        new Command(List.of("sh", "-c", "echo o; echo e >&2; exit 4"), Map.of(), root, LONG);
    assertThat(command.run()).isEqualTo(new Command.Result(4, "o\n", "e\n"));
    assertThatThrownBy(command::output).hasMessageContaining("code 4").hasMessageContaining("  e");
    assertThat(Files.exists(root)).isTrue();
  }

  private static ProcessSpec spec(RunDirectory run, String name, String... command) {
    return new ProcessSpec(name, List.of(command), Map.of(), run.path(), Duration.ofSeconds(5));
  }
}
