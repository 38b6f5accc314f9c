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

/** A second dockerd, of a test's own: it can be killed. It cannot run containers' networks. */
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
                    // A network of its own: without a bridge it would delete the other's docker0.
                    "unshare",
                    "--net",
                    dockerd.toString(),
                    "--data-root=" + data,
                    // Of its own for each start: the containerd of a killed one may be a zombie
                    // still.
                    "--exec-root=" + run.path().resolve("exec-" + starts),
                    "--pidfile=" + run.path().resolve("pid-" + starts),
                    "--host=unix://" + socket,
                    "--bridge=none",
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

  void startAgain() throws IOException {
    Path dockerd = Path.of(process.spec().command().get(2));
    process.close();
    Files.deleteIfExists(socket);
    startAgain(dockerd);
  }

  @Override
  public void close() {
    process.close();
    run.close();
    // A dockerd mounts its folder onto itself, and one that was killed leaves that, and more.
    new Command(
            List.of("umount", "--recursive", data.toString()),
            Map.of(),
            Path.of("/"),
            Duration.ofSeconds(20))
        .run();
  }
}
