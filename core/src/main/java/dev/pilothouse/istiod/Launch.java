package dev.pilothouse.istiod;

import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.ProcessSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How istiod is started: everything but the binary, which may be replaced.
 *
 * @param spec what was asked for
 * @param ports its ports
 * @param directory its working directory
 * @param kubeconfig the cluster
 * @param meshConfig a file
 */
record Launch(IstiodSpec spec, Ports ports, Path directory, Path kubeconfig, Path meshConfig) {
  /** The process's name in its run directory. */
  static final String PROCESS = "istiod";

  private static final String HOSTS = "ISTIOD_CUSTOM_HOST";

  /** It exits within 0.1 s; longer only when it cannot give its leases back. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);

  ProcessSpec process(IstiodBinary binary) {
    return new ProcessSpec(
        PROCESS, underDelve(command(binary)), environment(), directory, STOP_GRACE);
  }

  private List<String> underDelve(List<String> program) {
    return spec.delve().map(delve -> delve.command(ports.delve(), program)).orElse(program);
  }

  private List<String> command(IstiodBinary binary) {
    List<String> command = new ArrayList<>();
    command.add(binary.path().toString());
    command.add("discovery");
    command.add("--kubeconfig=" + kubeconfig);
    command.add("--meshConfig=" + meshConfig);
    command.add("--httpAddr=" + loopback(ports.http()));
    // Without an address of its own, monitoring shares the port above.
    command.add("--monitoringAddr=");
    command.add("--grpcAddr=" + loopback(ports.xds()));
    command.add("--secureGRPCAddr=" + loopback(ports.secureXds()));
    command.add("--httpsAddr=" + loopback(ports.webhook()));
    command.add("--ctrlz_address=127.0.0.1");
    command.add("--ctrlz_port=" + ports.controlZ());
    if (!spec.logLevels().isEmpty()) {
      command.add(
          "--log_output_level="
              + spec.logLevels().entrySet().stream()
                  .map(entry -> entry.getKey() + ":" + entry.getValue())
                  .sorted()
                  .collect(Collectors.joining(",")));
    }
    command.addAll(spec.arguments());
    return command;
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>(spec.profile().environment());
    environment.put("POD_NAMESPACE", spec.namespace());
    environment.put("CLUSTER_ID", spec.clusterId());
    // Empty: it patches nobody's webhooks, an in-cluster istiod's included.
    environment.put("INJECTION_WEBHOOK_CONFIG_NAME", "");
    environment.put("VALIDATION_WEBHOOK_CONFIG_NAME", "");
    environment.putAll(spec.environment());
    environment.put("POD_NAME", spec.name());
    environment.put("REVISION", spec.revision());
    if (spec.delve().isPresent()) {
      // Delve makes a folder for its settings; not in the user's.
      environment.putIfAbsent("XDG_CONFIG_HOME", directory.toString());
    }
    // The names under which it is reached; they go into its certificate.
    environment.merge(HOSTS, "localhost", (theirs, ours) -> ours + "," + theirs);
    return environment;
  }

  private static String loopback(int port) {
    return "127.0.0.1:" + port;
  }
}
