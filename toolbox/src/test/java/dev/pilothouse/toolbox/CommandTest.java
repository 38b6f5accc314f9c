package dev.pilothouse.toolbox;

import static dev.pilothouse.toolbox.Processes.LONG;
import static dev.pilothouse.toolbox.Processes.lives;
import static dev.pilothouse.toolbox.Processes.pidIn;
import static dev.pilothouse.toolbox.Processes.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {
  @TempDir Path folder;

  @Test
  void returnsWhatCameBack() {
    assertThat(sh("echo out; echo err >&2; exit 4").run())
        .isEqualTo(new Command.Result(4, "out\n", "err\n"));
  }

  @Test
  void hasTheFolderAndTheEnvironmentAndNoInput() {
    Command command =
        new Command(
            List.of("sh", "-c", "pwd; echo $GOFLAGS; cat; printf 'grüße'"),
            Map.of("GOFLAGS", "-mod=vendor"),
            folder,
            LONG);
    assertThat(command.output()).isEqualTo(folder + "\n-mod=vendor\ngrüße");
  }

  @Test
  void takesAFileOrAStreamAsItsInput() throws Exception {
    byte[] much = new byte[3_000_000];
    Path file = Files.write(folder.resolve("much"), much);
    assertThat(sh("wc -c").run(file).stdout().strip()).isEqualTo("3000000");
    assertThat(sh("wc -c").run(new ByteArrayInputStream(much)).stdout().strip())
        .isEqualTo("3000000");
    assertThat(sh("head -c 1 >/dev/null; exit 3").run(new ByteArrayInputStream(much)).exitCode())
        .as("a command need not read it to its end")
        .isEqualTo(3);
    assertThatThrownBy(() -> sh("cat").run(folder.resolve("none")))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining(folder.resolve("none") + " cannot be read");
  }

  @Test
  void aPartOfItsInputIsNotTakenForTheWhole() {
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream(new byte[1000]),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("the disk is on fire");
              }

              @Override
              public int read(byte[] into, int from, int count) throws IOException {
                return read();
              }
            });
    assertThatThrownBy(() -> sh("cat > got && touch whole").run(broken))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("its input could not be read")
        .hasMessageContaining("the disk is on fire");
    assertThat(folder.resolve("whole")).doesNotExist();
  }

  @Test
  void outputInsistsOnSuccess() {
    assertThat(sh("echo fine; echo a warning >&2").output()).isEqualTo("fine\n");
    assertThatThrownBy(() -> sh("echo some; echo fatal: no remote >&2; exit 128").output())
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("exited with code 128")
        .hasMessageContaining("Standard output:\n  some")
        .hasMessageContaining("Standard error:\n  fatal: no remote");
    assertThatThrownBy(() -> sh("seq 1 1000; exit 1").output())
        .hasMessageContaining("(without its first 900 lines):\n  901\n")
        .hasMessageContaining("\n  1000");
  }

  @Test
  void takesMuchOnBothOutputs() {
    Command.Result result =
        sh("head -c 3000000 /dev/zero & head -c 3000000 /dev/zero >&2; wait").run();
    assertThat(result.stdout()).hasSize(3_000_000);
    assertThat(result.stderr()).hasSize(3_000_000);
  }

  @Test
  void doesNotWaitForWhatItLeavesInTheBackground() {
    Command.Result result = sh("sleep 1000 & echo $!").run();
    long pid = Long.parseLong(result.stdout().strip());
    try {
      assertThat(lives(pid)).isTrue();
    } finally {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void theDeadlineEndsItAndItsDescendants() {
    Command command =
        new Command(
            List.of(
                "sh",
                "-c",
                "(setsid sh -c 'echo $$ > orphan.pid; exec sleep 1000' &);"
                    + " sh -c 'echo $$ > child.pid; exec sleep 1000' & echo so far; wait"),
            Map.of(),
            folder,
            Duration.ofSeconds(10));
    assertThatThrownBy(command::run)
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("it took longer than 10.0 s")
        .hasMessageContaining("so far");
    assertThat(lives(pidIn(folder.resolve("child.pid")))).isFalse();
    assertThat(lives(pidIn(folder.resolve("orphan.pid")))).isFalse();
  }

  @Test
  void anInterruptEndsItAndItsDescendants() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              thrown.set(
                  catchThrowable(
                      () -> sh("sh -c 'echo $$ > child.pid; exec sleep 1000' & wait").run()));
              flag.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    long child = pidIn(folder.resolve("child.pid"));
    thread.interrupt();
    thread.join();
    assertThat(thrown.get())
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("interrupted");
    assertThat(flag.get()).as("the flag is set again").isTrue();
    assertThat(lives(child)).isFalse();
  }

  @Test
  void endsWithTheJvm() throws Exception {
    try (OtherJvm other = OtherJvm.start(folder, "command")) {
      assertThat(other.answer()).isEqualTo("ready");
      long child = pidIn(folder.resolve("main.pid"));
      long orphan = pidIn(folder.resolve("orphan.pid"));
      other.sigterm();
      assertThat(List.of(child, orphan)).noneMatch(Processes::lives);
    }
  }

  @Test
  void whatCannotBeStartedIsNamed() {
    Command missing = new Command(List.of("/no/such/tool"), Map.of(), folder, LONG);
    assertThatThrownBy(missing::run)
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("/no/such/tool")
        .hasMessageContaining("No such file or directory");
    Command elsewhere = new Command(List.of("true"), Map.of(), folder.resolve("none"), LONG);
    assertThatThrownBy(elsewhere::run).hasMessageContaining(folder.resolve("none").toString());
  }

  @Test
  void leavesNoFile() throws Exception {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Command command = sh("readlink /proc/self/fd/1");
    String held = command.output();
    assertThat(held).startsWith(temporary + "/pilothouse-");
    until("deleted", () -> !Files.exists(Path.of(held.replace(" (deleted)", "").strip())));
  }

  private Command sh(String script) {
    return new Command(List.of("sh", "-c", script), Map.of(), folder, LONG);
  }
}
