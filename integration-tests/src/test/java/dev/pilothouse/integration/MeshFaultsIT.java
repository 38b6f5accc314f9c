package dev.pilothouse.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a whole mesh leaves behind when it ends badly, and who cleans up. */
class MeshFaultsIT {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path root;

  @Test
  void aMeshWhoseJvmIsKilledIsCleanedUpByTheNextStart() throws IOException, InterruptedException {
    Process bystander = new ProcessBuilder("sleep", "600").start();
    Process holder = hold(root);
    try {
      assertThat(firstLine(holder)).isEqualTo(MeshHolder.READY);
      holder.destroyForcibly().waitFor();
      // etcd, kube-apiserver, istiod and two Envoys have outlived their JVM.
      assertThat(programsOf(root))
          .contains("etcd", "kube-apiserver", "pilot-discovery", "envoy")
          .hasSizeGreaterThanOrEqualTo(5);

      RunDirectory.open(root, "next").close();

      assertThat(programsOf(root)).isEmpty();
      assertThat(reservedPorts(root)).isEmpty();
      assertThat(runsIn(root)).isEmpty();
      assertThat(bystander.isAlive()).isTrue();
    } finally {
      bystander.destroyForcibly();
      holder.destroyForcibly().waitFor();
      RunDirectory.open(root, "last").close();
    }
  }

  @Test
  void aMeshWhoseJvmEndsByItselfLeavesNothing() throws IOException, InterruptedException {
    Process holder = hold(root);
    try {
      assertThat(firstLine(holder)).isEqualTo(MeshHolder.READY);
      holder.destroy(); // SIGTERM
      assertThat(holder.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(programsOf(root)).isEmpty();
      assertThat(reservedPorts(root)).isEmpty();
      assertThat(runsIn(root)).isEmpty();
    } finally {
      holder.destroyForcibly().waitFor();
      RunDirectory.open(root, "last").close();
    }
  }

  @Test
  void aFullDiskIsNamedAndNothingIsLeft() throws IOException, InterruptedException {
    Path disk = Files.createDirectory(root.resolve("disk"));
    Command.Result mounted =
        command(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=2m,mode=700",
                "pilothouse-test",
                disk.toString())
            .run();
    assumeTrue(mounted.exitCode() == 0, "needs the right to mount: " + mounted.stderr());
    try {
      Process holder = hold(disk);
      try (BufferedReader out = holder.inputReader(UTF_8)) {
        String said = out.lines().collect(Collectors.joining("\n"));
        assertThat(holder.waitFor()).as(said).isEqualTo(1);
        assertThat(said).containsIgnoringCase("no space left on device").contains(disk.toString());
      }
      assertThat(programsOf(disk)).isEmpty();
    } finally {
      command("umount", disk.toString()).output();
    }
  }

  private static Process hold(Path runRoot) throws IOException {
    ProcessBuilder java =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                MeshHolder.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    java.environment().put("PILOTHOUSE_RUN_ROOT", runRoot.toString());
    return java.start();
  }

  // The stream stays open: closing it would end the program's standard output.
  @SuppressWarnings("resource")
  private static String firstLine(Process process) throws IOException {
    return process.inputReader(UTF_8).readLine();
  }

  private static Command command(String... words) {
    return new Command(List.of(words), Map.of(), Path.of("/"), MINUTE);
  }

  /** The programs whose environment names a run below the root. */
  private static List<String> programsOf(Path runRoot) throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> process.getFileName().toString().matches("\\d+"))
          .filter(
              process ->
                  textOf(process.resolve("environ")).contains("PILOTHOUSE_RUN=" + runRoot + "/"))
          .map(process -> textOf(process.resolve("comm")).strip())
          .toList();
    }
  }

  /** The text of a file below /proc; empty when its process has ended or belongs to another. */
  private static String textOf(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }

  private static List<String> reservedPorts(Path runRoot) {
    return namesIn(runRoot.resolve("ports"));
  }

  private static List<String> runsIn(Path runRoot) {
    return namesIn(runRoot).stream().filter(name -> name.startsWith("mesh-")).toList();
  }

  private static List<String> namesIn(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
