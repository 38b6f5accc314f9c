package dev.pilothouse.envoy.admin;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.admin.v3.CommandLineOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Envoy is and how it was started.
 *
 * @param version its version alone, as {@code 1.40.0}
 * @param build its version as it says itself: revision, version, status, type, TLS library
 * @param state {@code LIVE}, {@code DRAINING}, {@code PRE_INITIALIZING} or {@code INITIALIZING}
 * @param uptime how long it has been running
 * @param nodeId its identity towards the control plane; empty when it has none
 * @param nodeCluster the cluster of its identity; empty when it has none
 * @param options what it was started with, as {@code concurrency} → {@code 2}; options that this
 *     library does not know are left out, see {@code /server_info}
 */
public record ServerInfo(
    String version,
    String build,
    String state,
    Duration uptime,
    String nodeId,
    String nodeCluster,
    SortedMap<String, String> options) {

  /** Copies the map. */
  public ServerInfo {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  static ServerInfo of(io.envoyproxy.envoy.admin.v3.ServerInfo info) {
    String[] build = info.getVersion().split("/", -1);
    return new ServerInfo(
        build.length > 1 ? build[1] : info.getVersion(),
        info.getVersion(),
        info.getState().name(),
        Duration.ofSeconds(info.getUptimeCurrentEpoch().getSeconds()),
        info.getNode().getId(),
        info.getNode().getCluster(),
        options(info.getCommandLineOptions()));
  }

  private static SortedMap<String, String> options(CommandLineOptions options) {
    SortedMap<String, String> all = new TreeMap<>();
    for (Map.Entry<FieldDescriptor, Object> option : options.getAllFields().entrySet()) {
      all.put(option.getKey().getName(), text(option.getValue()));
    }
    return all;
  }

  private static String text(Object value) {
    return value instanceof com.google.protobuf.Duration duration
        ? duration.getSeconds() + "s"
        : value instanceof Message message ? message.toString().strip() : value.toString();
  }

  /** One line: version, state and identity. */
  @Override
  public String toString() {
    return "ServerInfo[Envoy " + version + ", " + state + ", up " + uptime + ", " + nodeId + "]";
  }
}
