package dev.pilothouse.envoy.admin;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.AdminReply;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ReadLimits;
import io.envoyproxy.envoy.admin.v3.Clusters;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The admin interface over HTTP. */
record HttpEnvoyAdmin(AdminEndpoint endpoint, ReadLimits limits) implements EnvoyAdmin {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public boolean ready() {
    AdminReply reply = endpoint.get("/ready", limits);
    // 503 is how Envoy says "not ready".
    return reply.status() != 503 && reply.ok().status() == 200;
  }

  @Override
  public ServerInfo serverInfo() {
    io.envoyproxy.envoy.admin.v3.ServerInfo.Builder info =
        io.envoyproxy.envoy.admin.v3.ServerInfo.newBuilder();
    merge(endpoint.get("/server_info", limits).ok(), info);
    String[] build = info.getVersion().split("/", -1);
    return new ServerInfo(
        build.length > 1 ? build[1] : info.getVersion(),
        info.getVersion(),
        info.getState().name(),
        Duration.ofSeconds(info.getUptimeCurrentEpoch().getSeconds()),
        info.getNode().getId());
  }

  @Override
  public SortedMap<String, Long> stats(String regex) {
    String filter = regex.isEmpty() ? "" : "&filter=" + ConfigDumpQuery.encode(regex);
    AdminReply reply = endpoint.get("/stats?format=json" + filter, limits).ok();
    SortedMap<String, Long> stats = new TreeMap<>();
    for (JsonNode stat : tree(reply).path("stats")) {
      JsonNode value = stat.path("value");
      if (stat.path("name").isTextual() && value.isIntegralNumber()) {
        stats.put(stat.path("name").textValue(), value.longValue());
      }
    }
    return stats;
  }

  @Override
  public EnvoyConfig config() {
    return EnvoyConfigInspector.create(limits).read(ConfigSource.admin(endpoint.uri()));
  }

  @Override
  public EnvoyConfig config(ConfigDumpQuery query) {
    return EnvoyConfigInspector.create(limits).read(new QuerySource(endpoint, query));
  }

  @Override
  public List<ClusterStatus> clusters() {
    Clusters.Builder clusters = Clusters.newBuilder();
    merge(endpoint.get("/clusters?format=json", limits).ok(), clusters);
    return clusters.getClusterStatusesList().stream().map(ClusterStatuses::of).toList();
  }

  private static void merge(AdminReply reply, Message.Builder builder) {
    try {
      JsonFormat.parser().ignoringUnknownFields().merge(reply.text(), builder);
    } catch (InvalidProtocolBufferException e) {
      throw notUnderstood(reply, String.valueOf(e.getMessage()), e);
    }
  }

  private static JsonNode tree(AdminReply reply) {
    try {
      return JSON.readTree(reply.text());
    } catch (JacksonException e) {
      throw notUnderstood(reply, e.getOriginalMessage(), e);
    }
  }

  private static EnvoyConfigException notUnderstood(
      AdminReply reply, String words, Exception cause) {
    return new EnvoyConfigException(
        reply.request(), words, "check that this is Envoy's admin interface", cause);
  }
}
