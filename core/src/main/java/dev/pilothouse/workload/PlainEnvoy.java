package dev.pilothouse.workload;

import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An Envoy that asks istiod itself, in plain text. */
record PlainEnvoy(RunDirectory run, Path envoy, Istiod istiod) implements EnvoyRunner {
  @Override
  public ManagedProcess start(Node node, int adminPort, Path folder) {
    Map<String, Object> xds =
        EnvoyBootstrap.server(EnvoyBootstrap.XDS, EnvoyBootstrap.port(istiod.xdsPort()));
    EnvoyBootstrap bootstrap = EnvoyBootstrap.of(node, istiod, adminPort, List.of(xds));
    Path file = run.write(folder + "/envoy.json", bootstrap.json());
    List<String> command =
        List.of(
            envoy.toString(),
            "--config-path",
            file.toString(),
            "--disable-hot-restart",
            "--concurrency",
            "1",
            "--drain-time-s",
            "1",
            "--log-level",
            "warning");
    return run.start(
        new ProcessSpec(
            folder.toString(), command, Map.of(), run.path().resolve(folder), Duration.ZERO));
  }
}
