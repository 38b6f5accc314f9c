package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program for the nodes, as a process of this machine; scripts stand in istiod's place. */
class SupervisorTest {
  private static final Duration SOON = Duration.ofMinutes(1);

  @TempDir Path folder;

  private static Path program;

  private RunDirectory run;
  private Path place;

  @BeforeAll
  static void compile() {
    String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    program = new NodePrograms(Toolbox.create()).forArchitecture(architecture).file();
  }

  @BeforeEach
  void openRun() {
    run = RunDirectory.open("supervisor-test");
    place = folder.resolve("place");
  }

  @AfterEach
  void endRun() {
    run.close();
  }

  private Path script(String name, String text) throws IOException {
    Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Command.Result take(Path script, String id) throws IOException {
    Path input = folder.resolve("input");
    Files.writeString(input, id + " " + Files.size(script) + "\n" + Files.readString(script));
    return take(input);
  }

  /** Streams into it as a delivery does. */
  private Command.Result take(Path input) {
    return node("take", place.toString(), "none").run(input);
  }

  /** With an empty PATH: this machine may have a ctr, that waits long for a containerd. */
  private Command node(String... arguments) {
    List<String> command =
        Stream.concat(Stream.of(program.toString()), Stream.of(arguments)).toList();
    Map<String, String> environment = Map.of("PATH", folder.toString());
    return new Command(command, environment, folder, SOON);
  }

  private ManagedProcess supervise(String... arguments) {
    List<String> command =
        Stream.concat(
                Stream.of(program.toString(), "supervise", place.toString()), Stream.of(arguments))
            .toList();
    return run.start(
        new ProcessSpec("supervisor", command, Map.of(), folder, Duration.ofSeconds(5)));
  }

  private static void awaitLine(ManagedProcess process, String text) {
    process.await(
        text, () -> process.logTail(50).stream().anyMatch(line -> line.contains(text)), SOON);
  }

  @Test
  void replacedFileIsRunWithTheSameArguments() throws IOException {
    take(script("one", "echo one \"$@\"; exec sleep 100"), "one");
    ManagedProcess supervisor = supervise("discovery", "--flag=a b");
    awaitLine(supervisor, "one discovery --flag=a b");

    take(script("two", "echo two \"$@\"; exec sleep 100"), "two");

    awaitLine(supervisor, "two discovery --flag=a b");
    assertThat(supervisor.alive()).isTrue();
    assertThat(supervisor.logTail(50)).anyMatch(line -> line.contains("was replaced, restarting"));
  }

  @Test
  void replacedProgramIsNotAskedToEnd() throws IOException {
    take(script("one", "trap 'echo asked' TERM; echo up; while :; do sleep 0.1; done"), "one");
    ManagedProcess supervisor = supervise();
    awaitLine(supervisor, "up");

    take(script("two", "echo two; exec sleep 100"), "two");

    awaitLine(supervisor, "two");
    assertThat(supervisor.logTail(50)).doesNotContain("asked");
  }

  @Test
  void exitCodeIsThatOfTheProgram() throws IOException {
    take(script("one", "exit 7"), "one");
    ManagedProcess supervisor = supervise();

    assertThat(supervisor.exited().join()).isEqualTo(7);
    assertThat(supervisor.logTail(5)).anyMatch(line -> line.contains("ended with exit code 7"));
  }

  @Test
  void signalReachesTheProgramAndEndsBoth() throws IOException {
    take(
        script("one", "trap 'echo got it; exit 3' TERM; echo up; while :; do sleep 0.1; done"),
        "one");
    ManagedProcess supervisor = supervise();
    awaitLine(supervisor, "up");

    ProcessHandle.of(supervisor.pid()).orElseThrow().destroy();

    assertThat(supervisor.exited().join()).isEqualTo(3);
    assertThat(supervisor.logTail(10)).contains("got it");
  }

  @Test
  void missingProgramIsNamed() throws IOException {
    Files.createDirectories(place);
    ManagedProcess supervisor = supervise();

    assertThat(supervisor.exited().join()).isEqualTo(127);
    assertThat(supervisor.logTail(5)).anyMatch(line -> line.contains("cannot run " + place));
  }

  @Test
  void takeSendsOnlyWhatIsNotThere() throws IOException {
    Path one = script("one", "echo 1");
    Path two = script("two", "echo 2");

    assertThat(take(one, "one").stdout()).startsWith("send\ndone\n");
    assertThat(take(one, "one").stdout()).startsWith("same\n");
    assertThat(take(two, "two").stdout()).startsWith("send\ndone\n");
    assertThat(take(one, "one").stdout()).startsWith("have\ndone\n");
    assertThat(place.resolve("pilot-discovery")).hasSameBinaryContentAs(one).isExecutable();

    assertThat(node("back", place.toString()).run().exitCode()).isZero();
    assertThat(place.resolve("pilot-discovery")).hasSameBinaryContentAs(two);
    Command.Result nothing = node("back", place.toString()).run();
    assertThat(nothing.exitCode()).isEqualTo(1);
    assertThat(nothing.stderr()).contains("there was no istiod before this one");
  }

  @Test
  void threeBinariesStay() throws IOException {
    for (int i = 1; i <= 5; i++) {
      take(script("s" + i, "echo " + i), "id" + i);
    }

    try (Stream<Path> files = Files.list(place)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "pilot-discovery",
              ".pilot-discovery.previous",
              "pilot-discovery@id3",
              "pilot-discovery@id4",
              "pilot-discovery@id5");
    }
  }

  @Test
  void halfABinaryLeavesTheOldOne() throws IOException {
    Path one = script("one", "echo 1");
    take(one, "one");
    Files.copy(one, place.resolve(".draft-left"), StandardCopyOption.REPLACE_EXISTING);

    Command.Result half = take(Files.writeString(folder.resolve("half"), "two 1000\n"));

    assertThat(half.exitCode()).isEqualTo(1);
    assertThat(half.stderr()).contains("0 bytes of 1000 arrived");
    try (Stream<Path> files = Files.list(place)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("pilot-discovery", "pilot-discovery@one");
    }
  }

  @Test
  void nothingAtAllLeavesTheOldOne() throws IOException {
    take(script("one", "echo 1"), "one");

    Command.Result nothing = take(Files.writeString(folder.resolve("nothing"), ""));

    assertThat(nothing.exitCode()).isEqualTo(1);
    assertThat(nothing.stderr()).contains("no id and size: EOF");
    assertThat(place.resolve("pilot-discovery@one")).exists();
  }

  @Test
  void connectionsStayOpenUntilTheNextOneListens() throws Exception {
    int port = run.reservePort();
    Path go = folder.resolve("go");
    take(listener("one", port, ""), "one");
    ManagedProcess supervisor = supervise("discovery", "--secureGRPCAddr=127.0.0.1:" + port);
    awaitLine(supervisor, "one listens");
    try (Socket proxy = new Socket(InetAddress.getLoopbackAddress(), port)) {
      proxy.setSoTimeout(1);

      take(listener("two", port, "until [ -e " + go + " ]; do sleep 0.01; done"), "two");
      awaitLine(supervisor, "two is here");

      assertThatThrownBy(() -> proxy.getInputStream().read())
          .as("one has ended, and the connection has not")
          .isInstanceOf(SocketTimeoutException.class);
      Files.createFile(go);
      proxy.setSoTimeout((int) SOON.toMillis());
      assertThat(proxy.getInputStream().read()).isEqualTo(-1);
      try (Socket again = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(again.isConnected()).as("two listens when the connection ends").isTrue();
      }
    }
  }

  /** Takes connections with Java, which is here anyway. */
  private Path listener(String name, int port, String before) throws IOException {
    Path source = folder.resolve("Listener.java");
    Files.writeString(
        source,
        """
        class Listener {
          public static void main(String[] words) throws Exception {
            var server = new java.net.ServerSocket();
            server.setReuseAddress(true);
            server.bind(new java.net.InetSocketAddress("127.0.0.1", Integer.parseInt(words[1])));
            System.out.println(words[0] + " listens");
            for (var open = new java.util.ArrayList<Object>(); ; ) {
              open.add(server.accept());
            }
          }
        }
        """);
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return script(
        name,
        "PATH=/usr/bin:/bin; echo %s is here; %s\nexec %s %s %s %d"
            .formatted(name, before, java, source, name, port));
  }

  @Test
  void idThatLeadsElsewhereIsRefused() throws IOException {
    Command.Result result = take(script("one", "echo"), "../up");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stderr()).contains("no id: ../up");
  }
}
