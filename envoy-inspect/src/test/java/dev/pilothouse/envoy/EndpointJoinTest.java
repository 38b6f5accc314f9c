package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.Endpoint.Health;
import dev.pilothouse.envoy.EndpointStatus.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One list of a cluster's endpoints, from EDS, the cluster and {@code /clusters}. */
class EndpointJoinTest {
  private static final String HTTPBIN = "outbound|80|v1|httpbin.default.svc.cluster.local";

  @TempDir Path folder;

  @Test
  void joinsEdsWithWhatEnvoySays() {
    EnvoyConfig config = read(Dumps.text("accepted.json"), Dumps.text("clusters-status.json"));

    assertThat(config.hosts(HTTPBIN))
        .extracting(Endpoint::toString)
        .containsExactly("10.1.0.1:8080 healthy weight 1", "10.1.0.2:8080 unhealthy weight 5");
    assertThat(config.hosts("fixed"))
        .extracting(Endpoint::toString)
        .containsExactly(
            "127.0.0.1:9 healthy weight 3 in north/n1",
            // /clusters tells what made it unhealthy; the dump does not.
            "unix:backend.sock draining weight 1 in north/n1",
            "[::1]:9 healthy weight 1 priority 1");
    assertThat(config.hosts("fixed"))
        .allSatisfy(
            endpoint -> {
              assertThat(endpoint.cluster()).isEqualTo("fixed");
              assertThat(endpoint.status().orElseThrow().stats()).containsKey("rq_total");
              assertThat(config.raw().at(endpoint.pointer()).isObject()).isTrue();
            });
    assertThat(config.hosts()).hasSize(5);
  }

  @Test
  void withoutClustersItIsWhatTheDumpSays() {
    EnvoyConfig config = Dumps.read("accepted.json");

    assertThat(config.hosts("fixed"))
        .hasSameSizeAs(config.endpoint("fixed").orElseThrow().endpoints())
        .allSatisfy(endpoint -> assertThat(endpoint.status()).isEmpty());
    assertThat(config.hosts()).hasSize(5);
    assertThat(config.hosts("no such")).isEmpty();
  }

  @Test
  void withoutEdsItIsWhatTheClusterAndEnvoySay() {
    String withoutEds = withoutEds(Dumps.text("accepted.json"));
    EnvoyConfig alone = read(withoutEds);
    EnvoyConfig live = read(withoutEds, Dumps.text("clusters-status.json"));

    assertThat(alone.endpoints()).isEmpty();
    assertThat(alone.hosts("fixed")).extracting(Endpoint::address).hasSize(3);
    assertThat(alone.hosts(HTTPBIN)).isEmpty();
    assertThat(live.hosts("fixed")).hasSize(3).allSatisfy(e -> assertThat(e.live()).isNotNull());
    assertThat(live.hosts(HTTPBIN))
        .extracting(Endpoint::toString)
        .containsExactly("10.1.0.1:8080 healthy weight 1", "10.1.0.2:8080 unhealthy weight 5");
    Endpoint first = live.hosts(HTTPBIN).get(0);
    assertThat(live.raw().at(first.pointer()).has("health_status")).isTrue();
  }

  @Test
  void aClusterThatEdsKnowsByAnotherNameIsJoined() {
    String dump =
        """
        {"configs": [
          {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
           "static_clusters": [{"cluster": {"name": "a", "type": "EDS",
             "eds_cluster_config": {"service_name": "b"}}}]},
          {"@type": "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump",
           "dynamic_endpoint_configs": [{"endpoint_config": {"cluster_name": "b", "endpoints": [
             {"lb_endpoints": [{"endpoint": {"hostname": "h",
                "address": {"socket_address": {"address": "1.2.3.4", "port_value": 5}}}}]}]}}]}]}
        """;
    String clusters =
        """
        {"cluster_statuses": [{"name": "a", "host_statuses": [
          {"address": {"socket_address": {"address": "1.2.3.4", "port_value": 5}}, "weight": 7,
           "success_rate": {"value": 97.5}, "locality": {"region": "r"},
           "stats": [{"name": "rq_total", "value": "12"}],
           "health_status": {"eds_health_status": "HEALTHY", "failed_outlier_check": true}}]}]}
        """;

    EnvoyConfig config = read(dump, clusters);

    assertThat(config.hosts())
        .singleElement()
        .satisfies(
            endpoint -> {
              assertThat(endpoint.cluster()).isEqualTo("a");
              assertThat(endpoint.hostname()).isEqualTo("h");
              assertThat(endpoint.weight()).isEqualTo(7);
              assertThat(endpoint.locality()).isEqualTo("r");
              assertThat(endpoint.health()).isEqualTo(Health.UNHEALTHY);
              assertThat(endpoint.healthy()).isFalse();
              EndpointStatus status = endpoint.status().orElseThrow();
              assertThat(status.edsHealth()).isEqualTo(Health.HEALTHY);
              assertThat(status.failures()).containsExactly(Failure.FAILED_OUTLIER_CHECK);
              assertThat(status.ejected()).isTrue();
              assertThat(status.successRate()).hasValue(97.5);
              assertThat(status.stats()).containsEntry("rq_total", 12L);
            });
    assertThat(config.hosts("a").get(0))
        .hasToString("1.2.3.4:5 unhealthy weight 7 [failed_outlier_check] in r");
  }

  /** As Envoy's Host::healthStatus has it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'eds_health_status': 'HEALTHY';                                            HEALTHY",
        "'eds_health_status': 'HEALTHY', 'pending_dynamic_removal': true;           HEALTHY",
        "'eds_health_status': 'HEALTHY', 'failed_active_degraded_check': true;      DEGRADED",
        "'eds_health_status': 'DEGRADED';                                           DEGRADED",
        "'eds_health_status': 'DRAINING', 'failed_active_degraded_check': true;     DRAINING",
        "'failed_active_health_check': true, 'active_hc_timeout': true;             UNHEALTHY",
        "'eds_health_status': 'HEALTHY', 'failed_outlier_check': true;              UNHEALTHY",
      })
  void healthIsWhatEnvoyMakesOfAll(String status, Health health) {
    String clusters =
        "{\"cluster_statuses\": [{\"name\": \"a\", \"host_statuses\": [{\"health_status\": {%s}}]}]}"
            .formatted(status.replace('\'', '"'));

    assertThat(read("{\"configs\": []}", clusters).hosts("a"))
        .extracting(Endpoint::health)
        .containsExactly(health);
  }

  @Test
  void oneAddressInTwoLocalitiesIsTwoEndpoints() {
    String endpoint =
        "{\"endpoint\": {\"address\": {\"socket_address\": {\"address\": \"1.1.1.1\","
            + " \"port_value\": 1}}}}";
    String dump =
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump",
           "dynamic_endpoint_configs": [{"endpoint_config": {"cluster_name": "a", "endpoints": [
             {"locality": {"region": "r"}, "lb_endpoints": [%s]},
             {"locality": {"region": "s"}, "priority": 1, "lb_endpoints": [%s]}]}}]}]}
        """
            .formatted(endpoint, endpoint);
    String host =
        "{\"address\": {\"socket_address\": {\"address\": \"1.1.1.1\", \"port_value\": 1}},"
            + " \"weight\": %d, \"priority\": %d, \"locality\": {\"region\": \"%s\"}}";
    String clusters =
        "{\"cluster_statuses\": [{\"name\": \"a\", \"host_statuses\": [%s, %s]}]}"
            .formatted(host.formatted(8, 1, "s"), host.formatted(9, 0, "r"));

    assertThat(read(dump, clusters).hosts("a"))
        .extracting(Endpoint::toString)
        .containsExactly(
            "1.1.1.1:1 unknown weight 9 in r", "1.1.1.1:1 unknown weight 8 priority 1 in s");
  }

  @Test
  void filesAreReadTogetherAndSavedTogether() throws IOException {
    Path dump = Files.writeString(folder.resolve("dump.json"), Dumps.text("accepted.json"));
    Path clusters = Files.writeString(folder.resolve("c.json"), Dumps.text("clusters-status.json"));
    EnvoyConfigInspector inspector = EnvoyConfigInspector.create();

    EnvoyConfig config = inspector.read(ConfigSource.files(dump, clusters));
    config.save(folder.resolve("saved.json"));
    EnvoyConfig again = inspector.read(ConfigSource.file(folder.resolve("saved.json")));

    assertThat(config.hosts()).hasSize(5);
    assertThat(again.hosts()).isEqualTo(config.hosts());
    assertThat(again.raw()).isEqualTo(config.raw());
    assertThatThrownBy(() -> inspector.read(ConfigSource.file(clusters)))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("it is an answer to /clusters?format=json");
  }

  @Test
  void onlyTrafficIsNoChange() {
    String clusters = Dumps.text("clusters-status.json");
    EnvoyConfig before = read(Dumps.text("accepted.json"), clusters);

    String busy =
        clusters.replace("\"name\": \"rq_total\"", "\"name\": \"rq_total\", \"value\": 5");
    String sick =
        clusters.replace(
            "\"eds_health_status\": \"HEALTHY\"",
            "\"eds_health_status\": \"HEALTHY\", \"failed_outlier_check\": true");

    assertThat(read(before, busy)).isSameAs(before);
    assertThat(read(before, sick).hosts())
        .anySatisfy(e -> assertThat(e.status().orElseThrow().ejected()).isTrue());
  }

  private static EnvoyConfig read(EnvoyConfig earlier, String clusters) {
    return new ConfigReader(ConfigSource.text(""), earlier)
        .read(dump(Dumps.text("accepted.json"), clusters));
  }

  private static EnvoyConfig read(String... documents) {
    return new ConfigReader(ConfigSource.text(""), null).read(dump(documents));
  }

  private static ConfigDump dump(String... texts) {
    List<Document> documents = new ArrayList<>();
    for (String text : texts) {
      documents.add(
          Document.of("d" + documents.size(), text.getBytes(StandardCharsets.UTF_8), null));
    }
    return new ConfigDump(documents, List.of());
  }

  private static String withoutEds(String dump) {
    return dump.replace("admin.v3.EndpointsConfigDump", "admin.v3.LeftOutConfigDump");
  }
}
