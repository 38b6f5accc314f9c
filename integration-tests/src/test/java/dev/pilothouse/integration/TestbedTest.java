package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pilothouse.toolbox.GoModule;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the testbed's scripts do on machines that cannot have a testbed. They run from a copy, with
 * a cache and a search path of the test's own, so no Docker is touched.
 */
class TestbedTest {
  private static final Path TESTBED = Path.of("../testbed");
  private static final int UNAVAILABLE = 3;

  @TempDir Path folder;
  private Path testbed = Path.of("");
  private Path programs = Path.of("");
  private final Map<String, String> environment = new TreeMap<>();

  @BeforeEach
  void copyTheScripts() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "the testbed's scripts need bash");
    testbed = folder.resolve("testbed");
    for (String part : List.of("up", "with", "lib", "go/kubernetes", "go/runcwrap")) {
      copy(TESTBED.resolve(part), testbed.resolve(part));
    }
    programs = Files.createDirectory(folder.resolve("bin"));
    environment.put("PILOTHOUSE_CACHE", folder.resolve("cache").toString());
  }

  @Test
  void itsKubernetesIsThatOfTheToolbox() throws IOException {
    assertThat(TESTBED.resolve("go/kubernetes/go.mod"))
        .content()
        .containsPattern("k8s.io/kubernetes " + GoModule.KUBERNETES.version() + "\\s");
  }

  @Test
  void switchedOffItSaysSo() throws Exception {
    environment.put("PILOTHOUSE_TESTBED", "off");

    Run run = run("up");

    assertThat(run.status()).isEqualTo(UNAVAILABLE);
    assertThat(result())
        .containsEntry("available", "false")
        .containsEntry("reason", "switched off by PILOTHOUSE_TESTBED=off")
        .containsEntry(
            "node.image", "kindest/node:" + GoModule.KUBERNETES.version() + "-pilothouse");
  }

  @Test
  void aDockerThatIsNamedAndDeadIsNotReplaced() throws Exception {
    onlyThesePrograms("go");
    write("docker", "echo Cannot connect to the Docker daemon; exit 1");
    environment.put("DOCKER_HOST", "tcp://127.0.0.1:1");

    assertThat(run("up").status()).isEqualTo(UNAVAILABLE);
    assertThat(result().getProperty("reason"))
        .contains("tcp://127.0.0.1:1", "Cannot connect to the Docker daemon");
  }

  @Test
  void withoutDockerAndAptItNamesWhatToInstall() throws Exception {
    onlyThesePrograms("go");

    assertThat(run("up").status()).isEqualTo(UNAVAILABLE);
    assertThat(result().getProperty("reason"))
        .startsWith("Docker is not installed")
        .contains("apt-get", "docker.io");
  }

  /** A dockerd that dies cannot be had of the real one without touching the machine's. */
  @Test
  void aDockerdThatDiesShowsItsLog() throws Exception {
    onlyThesePrograms("go");
    write("docker", "exit 1");
    write("iptables", "exit 0");
    write("dockerd", "echo 'failed to start daemon: no room \\ for it' >&2; exit 1");
    write("id", "echo 0"); // root would start it

    Run run = run("up");

    assertThat(run.status()).isEqualTo(UNAVAILABLE);
    assertThat(run.output()).contains("the end of dockerd's log:");
    assertThat(result().getProperty("reason"))
        .startsWith("dockerd does not start: failed to start daemon: no room \\ for it")
        .contains("dockerd.log");
    assertThat(folder.resolve("cache/testbed/dockerd.started")).doesNotExist();
  }

  @Test
  void withoutATestbedTheCommandRunsAndTheReasonIsLoud() throws Exception {
    environment.put("PILOTHOUSE_TESTBED", "off");

    Run run = run("with", "bash", "-c", "echo the tests ran; exit 7");

    assertThat(run.status()).isEqualTo(7);
    assertThat(run.output())
        .contains("NO TESTBED ON THIS MACHINE", "switched off by", "the tests ran");
  }

  @Test
  void theTwoNewestOfEachThingStayInTheCache() throws Exception {
    Path things = Files.createDirectories(folder.resolve("cache/testbed/go"));
    for (int day = 1; day <= 4; day++) {
      Path made = Files.createDirectory(things.resolve("coredns-000000000000000" + day));
      Files.writeString(made.resolve("coredns"), "");
      Files.setLastModifiedTime(
          made, FileTime.from(Instant.parse("2026-01-0" + day + "T00:00:00Z")));
    }
    Files.createDirectory(things.resolve("pause-0000000000000001"));
    Files.writeString(
        testbed.resolve("prune"), ". \"$(dirname \"$0\")/lib/common.sh\"; prune_cache");

    assertThat(run("prune").status()).isZero();

    try (Stream<Path> left = Files.list(things)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "coredns-0000000000000003", "coredns-0000000000000004", "pause-0000000000000001");
    }
  }

  private record Run(int status, String output) {}

  private Run run(String script, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("/bin/bash", testbed.resolve(script).toString()));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("DOCKER_"));
    builder.environment().putAll(environment);
    int status = builder.start().waitFor();
    return new Run(status, Files.readString(output));
  }

  private Properties result() throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(testbed.resolve("target/testbed.properties"))) {
      properties.load(reader);
    }
    return properties;
  }

  /** A search path with what the scripts themselves use, and these. */
  private void onlyThesePrograms(String... names) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "awk",
                "basename",
                "bash",
                "cat",
                "cut",
                "dirname",
                "env",
                "find",
                "flock",
                "grep",
                "head",
                "id",
                "mkdir",
                "mv",
                "rm",
                "sed",
                "seq",
                "setsid",
                "sh",
                "sha256sum",
                "sleep",
                "sort",
                "stat",
                "tail",
                "tr",
                "uname",
                "xargs"));
    all.addAll(List.of(names));
    for (String name : all) {
      Files.createSymbolicLink(programs.resolve(name), onThePath(name));
    }
    environment.put("PATH", programs.toString());
  }

  private static Path onThePath(String name) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory).resolve(name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " on the PATH"));
  }

  private void write(String program, String script) throws IOException {
    Path file = programs.resolve(program);
    Files.deleteIfExists(file);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isRegularFile(file)) {
          Files.createDirectories(target.resolveSibling(""));
          Files.copy(file, target);
        }
      }
    }
  }
}
