package dev.pilothouse.toolbox;

import static dev.pilothouse.toolbox.Processes.text;
import static dev.pilothouse.toolbox.Processes.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkedProcessesTest {
  private final String value = "/tmp/" + UUID.randomUUID();
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(process -> process.destroyForcibly().onExit().join());
  }

  @Test
  void findsExactlyThisVariableWithExactlyThisValue() throws Exception {
    Process wanted = sleep(Map.of("MARK", value, "A", "1", "Z", "2"));
    Process only = sleep(Map.of("MARK", value));
    sleep(Map.of("MARK", value + "-1"));
    sleep(Map.of("MARK", value.substring(1)));
    sleep(Map.of("MARKED", value));
    sleep(Map.of("XMARK", value));
    sleep(Map.of("OTHER", "MARK=" + value));
    assertThat(MarkedProcesses.with("MARK", value))
        .containsExactlyInAnyOrder(wanted.toHandle(), only.toHandle());
    assertThat(MarkedProcesses.values("MARK")).contains(value, value + "-1", value.substring(1));
  }

  @Test
  void findsAProcessThatIsJustStartingItsNextProgram(@TempDir Path folder) throws Exception {
    Path again = Files.writeString(folder.resolve("again"), "#!/bin/sh\nexec \"$0\"\n");
    Files.setPosixFilePermissions(again, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder builder = new ProcessBuilder(again.toString());
    builder.environment().put("MARK", value);
    Process process = builder.start();
    started.add(process);
    for (int i = 0; i < 1000; i++) {
      assertThat(MarkedProcesses.with("MARK", value)).containsExactly(process.toHandle());
    }
  }

  @Test
  void doesNotFindWhatHasEnded() throws Exception {
    Process process = sleep(Map.of("MARK", value));
    assertThat(MarkedProcesses.with("MARK", value)).hasSize(1);
    process.destroyForcibly().waitFor();
    assertThat(MarkedProcesses.with("MARK", value)).isEmpty();
    assertThat(MarkedProcesses.gone(process.toHandle())).isTrue();
  }

  @Test
  void aZombieHasGone() throws Exception {
    // The shell becomes a sleep, which never asks for the exit code of the child it finds.
    String script = "exec 3<&0; cat <&3 & echo $!; exec sleep 1000";
    Process parent = new ProcessBuilder("sh", "-c", script).start();
    started.add(parent);
    ProcessHandle zombie =
        ProcessHandle.of(Long.parseLong(parent.inputReader().readLine())).orElseThrow();
    Path name = Path.of("/proc/" + parent.pid() + "/comm");
    until("it has become a sleep", () -> text(name).equals("sleep\n"));
    assertThat(MarkedProcesses.gone(zombie)).isFalse();
    parent.getOutputStream().close();
    until("it is a zombie", () -> !Processes.lives(zombie.pid()));
    assertThat(zombie.isAlive()).as("what Java thinks of it").isTrue();
    assertThat(MarkedProcesses.gone(zombie)).isTrue();
    assertThat(MarkedProcesses.gone(parent.toHandle())).isFalse();
  }

  private Process sleep(Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sleep", "1000");
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.add(process);
    return process;
  }
}
