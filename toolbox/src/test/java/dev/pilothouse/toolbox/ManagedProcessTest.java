package dev.pilothouse.toolbox;

import static dev.pilothouse.toolbox.Processes.LONG;
import static dev.pilothouse.toolbox.Processes.lives;
import static dev.pilothouse.toolbox.Processes.pidIn;
import static dev.pilothouse.toolbox.Processes.spec;
import static dev.pilothouse.toolbox.Processes.start;
import static dev.pilothouse.toolbox.Processes.text;
import static dev.pilothouse.toolbox.Processes.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedProcessTest {
  private static final String IGNORES_SIGTERM =
      "trap '' TERM; echo ready; while :; do sleep 0.05; done";

  @TempDir Path root;
  private RunDirectory run;

  @BeforeEach
  void open() {
    run = RunDirectory.open(root, "run");
  }

  @AfterEach
  void close() {
    Thread.interrupted(); // A failed test may leave it.
    run.close();
  }

  @Test
  void runsUntilItIsClosed() {
    ManagedProcess process = run.start(spec(run, "sleep", "sleep", "1000"));
    CompletableFuture<Integer> exited = process.exited();
    assertThat(process.alive()).isTrue();
    assertThat(lives(process.pid())).isTrue();
    assertThat(process.exitCode()).isEmpty();
    assertThat(exited).isNotDone();

    process.close();

    assertThat(process.alive()).isFalse();
    assertThat(lives(process.pid())).isFalse();
    assertThat(process.exitCode()).hasValue(128 + 15);
    assertThat(exited.join()).isEqualTo(128 + 15);
    process.close();
  }

  @Test
  void hasTheEnvironmentAndTheFolderThatWereAskedForAndNoInput() throws Exception {
    Path folder = Files.createDirectory(run.path().resolve("folder"));
    String script = "pwd; echo $MESH; echo $PILOTHOUSE_RUN; cat; echo done";
    ManagedProcess process =
        run.start(
            new ProcessSpec(
                "env", List.of("sh", "-c", script), Map.of("MESH", "m1"), folder, LONG));
    assertThat(process.exited().join()).isZero();
    assertThat(process.logTail(10))
        .containsExactly(folder.toString(), "m1", run.path().toString(), "done");
    assertThat(process.exitCode()).hasValue(0);
  }

  @Test
  void logsBothOutputsToAPrivateFile() throws Exception {
    ManagedProcess process = start(run, "both", "echo out; echo err >&2");
    process.exited().join();
    assertThat(process.log()).isEqualTo(run.path().resolve("both.log"));
    assertThat(process.logTail(10)).containsExactly("out", "err");
    assertThat(process.logTail(1)).containsExactly("err");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(process.log())))
        .isEqualTo("rw-------");
    assertThat(text(process.log()).lines().findFirst().orElseThrow())
        .startsWith("--- ")
        .endsWith("[sh, -c, echo out; echo err >&2]");
  }

  @Test
  void tailsALogThatIsLargerThanItReads() {
    ManagedProcess process = start(run, "large", "seq 1 200000");
    process.exited().join();
    assertThat(process.logTail(2)).containsExactly("199999", "200000");
    assertThat(process.logTail(5000)).hasSize(5000);
  }

  @Test
  void aSecondOneOfTheSameNameAppendsAndTailsOnlyItsOwnLines() {
    start(run, "twice", "echo first").exited().join();
    ManagedProcess second = start(run, "twice", "echo second; exit 1");
    assertThatThrownBy(() -> second.await("never", () -> false, LONG))
        .hasMessageContaining("second")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("first"));
    assertThat(text(second.log())).contains("first\n", "second\n");
  }

  @Test
  void awaitReturnsWhenTheFactIsThere() {
    ManagedProcess process = start(run, "slow", "sleep 0.1; echo ready; exec sleep 1000");
    process.await("it says so", () -> process.logTail(1).contains("ready"), LONG);
    assertThat(process.logTail(1)).containsExactly("ready");
  }

  @Test
  void awaitTellsOfAnEarlyExit() {
    ManagedProcess process =
        start(run, "istiod", "echo usage; seq 1 40; echo bad mesh config >&2; exit 3");
    assertThatThrownBy(() -> process.await("/ready answers 200", () -> false, LONG))
        .isInstanceOfSatisfying(
            ToolboxException.class, e -> assertThat(e.evidence()).hasValue(process.log()))
        .hasMessageStartingWith(
            "waiting until istiod is up (/ready answers 200): it exited with code 3")
        .hasMessageContaining(
            "From its log:\n  usage\n  1\n  2\n  3\n  4\n  ... (22 lines)\n  27\n")
        .hasMessageContaining("  40\n  bad mesh config\n");
  }

  @Test
  void awaitNamesTheSignalThatEndedIt() {
    ManagedProcess process = start(run, "killed", "kill -9 $$");
    assertThatThrownBy(() -> process.await("never", () -> false, LONG))
        .hasMessageContaining("it exited with code 137 (SIGKILL)")
        .hasMessageContaining("It has logged nothing.");
  }

  @Test
  void awaitDoesNotBelieveAFactAboutADeadProcess() {
    ManagedProcess process = start(run, "port-taken", "echo address already in use; exit 1");
    process.exited().join();
    assertThatThrownBy(() -> process.await("/ready answers 200", () -> true, LONG))
        .hasMessageContaining("it exited with code 1")
        .hasMessageContaining("address already in use");
  }

  @Test
  void awaitTellsAtTheDeadlineWhatItSawLast() {
    ManagedProcess process = start(run, "stuck", "echo waiting for etcd; exec sleep 1000");
    until("it has logged", () -> !process.logTail(1).isEmpty());
    AtomicInteger asked = new AtomicInteger();
    assertThatThrownBy(
            () ->
                process.await(
                    "/ready answers 200",
                    () -> {
                      throw new IllegalStateException("503 for the " + asked.incrementAndGet());
                    },
                    Duration.ofSeconds(5)))
        .hasMessageContaining("it did not happen within 5.0 s; it runs (pid " + process.pid())
        .hasMessageContaining("Seen last: java.lang.IllegalStateException: 503 for the " + asked)
        .hasMessageContaining("waiting for etcd");
    assertThat(asked).hasValueGreaterThan(1);
    assertThat(process.alive()).as("await does not end it").isTrue();
  }

  @Test
  void awaitCountsAFailedAssertionAsNotYet() {
    ManagedProcess process = run.start(spec(run, "sleep", "sleep", "1000"));
    AtomicInteger asked = new AtomicInteger();
    process.await(
        "the third time",
        () -> {
          assertThat(asked.incrementAndGet()).isEqualTo(3);
          return true;
        },
        LONG);
    assertThat(asked).hasValue(3);
  }

  @Test
  void awaitEndsWhenInterrupted() {
    ManagedProcess process = run.start(spec(run, "sleep", "sleep", "1000"));
    Thread.currentThread().interrupt();
    Throwable thrown = catchThrowable(() -> process.await("never", () -> false, LONG));
    assertThat(Thread.interrupted()).as("the flag is set again").isTrue();
    assertThat(thrown)
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("interrupted")
        .hasMessageContaining("logged nothing")
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void aMissingProgramIsNamed() {
    assertThatThrownBy(() -> run.start(spec(run, "etcd", "/no/such/etcd")))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("starting etcd")
        .hasMessageContaining("/no/such/etcd")
        .hasMessageContaining("No such file or directory");
  }

  @Test
  void aNameThatRunsAlreadyIsRefused() {
    ManagedProcess first = run.start(spec(run, "etcd", "sleep", "1000"));
    assertThatThrownBy(() -> run.start(spec(run, "etcd", "sleep", "1000")))
        .hasMessageContaining("runs already, pid " + first.pid());
  }

  @Test
  void aSpecOfNoUseIsRefused() {
    assertThatThrownBy(() -> spec(run, "../etcd", "sleep"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> spec(run, "etcd")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closeKillsWhatIgnoresSigterm() {
    ManagedProcess process = stubborn(Duration.ofMillis(100));
    process.close();
    assertThat(process.exitCode()).hasValue(128 + 9);
  }

  @Test
  void closeKillsAtOnceWithoutAGrace() {
    ManagedProcess process = stubborn(Duration.ZERO);
    process.close();
    assertThat(process.exitCode()).hasValue(128 + 9);
  }

  @Test
  void closeKillsWhatIsStopped() throws Exception {
    ManagedProcess process =
        run.start(
            new ProcessSpec(
                "stopped", List.of("sleep", "1000"), Map.of(), run.path(), Duration.ofMillis(100)));
    new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor();
    process.close();
    assertThat(process.exitCode()).hasValue(128 + 9);
  }

  @Test
  void anInterruptedCloseKillsAtOnceAndStillWaits() {
    ManagedProcess process = stubborn(Duration.ofDays(1));
    Thread.currentThread().interrupt();
    process.close();
    assertThat(Thread.interrupted()).as("the flag is set again").isTrue();
    assertThat(process.exitCode()).hasValue(128 + 9);
    assertThat(lives(process.pid())).isFalse();
  }

  @Test
  void anInterruptDuringTheGraceEndsIt() throws Exception {
    ManagedProcess process = stubborn(Duration.ofDays(1));
    Thread closing = new Thread(process::close);
    closing.start();
    until("it waits", () -> closing.getState() == Thread.State.TIMED_WAITING);
    closing.interrupt();
    closing.join();
    assertThat(lives(process.pid())).isFalse();
  }

  @Test
  void closeEndsDescendantsThatNobodyWaitsFor() {
    ManagedProcess process = start(run, "agent", Processes.WITH_ORPHAN);
    ManagedProcess sibling = run.start(spec(run, "sibling", "sleep", "1000"));
    long orphan = pidIn(run.path().resolve("orphan.pid"));
    assertThat(lives(orphan)).isTrue();
    process.close();
    assertThat(lives(orphan)).isFalse();
    assertThat(sibling.alive()).as("another process of the run").isTrue();
  }

  @Test
  void closeEndsAnOrphanThatIgnoresSigterm() {
    String script =
        "(setsid sh -c \"trap '' TERM; echo \\$\\$ > orphan.pid; while :; do sleep 0.05; done\" &);"
            + " exec sleep 1000";
    ManagedProcess process =
        run.start(
            new ProcessSpec(
                "agent",
                List.of("sh", "-c", script),
                Map.of(),
                run.path(),
                Duration.ofMillis(100)));
    long orphan = pidIn(run.path().resolve("orphan.pid"));
    process.close();
    assertThat(lives(orphan)).isFalse();
  }

  @Test
  void closeEndsAChildThatDroppedItsEnvironment() {
    ManagedProcess process =
        start(run, "agent", "env -i sh -c 'echo $$ > child.pid; exec sleep 1000' & wait");
    long child = pidIn(run.path().resolve("child.pid"));
    process.close();
    assertThat(lives(child)).isFalse();
  }

  @Test
  void closeEndsTheOrphansOfAProcessThatHasEndedByItself() {
    ManagedProcess process =
        start(run, "agent", "(setsid sh -c 'echo $$ > orphan.pid; exec sleep 1000' &)");
    process.exited().join();
    long orphan = pidIn(run.path().resolve("orphan.pid"));
    assertThat(lives(orphan)).isTrue();
    process.close();
    assertThat(lives(orphan)).isFalse();
    assertThat(process.exitCode()).hasValue(0);
  }

  private ManagedProcess stubborn(Duration grace) {
    ManagedProcess process =
        run.start(
            new ProcessSpec(
                "stubborn", List.of("sh", "-c", IGNORES_SIGTERM), Map.of(), run.path(), grace));
    process.await("its trap is set", () -> process.logTail(1).contains("ready"), LONG);
    return process;
  }
}
