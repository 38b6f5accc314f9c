package dev.pilothouse.envoy.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.admin.LogLevel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of the recorded dumps; IstioctlTablesIT compares them with the real istioctl's. */
class TablesTest {
  private static final Path DUMPS = Path.of("src/test/resources/dumps");
  private static final EnvoyTables SIDECAR = EnvoyTables.of(read("istio-sidecar.json"));
  private static final EnvoyTables STATES = EnvoyTables.of(read("warming-and-rejected.json"));
  private static final EnvoyTables ISTIOD = EnvoyTables.of(read("istiod-debug.json"));

  @Test
  void routesTellWhatIstioctlLeavesOut() {
    List<Map<String, String>> rows = rows(SIDECAR.routes().name("8000"));

    assertThat(rows).hasSize(6);
    assertThat(rows.get(0))
        .containsEntry("MATCH", "/get*")
        .containsEntry("CONDITIONS", "x-user exact \"jane\"")
        .containsEntry(
            "DESTINATION",
            "25% outbound|8000|v2|httpbin.default.svc.cluster.local,"
                + " 75% outbound|8000|v1|httpbin.default.svc.cluster.local")
        .containsEntry(
            "POLICY",
            "timeout 4s, retries 3 on 5xx, each 1s,"
                + " mirror 100% to outbound|9080||reviews.default.svc.cluster.local,"
                + " response headers x-from=\"canary\" x-more+=\"1\" -x-gone")
        .containsEntry("VIRTUAL SERVICE", "httpbin.default");
    assertThat(rows.get(1)).containsEntry("CONDITIONS", ":method exact \"GET\", ?q exact \"1\"");
    assertThat(rows.get(2)).containsEntry("DESTINATION", "redirect 302 to /new");
    assertThat(rows.get(3)).containsEntry("DESTINATION", "respond 418 \"short and stout\"");
    assertThat(rows.get(4)).containsEntry("POLICY", "retries 2 (Istio's default)");
    assertThat(rows.get(5)).containsEntry("DESTINATION", "PassthroughCluster");
  }

  @Test
  void routesAreChosenByDomain() {
    assertThat(rows(SIDECAR.routes().domain("reviews")))
        .extracting(row -> row.get("VHOST NAME"))
        .containsExactly("reviews.default.svc.cluster.local:9080");
    assertThat(SIDECAR.routes().domain("reviews").resources()).hasSize(1);
    assertThat(SIDECAR.routes().domain("nowhere").resources()).isEmpty();
  }

  @Test
  void aSummaryCountsVirtualHosts() {
    assertThat(rows(SIDECAR.routes().name("8000").summary()))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row).containsEntry("NAME", "8000").containsEntry("VIRTUAL HOSTS", "2"));
    assertThat(SIDECAR.routes().summary().columns()).doesNotContain("DESTINATION");
  }

  @Test
  void allTablesAreNarrowedTogether() {
    String all = SIDECAR.all().fqdn("httpbin").subset("v1").port(8000).name("9080").table();

    assertThat(all)
        .containsOnlyOnce("outbound|9080||reviews")
        .doesNotContain("short and stout", "outbound|9000", "v2   ");
    assertThat(SIDECAR.all().table()).isEqualTo(SIDECAR.table());
    assertThat(SIDECAR.all().type("tcp").address("0.0.0.0").direction("inbound").summary().table())
        .contains("CLUSTERS\n(none)\n", "ENDPOINTS\n(none)\n", "VIRTUAL HOSTS");
  }

  @Test
  void domainsAreShortenedUnlessAllAreWanted() {
    RouteTable reviews = SIDECAR.routes().domain("reviews");

    assertThat(rows(reviews).get(0))
        .containsEntry("DOMAINS", "reviews.default.svc.cluster.local., reviews + 2 more...");
    assertThat(rows(reviews.withAllDomains()).get(0).get("DOMAINS"))
        .contains("reviews.default.svc, ", "reviews.default.svc.cluster.local,");
  }

  @Test
  void clustersTellTheirTlsAndLimits() {
    assertThat(rows(ISTIOD.clusters().fqdn("reviews")).get(0))
        .containsEntry(
            "TLS",
            "mTLS [ROOTCA, default] sni outbound_.9080_._.reviews.default.svc.cluster.local"
                + " for tlsMode=istio; plain for others")
        .containsEntry("CIRCUIT BREAKERS", "");
    assertThat(rows(ISTIOD.clusters().subset("v1").port(8000)))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row)
                    .containsEntry("TLS", "plain")
                    .containsEntry("LB", "LEAST_REQUEST")
                    .containsEntry("CIRCUIT BREAKERS", "connections 7, pending 3")
                    .containsEntry("OUTLIER DETECTION", "5xx 4, every 2s, ejected for 9s")
                    .containsEntry("DESTINATION RULE", "httpbin.default"));
    assertThat(ISTIOD.clusters().direction("inbound").resources()).isEmpty();
    assertThat(ISTIOD.clusters().subset("v").resources()).isEmpty();
  }

  @Test
  void listenersTellTlsAndFilters() {
    assertThat(rows(ISTIOD.listeners().port(15006)))
        .anySatisfy(
            row ->
                assertThat(row)
                    .containsEntry("CHAIN", "virtualInbound-catchall-http")
                    .containsEntry("TLS", "mTLS [ROOTCA, default]")
                    .containsEntry("DESTINATION", "InboundPassthroughCluster")
                    .containsEntry(
                        "FILTERS",
                        "istio.metadata_exchange, http[istio.metadata_exchange, rbac, grpc_stats,"
                            + " fault, cors, router]"))
        .anySatisfy(row -> assertThat(row).containsEntry("DESTINATION", "BlackHoleCluster"));
    assertThat(rows(ISTIOD.listeners().summary().type("http+tcp")))
        .extracting(row -> row.get("PORT"))
        .containsExactly("8000", "9080", "9090", "15006");
    assertThat(ISTIOD.listeners().address("10.96.0.1").resources())
        .extracting(Resource::name)
        .containsExactly("10.96.0.1_443");
  }

  @Test
  void whatIsNotActiveIsToldWithItsReason() {
    assertThat(rows(STATES.listeners()))
        .extracting(row -> row.get("NAME") + " " + row.get("STATE"))
        .containsExactly(
            "fixed-listener ",
            "outbound ",
            "waiting WARMING",
            "passing DRAINING",
            "refused REJECTED");
    ResourceTable<?> rejected = STATES.listeners().where(l -> l.state() == State.REJECTED);
    assertThat(rows(rejected))
        .singleElement()
        .satisfies(row -> assertThat(row.get("REASON")).contains("no.such.filter"));
    assertThat(rejected.table()).contains("REJECTED", "no.such.filter");
    assertThat(SIDECAR.listeners().table()).doesNotContain("STATE", "REASON");
    assertThat(rows(STATES.clusters().fqdn("away")).get(0)).containsEntry("STATE", "WARMING");
  }

  @Test
  void everythingThatIsNotInUseIsInOneTable() {
    assertThat(rows(STATES.inactive()))
        .extracting(row -> row.get("NAME") + " " + row.get("STATE"))
        .containsExactlyInAnyOrder(
            "waiting WARMING", "passing DRAINING", "refused REJECTED", "outbound|81||away WARMING");
    assertThat(rows(STATES.inactive().where(r -> r.state() == State.REJECTED)).get(0))
        .hasEntrySatisfying("REASON", reason -> assertThat(reason).contains("no.such.filter"))
        .hasEntrySatisfying("SINCE", time -> assertThat(time).endsWith("Z"));
    assertThat(STATES.table()).contains("NOT IN USE\nSECTION ");
    assertThat(SIDECAR.inactive().resources()).isEmpty();
    assertThat(SIDECAR.table()).doesNotContain("NOT IN USE");
  }

  @Test
  void endpointsTellWeightPriorityAndWhatFailed() {
    assertThat(rows(STATES.endpoints().cluster("FIXED")))
        .extracting(row -> row.get("ENDPOINT") + " " + row.get("WEIGHT") + row.get("PRIORITY"))
        .containsExactly("127.0.0.1:9 3", "unix:backend.sock 1", "[::1]:9 11");
    assertThat(STATES.endpoints().status("unhealthy").endpoints()).hasSize(2);
    assertThat(STATES.endpoints().where(e -> !e.healthy()).endpoints()).hasSize(2);
    assertThat(STATES.endpoints().address("10.1.0.2").port(8080).endpoints()).hasSize(1);
    assertThat(STATES.endpoints().address("10.1.0.2:8080").json()).contains("\"cluster_name\"");

    EnvoyConfig live =
        EnvoyConfigInspector.create()
            .read(
                ConfigSource.files(
                    DUMPS.resolve("accepted.json"), DUMPS.resolve("clusters-status.json")));
    assertThat(rows(EnvoyTables.of(live).endpoints()))
        .extracting(row -> row.get("OUTLIER CHECK"))
        .containsOnly("OK");
  }

  @Test
  void theBootstrapIsToldItemByItem() {
    assertThat(SIDECAR.bootstrap().rows())
        .contains(
            List.of("Istio Version", "1.31-dev"),
            List.of("Envoy Version", "1.40.0/Clean/RELEASE/BoringSSL"),
            List.of("Control plane", "cluster xds-grpc (DELTA_GRPC)"));
    assertThat(STATES.bootstrap().rows())
        .contains(List.of("Static secrets", "password"), List.of("Node cluster", "client.default"));
  }

  @Test
  void secretsTellTheirCertificates() {
    EnvoyTables discovered = EnvoyTables.of(read("discovered.json"));
    List<Map<String, String>> secrets = rows(discovered.secrets());

    assertThat(secrets).anySatisfy(row -> assertThat(row).containsEntry("TYPE", "GENERIC_SECRET"));
    assertThat(secrets)
        .filteredOn(row -> "server".equals(row.get("RESOURCE NAME")))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row)
                  .containsEntry("TYPE", "Cert Chain")
                  .containsEntry("STATUS", "ACTIVE")
                  .containsEntry("TRUST DOMAIN", "cluster.local")
                  .containsKey("VALID CERT");
              assertThat(row.get("SERIAL NUMBER")).matches("[0-9a-f]{32,}");
              assertThat(row.get("NOT AFTER")).matches("\\d{4}-.*Z");
              assertThat(row.get("NAMES")).contains("DNS:web.example.com");
            });
    assertThat(rows(discovered.secrets().where(s -> s.state() == State.WARMING)))
        .extracting(row -> row.get("RESOURCE NAME"))
        .containsExactly("never-comes");
  }

  @Test
  void aSecretThatCannotBeReadSaysWhy() {
    String dump =
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.SecretsConfigDump",
          "dynamic_active_secrets": [{"name": "broken", "secret": {"name": "broken",
            "tls_certificate": {"certificate_chain": {"inline_string": "none"}}}}]}]}
        """;
    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.text(dump));

    assertThat(rows(EnvoyTables.of(config).secrets()))
        .singleElement()
        .satisfies(row -> assertThat(row.get("FAULT")).contains("it is no certificate"));
  }

  @Test
  void scopesAndExtensionsAreTablesToo() {
    EnvoyTables discovered = EnvoyTables.of(read("discovered.json"));

    assertThat(discovered.scopedRoutes().rows()).isNotEmpty();
    assertThat(discovered.table()).contains("SCOPED ROUTES\nSCOPE ");
    assertThat(rows(discovered.ecds()))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row)
                    .containsEntry("ECDS NAME", "fault")
                    .containsEntry("TYPE", "envoy.extensions.filters.http.fault.v3.HTTPFault"));
  }

  @Test
  void everythingIsOneText() {
    String text = STATES.table();

    assertThat(text)
        .contains("BOOTSTRAP\n", "CLUSTERS\n", "LISTENERS\n", "ROUTES\n", "SECRETS\n")
        .contains("ENDPOINTS\n", "ECDS\n(none)\n")
        .contains("password        GENERIC_SECRET   ACTIVE")
        .doesNotContain("never-to-be-seen")
        .doesNotContain(" \n")
        .doesNotContain("\r");
  }

  @Test
  void logLevelsAreATable() {
    Table table = EnvoyTables.logLevels(Map.of("http", LogLevel.DEBUG, "admin", LogLevel.INFO));

    assertThat(table.table()).isEqualTo("LOGGER   LEVEL\nadmin    info\nhttp     debug\n");
    assertThat(table).hasToString("Table[2 loggers]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"istio-sidecar.json", "warming-and-rejected.json", "istiod-debug.json"})
  void documentsHoldWhatWasRead(String dump) throws Exception {
    EnvoyTables tables = EnvoyTables.of(read(dump));
    for (ResourceTable<?> table : List.of(tables.clusters(), tables.listeners())) {
      List<JsonNode> raw = table.resources().stream().map(Resource::raw).toList();

      assertThat(new ObjectMapper().readTree(table.json())).containsExactlyElementsOf(raw);
      assertThat(new YAMLMapper().readTree(table.yaml()))
          .usingElementComparator((a, b) -> a.toString().equals(b.toString()) ? 0 : 1)
          .containsExactlyElementsOf(raw);
    }
    assertThat(new ObjectMapper().readTree(tables.json())).isEqualTo(tables.config().raw());
  }

  @Test
  void textsThatLookLikeNumbersStayTexts() throws Exception {
    String dump =
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
          "static_route_configs": [{"route_config": {"name": "8000", "virtual_hosts": [
            {"name": "yes", "domains": ["1e3", "null", "*", "a: b", " x", "0x1F", "#c", "0o7", "1_000", "12:30",
             "2026-11-22", ".inf", "-.5", "10.1.0.1", "10s", "~", "true", "a\\nb", "- a", ""]}]}}]}]}
        """;
    RouteTable table =
        EnvoyTables.of(EnvoyConfigInspector.create().read(ConfigSource.text(dump))).routes();

    assertThat(new YAMLMapper().readTree(table.yaml()).get(0))
        .isEqualTo(table.resources().get(0).raw());
    assertThat(rows(table).get(0)).containsEntry("DESTINATION", "404").containsEntry("MATCH", "/*");
  }

  @Test
  void eachSaysOnOneLineWhatItIs() {
    assertThat(SIDECAR.routes()).hasToString("RouteTable[3 of 3 route configurations]");
    assertThat(SIDECAR.clusters().port(8000)).hasToString("ClusterTable[3 of 14 clusters]");
    assertThat(SIDECAR.listeners().port(8000)).hasToString("ListenerTable[1 of 5 listeners]");
    assertThat(SIDECAR.endpoints().port(18000)).hasToString("EndpointTable[4 endpoints]");
    assertThat(SIDECAR.secrets()).hasToString("Table[0 of 0 secrets]");
    assertThat(SIDECAR.toString()).startsWith("EnvoyTables[").doesNotContain("\n");
  }

  private static EnvoyConfig read(String dump) {
    return EnvoyConfigInspector.create().read(ConfigSource.file(DUMPS.resolve(dump)));
  }

  private static List<Map<String, String>> rows(Table table) {
    List<String> columns = table.columns();
    return table.rows().stream()
        .map(
            row -> {
              Map<String, String> cells = new LinkedHashMap<>();
              for (int i = 0; i < columns.size(); i++) {
                cells.put(columns.get(i), row.get(i));
              }
              return cells;
            })
        .toList();
  }
}
