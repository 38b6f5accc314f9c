package dev.pilothouse.istiod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnderDelveTest {
  private static final Duration SOON = Duration.ofMinutes(1);

  @Test
  void isAliveAsLongAsTheProgramThatDelveRuns() {
    Toolbox toolbox = Toolbox.create();
    try (RunDirectory run = RunDirectory.open("under-delve")) {
      // Any program of Go's that runs until it is told to end.
      List<String> program =
          List.of(
              toolbox.require(Tool.KUBECTL).path().toString(),
              "proxy",
              "--port=0",
              "--kubeconfig=/dev/null",
              "--server=http://127.0.0.1:1");
      List<String> command = DelveLaunch.of(toolbox).command(run.reservePort(), program);
      ManagedProcess dlv =
          run.start(
              new ProcessSpec(
                  "dlv",
                  command,
                  Map.of("XDG_CONFIG_HOME", run.path().toString()),
                  run.path(),
                  Duration.ofSeconds(2)));
      UnderDelve seen = new UnderDelve(dlv);
      assertThat(seen.alive()).as("it is on its way").isTrue();
      dlv.await("the program runs", () -> program(dlv).isPresent() && logged(dlv), SOON);
      assertThat(seen.alive()).isTrue();
      // Delve 1.27 starts itself a second time, to report its own crashes.
      assertThat(children(dlv)).hasSizeGreaterThan(1);
      program(dlv).orElseThrow().destroy();
      dlv.await("the program's end is seen", () -> !seen.alive(), SOON);
      assertThat(dlv.alive()).isTrue();
    }
  }

  private static boolean logged(ManagedProcess dlv) {
    return dlv.logTail(20).stream().anyMatch(line -> line.contains("Starting to serve"));
  }

  private static Optional<ProcessHandle> program(ManagedProcess dlv) {
    return children(dlv).stream()
        .filter(child -> Path.of(child.info().command().orElse("/")).endsWith("kubectl"))
        .findFirst();
  }

  private static List<ProcessHandle> children(ManagedProcess dlv) {
    return ProcessHandle.of(dlv.pid()).map(d -> d.children().toList()).orElse(List.of());
  }
}
