package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.AdminReply;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ReadLimits;
import io.envoyproxy.envoy.admin.v3.Certificates;
import io.envoyproxy.envoy.admin.v3.Clusters;
import io.envoyproxy.envoy.admin.v3.Listeners;
import io.envoyproxy.envoy.admin.v3.Memory;
import io.envoyproxy.envoy.admin.v3.UnreadyTargetsDumps;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The admin interface over HTTP. */
record HttpEnvoyAdmin(AdminEndpoint endpoint, ReadLimits limits) implements EnvoyAdmin {
  @Override
  public boolean ready() {
    AdminReply reply = endpoint.get("/ready", limits);
    // 503 is how Envoy says "not ready".
    return reply.status() != 503 && reply.ok().status() == 200;
  }

  @Override
  public ServerInfo serverInfo() {
    return ServerInfo.of(
        AdminJson.message(get("/server_info"), io.envoyproxy.envoy.admin.v3.ServerInfo.newBuilder())
            .build());
  }

  @Override
  public SortedMap<String, Long> stats(String regex) {
    StatsQuery query = StatsQuery.all().matching(regex);
    SortedMap<String, Long> numbers = new TreeMap<>();
    StatsReader reader = new StatsReader(get(query.path("All")));
    reader.numbers(numbers);
    return numbers;
  }

  @Override
  public Stats stats(StatsQuery query) {
    return StatsReader.read(query, this::get);
  }

  @Override
  public String prometheus(StatsQuery query) {
    return get(query.prometheusPath()).text();
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
    Clusters clusters =
        AdminJson.message(get("/clusters?format=json"), Clusters.newBuilder()).build();
    return clusters.getClusterStatusesList().stream().map(ClusterStatuses::of).toList();
  }

  @Override
  public List<ListenerStatus> listeners() {
    Listeners listeners =
        AdminJson.message(get("/listeners?format=json"), Listeners.newBuilder()).build();
    return listeners.getListenerStatusesList().stream().map(ListenerStatus::of).toList();
  }

  @Override
  public List<CertificateStatus> certificates() {
    Certificates all = AdminJson.message(get("/certs"), Certificates.newBuilder()).build();
    return all.getCertificatesList().stream().map(CertificateStatus::of).toList();
  }

  @Override
  public List<UnreadyTargets> unreadyTargets() {
    UnreadyTargetsDumps dumps =
        AdminJson.message(get("/init_dump"), UnreadyTargetsDumps.newBuilder()).build();
    return dumps.getUnreadyTargetsDumpsList().stream()
        .map(dump -> new UnreadyTargets(dump.getName(), dump.getTargetNamesList()))
        .toList();
  }

  @Override
  public MemoryUsage memory() {
    return MemoryUsage.of(AdminJson.message(get("/memory"), Memory.newBuilder()).build());
  }

  @Override
  public RuntimeValues runtime() {
    return RuntimeValues.of(AdminJson.tree(get("/runtime")));
  }

  @Override
  public void modifyRuntime(Map<String, String> values) {
    post("/runtime_modify" + Query.of(values));
  }

  @Override
  public SortedMap<String, LogLevel> logLevels() {
    return Loggers.list(this::post);
  }

  @Override
  public LogLevelChange setLogLevel(LogLevel level) {
    return Loggers.set(this::post, level);
  }

  @Override
  public LogLevelChange setLogLevels(Map<String, LogLevel> levels) {
    return Loggers.set(this::post, levels);
  }

  @Override
  public void drainListeners(Drain drain) {
    post(drain.path());
  }

  @Override
  public void failHealthChecks() {
    post("/healthcheck/fail");
  }

  @Override
  public void passHealthChecks() {
    post("/healthcheck/ok");
  }

  @Override
  public void resetCounters() {
    post("/reset_counters");
  }

  /** One line: the address. */
  @Override
  public String toString() {
    return "EnvoyAdmin[" + endpoint + "]";
  }

  private AdminReply get(String path) {
    return endpoint.get(path, limits).ok();
  }

  private AdminReply post(String path) {
    return endpoint.post(path, limits).ok();
  }
}
