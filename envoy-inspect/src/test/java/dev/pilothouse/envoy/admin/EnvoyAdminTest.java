package dev.pilothouse.envoy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.AdminReply;
import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.ReadLimits;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.live.RealEnvoy;
import dev.pilothouse.envoy.live.Scenarios;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The admin interface of a real Envoy. */
class EnvoyAdminTest {
  private static RealEnvoy envoy;
  private static EnvoyAdmin admin;

  @BeforeAll
  static void start() {
    envoy = RealEnvoy.start();
    admin = EnvoyAdmin.at(envoy.admin());
    Scenarios.pushAccepted(envoy);
    Scenarios.pushWarmingAndRejected(envoy);
  }

  @AfterAll
  static void stop() {
    envoy.close();
  }

  @Test
  void saysWhatEnvoyIs() {
    ServerInfo info = admin.serverInfo();

    assertThat(admin.ready()).isTrue();
    assertThat(info.version()).matches("1\\.\\d+\\.\\d+");
    assertThat(info.build()).contains("/" + info.version() + "/");
    assertThat(info.state()).isEqualTo("LIVE");
    assertThat(info.uptime()).isBetween(Duration.ZERO, Duration.ofHours(1));
    assertThat(info.nodeId()).startsWith("sidecar~127.0.0.1~client.default~");
    assertThat(info.nodeCluster()).isEqualTo("client.default");
    assertThat(info.options())
        .containsEntry("config_path", "bootstrap.json")
        .containsEntry("concurrency", "1")
        .containsEntry("drain_time", "600s");
    assertThat(info.toString()).contains(info.version()).doesNotContain("\n");
  }

  @Test
  void countsWhatItsStatisticsCount() {
    assertThat(admin.stats("^listener_manager\\.lds\\."))
        .containsEntry("listener_manager.lds.update_rejected", 1L)
        .allSatisfy((name, value) -> assertThat(name).startsWith("listener_manager.lds."));
    assertThat(admin.stats("no such statistic")).isEmpty();
    assertThat(admin.stats("")).containsKey("server.live");
    assertThatThrownBy(() -> admin.stats("["))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("HTTP 400")
        .hasMessageMatching("(?s).*(missing ]|Invalid re2 regex).*");
  }

  @Test
  void readsTheWholeConfiguration() {
    assertThat(admin.config().clusters())
        .extracting(Resource::name)
        .contains("fixed", "outbound|81||away");
    assertThat(admin.config(ConfigDumpQuery.all()).endpoints()).isNotEmpty();
    assertThat(admin.config(ConfigDumpQuery.all().withoutEndpoints()).endpoints()).isEmpty();
  }

  @Test
  void readsPartsOfTheConfiguration() {
    EnvoyConfig warming = admin.config(ConfigDumpQuery.of(ConfigSection.DYNAMIC_WARMING_CLUSTERS));
    EnvoyConfig names =
        admin.config(
            ConfigDumpQuery.of(ConfigSection.DYNAMIC_LISTENERS)
                .withMask("name")
                .withNameRegex("out.*|wait.*"));
    EnvoyConfig nothing = admin.config(ConfigDumpQuery.of(ConfigSection.ECDS_FILTERS));
    EnvoyConfig bootstrap = admin.config(ConfigDumpQuery.all().withMask("bootstrap"));

    assertThat(warming.resources()).extracting(Resource::state).containsExactly(State.WARMING);
    assertThat(names.resources())
        .extracting(Resource::name)
        .contains("outbound", "waiting")
        .doesNotContain("passing", "fixed-listener");
    assertThat(nothing.resources()).isEmpty();
    assertThat(bootstrap.resources())
        .extracting(Resource::section)
        .containsExactly(ConfigSection.BOOTSTRAP);
    assertThatThrownBy(
            () ->
                admin.config(
                    ConfigDumpQuery.of(ConfigSection.STATIC_CLUSTERS).withMask("no_such_field")))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("HTTP 400");
  }

  @Test
  void listsClustersWithTheirHosts() {
    ClusterStatus cluster =
        admin.clusters().stream()
            .filter(c -> c.name().endsWith("svc.cluster.local"))
            .findFirst()
            .orElseThrow();

    assertThat(cluster.addedViaApi()).isTrue();
    assertThat(cluster.hosts())
        .extracting(h -> h.address().toString())
        .containsExactly("10.1.0.1:8080", "10.1.0.2:8080");
    assertThat(cluster.hosts())
        .extracting(ClusterStatus.HostStatus::healthy)
        .containsExactly(true, false);
    assertThat(cluster.hosts())
        .extracting(ClusterStatus.HostStatus::weight)
        .containsExactly(1L, 5L);
    assertThat(cluster.hosts().get(0).stats()).containsEntry("rq_total", 0L);
    assertThat(cluster.hosts())
        .extracting(ClusterStatus.HostStatus::healthFlags)
        .containsExactly(List.of(), List.of("failed_eds_health"));
    assertThat(cluster.circuitBreakers())
        .extracting(ClusterStatus.CircuitBreaker::priority)
        .containsExactly("DEFAULT", "HIGH");
    assertThat(cluster.circuitBreakers().get(0).maxConnections()).isEqualTo(1024);

    ClusterStatus fixed =
        admin.clusters().stream().filter(c -> c.name().equals("fixed")).findFirst().orElseThrow();
    assertThat(fixed.addedViaApi()).isFalse();
    assertThat(fixed.hosts())
        .extracting(ClusterStatus.HostStatus::locality)
        .containsExactly("north/n1", "north/n1", "");
    assertThat(fixed.hosts())
        .extracting(ClusterStatus.HostStatus::priority)
        .containsExactly(0, 0, 1);
  }

  @Test
  void listsListenersWithTheirRealPorts() {
    ListenerStatus fixed = listener("fixed-listener");

    assertThat(admin.listeners())
        .extracting(ListenerStatus::name)
        .contains("fixed-listener", "outbound")
        .doesNotContain("waiting", "refused");
    assertThat(fixed.address().host()).isEqualTo("127.0.0.1");
    assertThat(fixed.address().port()).isPositive();
    assertThat(fixed.additionalAddresses()).isEmpty();
  }

  @Test
  void tellsWhatItWaitsFor() {
    assertThat(admin.unreadyTargets())
        .anySatisfy(
            waiting -> assertThat(waiting.targets()).asString().contains("RdsRouteConfig", "away"));
  }

  @Test
  void tellsItsMemory() {
    MemoryUsage memory = admin.memory();

    assertThat(memory.allocated()).isBetween(1L << 20, 1L << 34);
    assertThat(memory.heapSize()).isGreaterThanOrEqualTo(memory.allocated());
    assertThat(memory.totalPhysicalBytes()).isPositive();
  }

  @Test
  void anEnvoyWithoutTlsHasNoCertificates() {
    assertThat(admin.certificates()).isEmpty();
  }

  @Test
  void anAnswerMayBeTooLargeOrTooLate() {
    EnvoyAdmin small = EnvoyAdmin.at(envoy.admin(), ReadLimits.DEFAULT.withMaxBytes(100));
    EnvoyAdmin hasty =
        EnvoyAdmin.at(envoy.admin(), ReadLimits.DEFAULT.withTimeout(Duration.ofNanos(1)));

    assertThatThrownBy(small::serverInfo)
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("limit of 100 bytes");
    assertThatThrownBy(hasty::clusters)
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("no complete answer");
  }

  private static ListenerStatus listener(String name) {
    return admin.listeners().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theVerbMatters() {
    AdminEndpoint endpoint = admin.endpoint();
    AdminReply get = endpoint.get("/reset_counters", ReadLimits.DEFAULT);

    assertThat(get.status()).isEqualTo(405);
    assertThatThrownBy(get::ok)
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("GET " + envoy.admin() + "/reset_counters: HTTP 405")
        .hasMessageContaining("POST required");
    assertThat(endpoint.post("/reset_counters", ReadLimits.DEFAULT).ok().text()).isEqualTo("OK\n");
  }

  @Test
  void anUnknownPathIsAnError() {
    AdminReply reply = admin.endpoint().get("/no/such/path", ReadLimits.DEFAULT);

    assertThatThrownBy(reply::ok)
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("HTTP 404: invalid path");
  }
}
