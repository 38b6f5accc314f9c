package dev.pilothouse.envoy.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.Unknown;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server does wrong that istiod never does. */
class XdsFaultsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String CDS = XdsType.CLUSTERS.typeUrl();
  private static final String EDS = XdsType.ENDPOINTS.typeUrl();
  private static final String LDS = XdsType.LISTENERS.typeUrl();

  private static final ConfigSource ADS =
      ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance()).build();

  private final XdsOptions options =
      XdsOptions.of(XdsNode.sidecar("app", "default", "10.0.0.1")).withBackoff(XdsBackoff.QUICK);
  private ScriptedServer server;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void itAsksAsEnvoyDoes() throws InterruptedException {
    try (XdsClient client = XdsClient.connect(server.address(), options)) {
      StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
      DeltaDiscoveryRequest first = server.deltaRequest(r -> true);
      assertThat(first.getTypeUrl()).isEqualTo(CDS);
      assertThat(first.getNode().getId()).isEqualTo(client.node().id());
      assertThat(first.getResourceNamesSubscribeList()).isEmpty();

      stream.onNext(delta(CDS, "n1").addResources(resource("a", edsCluster("a"))).build());

      DeltaDiscoveryRequest endpoints = server.deltaRequest(r -> true);
      assertThat(endpoints.getTypeUrl()).isEqualTo(EDS);
      assertThat(endpoints.getResourceNamesSubscribeList()).containsExactly("a");
      assertThat(endpoints.hasNode()).isFalse();
      assertThat(server.deltaRequest(r -> true).getTypeUrl()).isEqualTo(LDS);
      DeltaDiscoveryRequest ack = server.deltaRequest(r -> true);
      assertThat(ack.getTypeUrl()).isEqualTo(CDS);
      assertThat(ack.getResponseNonce()).isEqualTo("n1");
      assertThat(ack.hasErrorDetail()).isFalse();
      assertThat(client.status().unanswered()).containsExactly(EDS, LDS);
      assertThat(client.config().cluster("a").orElseThrow().state()).isEqualTo(State.WARMING);

      stream.onNext(delta(EDS, "n2").addResources(resource("a", assignment("a"))).build());
      stream.onNext(delta(LDS, "n3").build());

      EnvoyConfig config = client.awaitAnswered(SOON);
      assertThat(config.cluster("a").orElseThrow().state()).isEqualTo(State.ACTIVE);
      assertThat(config.endpoint("a")).isPresent();

      stream.onNext(delta(CDS, "n4").addRemovedResources("a").build());

      DeltaDiscoveryRequest unsubscribe =
          server.deltaRequest(r -> !r.getResourceNamesUnsubscribeList().isEmpty());
      assertThat(unsubscribe.getTypeUrl()).isEqualTo(EDS);
      assertThat(unsubscribe.getResourceNamesUnsubscribeList()).containsExactly("a");
      assertThat(client.await(c -> c.clusters().isEmpty(), SOON).endpoints()).isEmpty();
    }
  }

  @Test
  void garbageIsRejectedAndTheRestIsTaken() throws InterruptedException {
    try (XdsClient client = XdsClient.connect(server.address(), options)) {
      StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
      Resource garbage =
          Resource.newBuilder()
              .setName("garbage")
              .setResource(
                  Any.newBuilder()
                      .setTypeUrl(CDS)
                      .setValue(ByteString.copyFromUtf8("no protobuf at all")))
              .build();
      stream.onNext(
          delta(CDS, "n1").addResources(garbage).addResources(resource("a", cluster("a"))).build());

      DeltaDiscoveryRequest nack = server.deltaRequest(DeltaDiscoveryRequest::hasErrorDetail);
      assertThat(nack.getResponseNonce()).isEqualTo("n1");
      assertThat(nack.getErrorDetail().getCode()).isEqualTo(Status.Code.INTERNAL.value());
      assertThat(nack.getErrorDetail().getMessage()).startsWith("garbage: ");
      XdsResponse response = client.awaitResponse(0, r -> true, SOON);
      assertThat(response.refused()).containsExactly("garbage");
      assertThat(response.added()).containsExactly("a");
      assertThat(client.config().cluster("a").orElseThrow().state()).isEqualTo(State.ACTIVE);
      assertThat(client.config().cluster("garbage").orElseThrow().state())
          .isEqualTo(State.REJECTED);
      assertThat(client.config().toString()).contains("1 rejected");
      assertThat(client.config().unknown()).extracting(Unknown::name).containsExactly(CDS);
      assertThat(client.config().raw().toString())
          .contains(
              Base64.getEncoder().encodeToString(garbage.getResource().getValue().toByteArray()));
    }
  }

  @Test
  void whatIsOfAnotherTypeOrThereTwiceOrNamelessIsRejected() throws InterruptedException {
    try (XdsClient client = XdsClient.connect(server.address(), options)) {
      StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
      stream.onNext(
          delta(CDS, "n1")
              .addResources(resource("listener", Listener.newBuilder().setName("l").build()))
              .addResources(resource("twice", cluster("twice")))
              .addResources(resource("twice", edsCluster("twice")))
              .addResources(resource("", cluster("nameless")))
              .build());

      XdsResponse response = client.awaitResponse(0, r -> true, SOON);

      assertThat(response.error())
          .contains("type URL " + LDS + " embedded in an individual Any does not match")
          .contains("duplicate name twice")
          .contains("a resource has no name");
      assertThat(response.added()).containsExactly("twice");
      assertThat(client.config().cluster("twice").orElseThrow().type()).isEqualTo("STATIC");
    }
  }

  @Test
  void whatNobodyAskedForIsIgnored() throws InterruptedException {
    try (XdsClient client = XdsClient.connect(server.address(), options)) {
      StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
      stream.onNext(delta(CDS, "n1").addResources(resource("a", edsCluster("a"))).build());
      stream.onNext(
          delta(EDS, "n2")
              .addResources(resource("a", assignment("a")))
              .addResources(resource("b", assignment("b")))
              .build());
      stream.onNext(
          delta("type.googleapis.com/some.Type", "n3")
              .addResources(resource("x", cluster("x")))
              .build());

      XdsResponse unknown = client.awaitResponse(0, r -> r.nonce().equals("n3"), SOON);

      assertThat(unknown.error()).contains("not asked for");
      XdsResponse endpoints = client.responses().get(1);
      assertThat(endpoints.ignored()).containsExactly("b");
      assertThat(endpoints.acknowledged()).isTrue();
      assertThat(client.config().endpoints()).hasSize(1);
    }
  }

  @Test
  void typesThatNobodyKnowsAreKept() throws InterruptedException {
    String type = "type.googleapis.com/example.Widget";
    XdsOptions more = options.withSubscription(type, "w1", "w2");
    try (XdsClient client = XdsClient.connect(server.address(), more)) {
      StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
      assertThat(
              server.deltaRequest(r -> r.getTypeUrl().equals(type)).getResourceNamesSubscribeList())
          .containsExactly("w1", "w2");
      ByteString bytes = ByteString.copyFromUtf8("anything");
      Any widget = Any.newBuilder().setTypeUrl(type).setValue(bytes).build();
      stream.onNext(
          delta(type, "n1")
              .addResources(Resource.newBuilder().setName("w1").setVersion("7").setResource(widget))
              .addRemovedResources("w2")
              .build());

      client.awaitResponse(0, r -> r.typeUrl().equals(type), SOON);

      assertThat(client.resources(type)).hasSize(1);
      XdsResource kept = client.resources(type).get(0);
      assertThat(kept.version()).isEqualTo("7");
      assertThat(kept.content().message()).isEqualTo(widget);
      assertThat(kept.toString()).isEqualTo("Widget w1 version 7 (8 bytes)");
    }
  }

  @Test
  void anAnyThatNobodyKnowsIsKeptInsideAMessage() throws InterruptedException {
    try (XdsClient client = XdsClient.connect(server.address(), options)) {
      Any unknown =
          Any.newBuilder()
              .setTypeUrl("type.googleapis.com/example.Options")
              .setValue(ByteString.copyFromUtf8("kept"))
              .build();
      Cluster cluster =
          cluster("a").toBuilder().putTypedExtensionProtocolOptions("example", unknown).build();
      server.deltaStream().onNext(delta(CDS, "n1").addResources(resource("a", cluster)).build());

      EnvoyConfig config = client.await(c -> c.cluster("a").isPresent(), SOON);

      assertThat(config.unknown())
          .extracting(Unknown::name)
          .containsExactly("type.googleapis.com/example.Options");
      assertThat(config.raw().at(config.unknown().get(0).pointer()).at("/value").asText())
          .isEqualTo("a2VwdA==");
      assertThat(config.cluster("a").orElseThrow().message(Cluster.class)).isEqualTo(cluster);
    }
  }

  @Test
  void halfAnAnswerIsToldAsSuch() throws InterruptedException {
    try (XdsClient client = XdsClient.connect(server.address(), options)) {
      StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
      stream.onNext(delta(CDS, "n1").addResources(resource("a", edsCluster("a"))).build());
      client.await(c -> c.cluster("a").isPresent(), SOON);

      assertThatThrownBy(() -> client.awaitAnswered(Duration.ofMillis(300)))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("connected, 1 stream, no answer yet for EDS, LDS");
    }
  }

  @Test
  void scopedRoutesAndWhatTheyNameAreAskedFor() throws InterruptedException {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .setScopedRoutes(
                ScopedRoutes.newBuilder()
                    .setRdsConfigSource(ADS)
                    .setScopedRds(ScopedRds.newBuilder().setScopedRdsConfigSource(ADS)))
            .build();
    Listener listener =
        Listener.newBuilder()
            .setName("l")
            .addFilterChains(
                FilterChain.newBuilder()
                    .addFilters(Filter.newBuilder().setTypedConfig(Any.pack(manager))))
            .build();
    ScopedRouteConfiguration scope =
        ScopedRouteConfiguration.newBuilder()
            .setName("scope")
            .setRouteConfigurationName("routes")
            .build();
    try (XdsClient client = XdsClient.connect(server.address(), options)) {
      StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
      stream.onNext(delta(CDS, "n1").build());
      stream.onNext(delta(LDS, "n2").addResources(resource("l", listener)).build());
      String srds = XdsType.SCOPED_ROUTES.typeUrl();
      assertThat(server.deltaRequest(r -> r.getTypeUrl().equals(srds)).getResponseNonce())
          .isEmpty();

      stream.onNext(delta(srds, "n3").addResources(resource("scope", scope)).build());

      DeltaDiscoveryRequest routes =
          server.deltaRequest(r -> r.getTypeUrl().equals(XdsType.ROUTES.typeUrl()));
      assertThat(routes.getResourceNamesSubscribeList()).containsExactly("routes");
      assertThat(client.config().section(ConfigSection.DYNAMIC_SCOPED_ROUTE_CONFIGS)).hasSize(1);
    }
  }

  @Test
  void aServersWordsAreToldAndTheNextStreamSaysWhatIsHeld() throws InterruptedException {
    try (XdsClient client = XdsClient.connect(server.address(), options)) {
      StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
      Resource versioned = resource("a", cluster("a")).toBuilder().setVersion("v1").build();
      stream.onNext(delta(CDS, "n1").addResources(versioned).build());
      stream.onNext(delta(LDS, "n2").build());
      client.awaitAnswered(SOON);
      server.deltaRequests.clear();

      stream.onError(
          Status.RESOURCE_EXHAUSTED.withDescription("too many of you").asRuntimeException());

      server.deltaStream();
      DeltaDiscoveryRequest again = server.deltaRequest(r -> r.hasNode());
      assertThat(again.getTypeUrl()).isEqualTo(CDS);
      assertThat(again.getInitialResourceVersionsMap()).containsEntry("a", "v1");
      assertThat(again.getResponseNonce()).isEmpty();
      assertThat(client.status().lastError()).isEqualTo("RESOURCE_EXHAUSTED: too many of you");
      assertThat(client.config().cluster("a")).isPresent();
      assertThat(client.status().streams()).isEqualTo(2);
    }
  }

  @Test
  void theWholeStateOfTheWorldTellsWhatIsGone() throws InterruptedException {
    XdsOptions sotw = options.withProtocol(XdsProtocol.STATE_OF_THE_WORLD);
    try (XdsClient client = XdsClient.connect(server.address(), sotw)) {
      StreamObserver<DiscoveryResponse> stream = server.sotwStream();
      stream.onNext(sotw(CDS, "1", "n1", cluster("a"), cluster("b")));
      client.await(c -> c.clusters().size() == 2, SOON);
      DiscoveryRequest ack = server.sotwRequest(r -> r.getResponseNonce().equals("n1"));
      assertThat(ack.getVersionInfo()).isEqualTo("1");

      stream.onNext(sotw(CDS, "2", "n2", cluster("b"), Struct.getDefaultInstance()));

      DiscoveryRequest nack = server.sotwRequest(DiscoveryRequest::hasErrorDetail);
      assertThat(nack.getVersionInfo()).isEqualTo("1");
      assertThat(nack.getResponseNonce()).isEqualTo("n2");
      XdsResponse response = client.awaitResponse(1, r -> true, SOON);
      assertThat(response.removed()).containsExactly("a");
      assertThat(response.unchanged()).containsExactly("b");
    }
  }

  @Test
  void theLogIsBoundedAndSaysSo() throws InterruptedException {
    try (XdsClient client = XdsClient.connect(server.address(), options.withLogSize(2))) {
      StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
      for (int i = 1; i <= 4; i++) {
        stream.onNext(
            delta(CDS, "n" + i).addResources(resource("c" + i, cluster("c" + i))).build());
      }
      client.awaitResponse(0, r -> r.nonce().equals("n4"), SOON);

      assertThat(client.responses()).extracting(XdsResponse::nonce).containsExactly("n3", "n4");
      assertThat(client.responsesAfter(2)).hasSize(2);
      assertThat(client.responsesAfter(client.position())).isEmpty();
      assertThatThrownBy(() -> client.responsesAfter(1))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("the log has forgotten those up to #2");
      assertThat(client.table()).contains("#3 ").contains("CDS +1 ~0 =0 -0").contains("ACK");
    }
  }

  @Test
  void whatIsAskedForAsAWholeCannotBeAskedForByName() {
    assertThatThrownBy(() -> options.withSubscription(CDS, "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CDS");
  }

  @Test
  void aCheckThatThrowsRefuses() throws InterruptedException {
    XdsCheck broken =
        resource -> {
          throw new IllegalStateException("I am broken");
        };
    try (XdsClient client = XdsClient.connect(server.address(), options.withCheck(broken))) {
      server
          .deltaStream()
          .onNext(delta(CDS, "n1").addResources(resource("a", cluster("a"))).build());

      assertThat(client.awaitResponse(0, r -> true, SOON).error()).contains("I am broken");
    }
  }

  @Test
  void waitingEndsWhenItIsInterruptedOrClosed() throws InterruptedException {
    try (XdsClient client = XdsClient.connect(server.address(), options)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> client.awaitAnswered(SOON))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
    XdsClient closed = XdsClient.connect(server.address(), options);
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.awaitAnswered(SOON))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("the client is closed");
    assertThat(closed.toString()).contains("closed");
  }

  @Test
  void proxiesBeyondAConnectionsLimitGetOneOfTheirOwn() throws InterruptedException {
    try (XdsFleet fleet = XdsFleet.of(server.address(), 2)) {
      List<XdsClient> clients =
          List.of(fleet.connect(options), fleet.connect(options), fleet.connect(options));
      for (int i = 0; i < clients.size(); i++) {
        StreamObserver<DeltaDiscoveryResponse> stream = server.deltaStream();
        stream.onNext(delta(CDS, "n1").addResources(resource("a", cluster("a"))).build());
        stream.onNext(delta(LDS, "n2").build());
      }
      clients.forEach(client -> client.awaitAnswered(SOON));

      assertThat(clients.get(0).resources(CDS).get(0).content())
          .isSameAs(clients.get(2).resources(CDS).get(0).content());
    }
  }

  private static DeltaDiscoveryResponse.Builder delta(String type, String nonce) {
    return DeltaDiscoveryResponse.newBuilder().setTypeUrl(type).setNonce(nonce);
  }

  private static DiscoveryResponse sotw(
      String type, String version, String nonce, Message... messages) {
    DiscoveryResponse.Builder response =
        DiscoveryResponse.newBuilder().setTypeUrl(type).setVersionInfo(version).setNonce(nonce);
    for (Message message : messages) {
      response.addResources(Any.pack(message));
    }
    return response.build();
  }

  private static Resource resource(String name, Message message) {
    return Resource.newBuilder().setName(name).setResource(Any.pack(message)).build();
  }

  private static Cluster cluster(String name) {
    return Cluster.newBuilder().setName(name).build();
  }

  private static Cluster edsCluster(String name) {
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.EDS)
        .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS))
        .build();
  }

  private static ClusterLoadAssignment assignment(String name) {
    return ClusterLoadAssignment.newBuilder().setClusterName(name).build();
  }
}
