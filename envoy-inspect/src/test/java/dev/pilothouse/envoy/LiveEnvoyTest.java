package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.live.Pushed;
import dev.pilothouse.envoy.live.RealEnvoy;
import dev.pilothouse.envoy.live.Scenarios;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading and waiting on a real Envoy. */
class LiveEnvoyTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();
  private RealEnvoy envoy;
  private AdminConfigSource source;

  @BeforeEach
  void start() {
    envoy = RealEnvoy.start();
    source = ConfigSource.admin(envoy.admin());
  }

  @AfterEach
  void stop() {
    envoy.close();
  }

  @Test
  void readsWhatWasPushed() {
    EnvoyConfig config = Scenarios.pushAccepted(envoy);

    assertThat(config.listener("outbound").orElseThrow().version()).isEqualTo("l1");
    assertThat(config.secret("password")).isPresent();
    assertThat(config.raw().toString()).doesNotContain("never-to-be-seen");
    assertThat(config.source()).isEqualTo(envoy.admin().toString());
    assertThat(config.resources())
        .allSatisfy(r -> assertThat(r.message().getSerializedSize()).isPositive());
  }

  @Test
  void knowsTheStateOfTheEndpoints() {
    Scenarios.pushAccepted(envoy);
    String cluster = "outbound|80|v1|httpbin.default.svc.cluster.local";

    EnvoyConfig config = inspector.read(source);

    assertThat(config.hosts(cluster))
        .extracting(Endpoint::toString)
        .containsExactly("10.1.0.1:8080 healthy weight 1", "10.1.0.2:8080 unhealthy weight 5");
    assertThat(config.hosts(cluster))
        .allSatisfy(
            endpoint ->
                assertThat(endpoint.status().orElseThrow().stats()).containsKey("cx_active"));
    // By name and by section nobody asked for it.
    EnvoyConfig some = inspector.read(source.only(ConfigSection.DYNAMIC_ENDPOINT_CONFIGS));
    assertThat(some.hosts(cluster)).hasSize(2).allSatisfy(e -> assertThat(e.status()).isEmpty());
  }

  @Test
  void waitsForTheHealthOfAnEndpoint() {
    Scenarios.pushAccepted(envoy);
    String cluster = "outbound|80|v1|httpbin.default.svc.cluster.local";
    CompletableFuture<EnvoyConfig> seen =
        CompletableFuture.supplyAsync(
            () ->
                inspector.await(
                    source, c -> c.hosts(cluster).stream().allMatch(Endpoint::healthy), LONG));

    envoy.endpoints("e2", Pushed.healthyEndpoints(cluster));

    assertThat(seen.join().hosts(cluster)).hasSize(2);
  }

  @Test
  void tellsWarmingDrainingAndRejectedApart() {
    Scenarios.pushAccepted(envoy);

    EnvoyConfig config = Scenarios.pushWarmingAndRejected(envoy);

    assertThat(config.resources(State.REJECTED))
        .extracting(Resource::name)
        .containsExactly("refused");
    assertThat(config.resources(State.DRAINING))
        .extracting(Resource::name)
        .containsExactly("passing");
    assertThat(config.resources(State.WARMING))
        .extracting(Resource::name)
        .containsExactlyInAnyOrder("waiting", "outbound|81||away");
  }

  @Test
  void readsSectionBySectionWhatEnvoyCannotPrintAsAWhole() {
    Scenarios.pushAccepted(envoy);

    EnvoyConfig config = Scenarios.pushUnknownType(envoy);

    ListenerResource rejected = config.listener("from-istiod").orElseThrow();
    assertThat(rejected.state()).isEqualTo(State.REJECTED);
    assertThat(rejected.reason()).contains("istio.alpn");
    assertThat(config.listener("outbound").map(Resource::state)).contains(State.ACTIVE);
    assertThat(config.route("80")).isPresent();
    assertThat(config.bootstrap()).isPresent();
    assertThat(config.endpoints()).isNotEmpty();
    assertThat(config.omissions())
        .singleElement()
        .satisfies(
            omission -> {
              assertThat(omission.part()).isEqualTo("failed_configuration in dynamic_listeners");
              assertThat(omission.reason()).contains(Pushed.UNKNOWN_TYPE);
            });
    assertThat(config.resources())
        .filteredOn(r -> !r.raw().isEmpty())
        .allSatisfy(r -> assertThat(config.raw().at(r.pointer())).isEqualTo(r.raw()));
  }

  @Test
  void readsTheWholeAgainOnceEnvoyCanPrintIt() {
    Scenarios.pushAccepted(envoy);
    Scenarios.pushUnknownType(envoy);
    assertThat(inspector.read(source).omissions()).isNotEmpty();

    envoy.listeners("l4", Pushed.listener("outbound", "80", true));

    inspector.await(source, c -> c.resources(State.REJECTED).isEmpty(), LONG);
    assertThat(inspector.read(source).omissions()).isEmpty();
  }

  @Test
  void readsSomeSectionsOnly() {
    Scenarios.pushAccepted(envoy);
    Scenarios.pushWarmingAndRejected(envoy);

    EnvoyConfig config =
        inspector.read(
            source.only(
                ConfigSection.BOOTSTRAP,
                ConfigSection.DYNAMIC_ROUTE_CONFIGS,
                ConfigSection.DYNAMIC_WARMING_CLUSTERS,
                ConfigSection.DYNAMIC_ENDPOINT_CONFIGS,
                ConfigSection.ECDS_FILTERS));

    assertThat(config.resources())
        .extracting(Resource::section)
        .containsExactly(
            ConfigSection.BOOTSTRAP,
            ConfigSection.DYNAMIC_WARMING_CLUSTERS,
            ConfigSection.DYNAMIC_ROUTE_CONFIGS,
            ConfigSection.DYNAMIC_ENDPOINT_CONFIGS);
    assertThat(config.resources(State.WARMING))
        .extracting(Resource::name)
        .containsExactly("outbound|81||away");
  }

  @Test
  void readsSomeNamesOnly() {
    Scenarios.pushAccepted(envoy);

    EnvoyConfig config =
        inspector.read(source.only(ConfigSection.DYNAMIC_LISTENERS).named("out.*"));

    assertThat(config.resources()).extracting(Resource::name).containsExactly("outbound");
    assertThatThrownBy(() -> inspector.read(source.named("[")))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("HTTP 400")
        .hasMessageContaining("missing ]");
  }

  @Test
  void waitsForAPush() {
    Scenarios.pushAccepted(envoy);
    ConfigSource routes = source.only(ConfigSection.DYNAMIC_ROUTE_CONFIGS);

    for (ConfigSource each : new ConfigSource[] {source, routes}) {
      String value = each == source ? "two" : "three";
      CompletableFuture<EnvoyConfig> seen =
          CompletableFuture.supplyAsync(
              () -> inspector.await(each, c -> header(c).equals(value), LONG));
      envoy.routes(value, Pushed.routes("80", value));

      assertThat(seen.join().route("80").orElseThrow().version()).isEqualTo(value);
    }
  }

  @Test
  void waitsForEachOfManyPushes() {
    Scenarios.pushAccepted(envoy);
    ConfigSource routes = source.only(ConfigSection.DYNAMIC_ROUTE_CONFIGS);

    for (int i = 0; i < 50; i++) {
      String value = "v" + i;
      envoy.routes(value, Pushed.routes("80", value));
      assertThat(inspector.await(routes, c -> header(c).equals(value), LONG)).isNotNull();
    }
  }

  @Test
  void aRunningEnvoyThatDoesNotChangeIsSeenNotToChange() {
    Scenarios.pushAccepted(envoy);

    // Envoy writes the keys of the bootstrap's metadata in another order for each answer.
    assertThatThrownBy(() -> inspector.await(source, c -> false, Duration.ofMillis(500)))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining(" 0 changes");
  }

  @Test
  void anEnvoyThatDiesIsNamed() {
    Scenarios.pushAccepted(envoy);
    CompletableFuture<EnvoyConfig> seen =
        CompletableFuture.supplyAsync(
            () ->
                inspector.await(
                    source,
                    c -> {
                      envoy.process().close(); // when it was read once
                      return false;
                    },
                    Duration.ofSeconds(15)));

    assertThatThrownBy(seen::join)
        .hasCauseInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("The last read failed: GET " + envoy.admin());
  }

  private static String header(EnvoyConfig config) {
    VirtualHost host = config.route("80").orElseThrow().virtualHosts().get(0);
    return host.routes().get(0).responseHeader("x-dev").orElseThrow();
  }
}
