package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ProtobufContent;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.xds.XdsBackoff;
import dev.pilothouse.envoy.xds.XdsCheck;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.envoy.xds.XdsFleet;
import dev.pilothouse.envoy.xds.XdsNode;
import dev.pilothouse.envoy.xds.XdsOptions;
import dev.pilothouse.envoy.xds.XdsProtocol;
import dev.pilothouse.envoy.xds.XdsResponse;
import dev.pilothouse.envoy.xds.XdsServer;
import dev.pilothouse.envoy.xds.XdsType;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.ProxySync;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proxies without Envoy, at a real istiod. */
@SuppressWarnings("try") // A client is closed before its time.
class XdsClientIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String MARKER = "outbound|80||marker.example.com";
  private static final AtomicInteger SETTLINGS = new AtomicInteger();

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(
          IstiodSpec.defaults()
              // The webhook would refuse changes while istiod is down.
              .withValidation(false)
              .withEnvironment("PILOT_DEBOUNCE_AFTER", "10ms")
              .withEnvironment("PILOT_MAX_REQUESTS_PER_SECOND", "1000"));

  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();

  @ParameterizedTest
  @EnumSource(XdsProtocol.class)
  void aRejectionIsSeenByIstiod(XdsProtocol protocol) {
    MESH.apply(serviceEntry("disliked"));
    XdsNode node = XdsNode.sidecar("refuser", "default", "10.9.0.1");
    XdsOptions options =
        XdsOptions.of(node)
            .withProtocol(protocol)
            .withCheck(
                XdsCheck.rejecting(
                    resource -> resource.name().contains("disliked"), "I do not like it"));

    try (XdsClient client = XdsClient.connect(istiod(), options)) {
      EnvoyConfig config = client.await(c -> !c.resources(Resource.State.REJECTED).isEmpty(), SOON);

      ProxySync sync = MESH.istiod().await("refuser.default", ProxySync::rejected, SOON);
      assertThat(sync.types().get(ProxySync.CLUSTERS).lastError())
          .contains("outbound|80||disliked.example.com: I do not like it");
      assertThat(config.resources(Resource.State.REJECTED))
          .extracting(Resource::name, Resource::reason)
          .anySatisfy(
              rejected -> assertThat(rejected.toList().toString()).contains("I do not like it"));
      assertThat(config.clusters())
          .filteredOn(cluster -> cluster.state() == Resource.State.ACTIVE)
          .isNotEmpty()
          .extracting(ClusterResource::name)
          .noneMatch(name -> name.contains("disliked"));

      client.check(XdsCheck.acceptAll());
      client.reconnect();
      MESH.istiod().await("refuser.default", ProxySync::inSync, SOON);
      assertThat(client.awaitAnswered(SOON).resources(Resource.State.REJECTED)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(XdsProtocol.class)
  void changesAndDeletionsArrive(XdsProtocol protocol) {
    XdsOptions options =
        XdsOptions.of(XdsNode.sidecar("follower", "default", "10.9.0.2")).withProtocol(protocol);
    try (XdsClient client = XdsClient.connect(istiod(), options)) {
      client.awaitAnswered(SOON);
      long before = client.position();

      var applied = MESH.apply(serviceEntry("come-and-go"));

      String name = "outbound|80||come-and-go.example.com";
      EnvoyConfig with =
          client.await(config -> !config.endpoint(name).orElseThrow().endpoints().isEmpty(), SOON);
      assertThat(with.cluster(name)).isPresent();
      XdsResponse brought =
          client.awaitResponse(
              before, r -> r.is(XdsType.CLUSTERS) && r.added().contains(name), SOON);
      assertThat(brought.acknowledged()).isTrue();
      assertThat(brought.bytes()).isPositive();
      assertThat(brought.toString()).contains("CDS +1").contains("ACK");

      applied.close();

      EnvoyConfig without = client.await(config -> config.cluster(name).isEmpty(), SOON);
      assertThat(without.endpoint(name)).isEmpty();
      client.awaitResponse(
          brought.number(), r -> r.is(XdsType.CLUSTERS) && r.removed().contains(name), SOON);
      MESH.istiod().await("follower.default", ProxySync::inSync, SOON);
    }
  }

  @ParameterizedTest
  @EnumSource(XdsProtocol.class)
  void itComesBackAfterIstiodAndLearnsWhatHasGoneMeanwhile(XdsProtocol protocol) {
    String gone = "outbound|80||gone.example.com";
    String fresh = "outbound|80||fresh.example.com";
    var applied = MESH.apply(serviceEntry("gone"));
    XdsOptions options =
        XdsOptions.of(XdsNode.sidecar("survivor", "default", "10.9.0.3"))
            .withProtocol(protocol)
            .withBackoff(XdsBackoff.QUICK);
    try (XdsClient client = XdsClient.connect(istiod(), options)) {
      client.await(config -> config.cluster(gone).isPresent(), SOON);
      client.awaitAnswered(SOON);

      Processes.kill(istiodProcess());
      client.await(config -> !client.status().open(), SOON);
      assertThat(client.config().cluster(gone)).as("it keeps what it has").isPresent();
      applied.close();
      MESH.apply(serviceEntry("fresh"));
      MESH.istiod().restart(Duration.ofSeconds(30));

      client.await(
          config -> config.cluster(gone).isEmpty() && config.endpoint(fresh).isPresent(), SOON);
      EnvoyConfig after = client.awaitAnswered(SOON);
      assertThat(after.endpoint(gone)).isEmpty();
      assertThat(after.endpoint(fresh)).isPresent();
      assertThat(client.status().streams()).isGreaterThan(1);
      assertThat(client.status().lastError()).startsWith("UNAVAILABLE");
      MESH.istiod().await("survivor.default", ProxySync::inSync, SOON);
    }
  }

  @Test
  void whatConcernsOthersIsNotPushed() {
    MESH.apply("{apiVersion: v1, kind: Namespace, metadata: {name: elsewhere}}");
    settle();
    try (XdsFleet fleet = XdsFleet.of(istiod())) {
      XdsClient bystander = answered(fleet, XdsNode.sidecar("bystander", "default", "10.9.0.4"));
      XdsClient concerned = answered(fleet, XdsNode.sidecar("concerned", "elsewhere", "10.9.0.5"));
      long before = bystander.position();
      long beforeConcerned = concerned.position();

      MESH.apply(
          serviceEntry("hidden")
              .replace("{name: hidden}", "{name: hidden, namespace: elsewhere}")
              .replace("spec:", "spec:\n  exportTo: [.]"));
      concerned.awaitResponse(
          beforeConcerned, r -> r.touches("outbound|80||hidden.example.com"), SOON);
      MESH.apply(serviceEntry("marker"));

      XdsResponse marker =
          bystander.requireNothingPushed(
              before, r -> !r.touches(MARKER), r -> r.touches(MARKER), SOON);
      assertThat(marker.is(XdsType.CLUSTERS)).isTrue();
      assertThatThrownBy(
              () ->
                  bystander.requireNothingPushed(
                      before, r -> r.is(XdsType.CLUSTERS), r -> r.is(XdsType.ENDPOINTS), SOON))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("this was pushed")
          .hasMessageContaining("added: " + MARKER);
    }
  }

  @Test
  void silenceForAWhileIsNoticedAndBroken() {
    settle();
    XdsNode node = XdsNode.sidecar("listener", "default", "10.9.0.9");
    try (XdsClient client = XdsClient.connect(istiod(), node)) {
      client.awaitAnswered(SOON);
      long before = client.position();

      client.requireNothingPushedFor(before, r -> true, Duration.ofMillis(100));

      MESH.apply(serviceEntry("marker"));
      assertThatThrownBy(() -> client.requireNothingPushedFor(before, r -> true, SOON))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("this was pushed: #");
      client.close();
      assertThatThrownBy(() -> client.requireNothingPushedFor(client.position(), r -> true, SOON))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("silence proves nothing");
    }
  }

  @Test
  void manyShareConnectionsAndMessages() {
    MESH.apply(serviceEntry("shared"));
    try (XdsFleet fleet = XdsFleet.of(istiod())) {
      List<XdsClient> clients =
          IntStream.range(0, 150)
              .mapToObj(i -> XdsNode.sidecar("many-" + i, "default", "10.9.1." + i))
              .map(node -> fleet.connect(XdsOptions.of(node)))
              .toList();

      clients.forEach(
          client ->
              client.await(
                  config -> config.endpoint("outbound|80||shared.example.com").isPresent(), SOON));

      // istiod may have made the cluster a few times, each with its maps in another order.
      Set<ProtobufContent> copies = Collections.newSetFromMap(new IdentityHashMap<>());
      for (XdsClient client : clients) {
        client.resources(XdsType.CLUSTERS.typeUrl()).stream()
            .filter(cluster -> cluster.name().equals("outbound|80||shared.example.com"))
            .forEach(cluster -> copies.add(cluster.content()));
      }
      assertThat(copies).isNotEmpty().hasSizeLessThan(15);
      assertThat(fleet.clients()).hasSize(150);
      MESH.istiod().await("many-149.default", ProxySync::inSync, SOON);

      clients.get(0).close();
      assertThat(fleet.clients()).hasSize(149);
      assertThat(clients.get(0).config().clusters()).isNotEmpty();
    }
  }

  @Test
  void anInspectorReadsAndAwaitsIt() {
    XdsOptions options =
        XdsOptions.of(XdsNode.sidecar("inspected", "default", "10.9.0.6"))
            .withLabels(Map.of("profile", "UPSTREAM_ENVOY"));
    try (XdsClient client = XdsClient.connect(istiod(), options)) {
      EnvoyConfig read = inspector.read(client);
      assertThat(read.clusters()).isNotEmpty();
      assertThat(read.labels()).containsEntry("profile", "UPSTREAM_ENVOY");
      assertThat(read.source()).contains("inspected.default");

      MESH.apply(serviceEntry("awaited"));

      assertThat(
              inspector.await(
                  client,
                  config -> config.cluster("outbound|80||awaited.example.com").isPresent(),
                  SOON))
          .isNotSameAs(read);
    }
  }

  @Test
  void aWrongAddressIsToldInTheSystemsWords() {
    XdsNode node = XdsNode.sidecar("lost", "default", "10.9.0.7");
    try (XdsClient client = XdsClient.connect(XdsServer.plaintext("127.0.0.1", 1), node)) {
      client.await(config -> !client.status().lastError().isEmpty(), SOON);
      assertThatThrownBy(() -> client.awaitAnswered(Duration.ofMillis(1)))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("lost.default")
          .hasMessageContaining("Connection refused");
    }
  }

  @Test
  void aServerThatSpeaksNoGrpcIsToldAsSuch() {
    XdsNode node = XdsNode.sidecar("lost", "default", "10.9.0.8");
    XdsServer http = XdsServer.plaintext("127.0.0.1", MESH.istiod().monitoring().getPort());
    try (XdsClient client = XdsClient.connect(http, node)) {
      client.await(config -> !client.status().lastError().isEmpty(), SOON);
      assertThatThrownBy(() -> client.awaitAnswered(Duration.ofMillis(1)))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("not connected")
          .satisfies(e -> assertThat(client.status().lastError()).isNotEmpty());
    }
  }

  /** Whoever connects afterwards is not pushed what the test before has applied, or taken back. */
  private static void settle() {
    XdsNode node = XdsNode.sidecar("witness", "default", "10.9.0.10");
    try (XdsClient witness = XdsClient.connect(istiod(), node)) {
      witness.awaitAnswered(SOON);
      String name = "settled-" + SETTLINGS.incrementAndGet(); // not one that is being taken back
      MESH.apply(serviceEntry(name));
      witness.await(
          config -> config.cluster("outbound|80||" + name + ".example.com").isPresent(), SOON);
    }
  }

  private static XdsServer istiod() {
    return XdsServer.plaintext("127.0.0.1", MESH.istiod().xdsPort());
  }

  private static XdsClient answered(XdsFleet fleet, XdsNode node) {
    XdsClient client = fleet.connect(XdsOptions.of(node));
    client.awaitAnswered(SOON);
    return client;
  }

  private static List<ProcessHandle> istiodProcess() {
    String port = ":" + MESH.istiod().xdsPort();
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().commandLine().orElse("").contains(port))
        .filter(process -> process.info().commandLine().orElse("").contains("discovery"))
        .toList();
  }

  private static String serviceEntry(String name) {
    return """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: %1$s}
        spec:
          hosts: [%1$s.example.com]
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: STATIC
          endpoints: [{address: 10.8.0.1}]
        """
        .formatted(name);
  }
}
