package dev.pilothouse.delve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.istiod.DebugEndpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A JVM is killed that had started a {@code dlv attach}. */
class KilledJvmTest {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final BreakpointSpec BUILD = BreakpointSpec.function("main.buildRoute");

  @Test
  void theNextSessionTakesOverItsDelveAndLetsTheProgramGoOn() throws Exception {
    try (Debuggee program = Debuggee.alone()) {
      Process other = attachAndPark(program);
      CompletableFuture<String> reply = program.get("/route?name=x&port=1");
      other.destroyForcibly().waitFor();
      assertThat(reply).as("it is stopped at the breakpoint").isNotDone();
      try (DelveSession next = attach(program)) {
        assertThat(reply).succeedsWithin(SOON).isEqualTo("x:1");
        assertThat(next.breakpoints()).isEmpty();
        Breakpoint stop = next.breakAt(BUILD);
        CompletableFuture<String> again = program.get("/route?name=y&port=2");
        stop.await(SOON);
        next.resume();
        assertThat(again).succeedsWithin(SOON);
      }
      assertThat(dlvOf(program)).as("the Delve that it took over has ended").isEmpty();
      assertThat(program.get("/route?name=x&port=3")).succeedsWithin(SOON).isEqualTo("x:3");
      assertThat(program.process().alive()).isTrue();
    }
  }

  @Test
  void aDelveThatIsGoneTooIsReplaced() throws Exception {
    try (Debuggee program = Debuggee.alone()) {
      Process other = attachAndPark(program, "main.nap");
      List<ProcessHandle> dlv = dlvOf(program);
      assertThat(dlv).hasSize(1);
      other.destroyForcibly().waitFor();
      dlv.get(0).destroyForcibly();
      dlv.get(0).onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
      try (DelveSession next = attach(program)) {
        Breakpoint stop = next.breakAt(BUILD);
        CompletableFuture<String> reply = program.get("/route?name=x&port=1");
        stop.await(SOON);
        next.resume();
        assertThat(reply).succeedsWithin(SOON);
      }
      assertThat(program.get("/route?name=x&port=2")).succeedsWithin(SOON).isEqualTo("x:2");
    }
  }

  private static DelveSession attach(Debuggee program) {
    return DelveAttacher.create(Debuggee.TOOLBOX).attach(pid(program), DelveOptions.usual());
  }

  private static DebugEndpoint.Pid pid(Debuggee program) {
    return new DebugEndpoint.Pid(program.process().pid());
  }

  private static Process attachAndPark(Debuggee program) throws IOException {
    return attachAndPark(program, "main.buildRoute");
  }

  private static Process attachAndPark(Debuggee program, String function) throws IOException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                AttachAndPark.class.getName(),
                String.valueOf(program.process().pid()),
                function)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = other.inputReader();
    assertThat(out.readLine()).isEqualTo("attached");
    return other;
  }

  /** The Delves that were started for the program, wherever they belong now. */
  private static List<ProcessHandle> dlvOf(Debuggee program) {
    String attach = "attach " + program.process().pid() + " ";
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(attach))
        .toList();
  }
}
