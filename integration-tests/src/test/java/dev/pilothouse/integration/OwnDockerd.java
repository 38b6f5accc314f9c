package dev.pilothouse.integration;

import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A second dockerd, of a test's own: it can be killed. Its containers' network leads to each other
 * and nowhere else.
 */
final class OwnDockerd implements AutoCloseable {
  private final RunDirectory run;
  private final Path data;
  private final Path socket;
  private ManagedProcess process;
  private int starts;

  private OwnDockerd(RunDirectory run, Path data) {
    this.run = run;
    this.data = data;
    this.socket = run.path().resolve("d.sock");
  }

  /** Skips the test where one may not start a dockerd. */
  static OwnDockerd start(Path data) throws IOException {
    boolean root = "root".equals(System.getProperty("user.name"));
    Path dockerd =
        Stream.of("/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(Path.of("dockerd"));
    Assumptions.assumeTrue(
        root && Files.isExecutable(dockerd), "SKIPPED: a second dockerd needs root and dockerd");
    OwnDockerd own = new OwnDockerd(RunDirectory.open("dockerd"), data);
    own.startAgain(dockerd);
    return own;
  }

  private void startAgain(Path dockerd) {
    starts++;
    process =
        run.start(
            new ProcessSpec(
                "dockerd-" + starts,
                List.of(
                    // A network of its own, for there can be but one docker0. And mounts of its
                    // own, which go with the last process of a dockerd that was killed.
                    "unshare",
                    "--net",
                    "--mount",
                    dockerd.toString(),
                    "--data-root=" + data,
                    // Of its own for each start: the containerd of a killed one may be a zombie
                    // still.
                    "--exec-root=" + run.path().resolve("exec-" + starts),
                    "--pidfile=" + run.path().resolve("pid-" + starts),
                    "--host=unix://" + socket,
                    "--bip=10.213.7.1/24",
                    "--iptables=false",
                    "--ip-masq=false"),
                Map.of(),
                run.path(),
                Duration.ofSeconds(10)));
    process.await(
        "dockerd answers",
        () -> DockerFixture.run("-H", "unix://" + socket, "info").exitCode() == 0,
        Duration.ofSeconds(60));
  }

  DockerHost host() {
    return DockerHost.at("unix://" + socket);
  }

  String docker(String... arguments) {
    return DockerFixture.output(
        Stream.concat(Stream.of("-H", "unix://" + socket), Stream.of(arguments))
            .toArray(String[]::new));
  }

  /** As the kernel does when memory runs out. */
  void kill() {
    ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
    process.exited().join();
  }

  /** Starts another one with the same data, after all that ran under the one that was killed. */
  void startAgain() throws IOException {
    Path dockerd = Path.of(process.spec().command().get(3));
    endContainers();
    process.close();
    Files.deleteIfExists(socket);
    startAgain(dockerd);
  }

  /** Containers outlive their dockerd, each below a process that knows where it belongs. */
  private void endContainers() {
    String own = run.path().toString();
    ProcessHandle.allProcesses()
        .filter(shim -> shim.info().commandLine().orElse("").contains(own))
        .flatMap(shim -> Stream.concat(Stream.of(shim), shim.descendants()))
        .toList()
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** Its socket. */
  Path socket() {
    return socket;
  }

  @Override
  public void close() {
    endContainers();
    process.close();
    run.close();
    // JUnit has a word to say about each link of each layer that it deletes.
    new Command(
            List.of("rm", "-rf", data.toString()), Map.of(), Path.of("/"), Duration.ofMinutes(1))
        .run();
  }
}
