package dev.pilothouse.envoy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.live.RealEnvoy;
import dev.pilothouse.envoy.live.TestCertificate;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.http.health_check.v3.HealthCheck;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes a real Envoy through its admin interface. */
class ChangingEnvoyTest {
  private RealEnvoy envoy;
  private EnvoyAdmin admin;

  @BeforeEach
  void start() {
    envoy =
        RealEnvoy.start(
            "--config-yaml", "{layered_runtime: {layers: [{name: admin, admin_layer: {}}]}}");
    admin = EnvoyAdmin.at(envoy.admin());
  }

  @AfterEach
  void stop() {
    envoy.close();
  }

  @Test
  void runtimeValuesAreSetAndRemoved() {
    admin.modifyRuntime(Map.of("a.key", "1 & 2+3", "b.key", "5"));
    RuntimeValues set = admin.runtime();
    admin.modifyRuntime(Map.of("a.key", ""));

    assertThat(set.layers()).contains("admin");
    assertThat(set.value("a.key")).hasValue("1 & 2+3");
    assertThat(set.entries().values())
        .allSatisfy(entry -> assertThat(entry.layerValues()).hasSameSizeAs(set.layers()));
    assertThat(admin.runtime().entries()).containsKey("b.key").doesNotContainKey("a.key");
    assertThatThrownBy(() -> admin.modifyRuntime(Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRuntimeWithoutAnAdminLayerCannotBeModified() {
    try (RealEnvoy fixed =
        RealEnvoy.start(
            "--config-yaml",
            "{layered_runtime: {layers: [{name: fixed, static_layer: {a: {b: 1}}}]}}")) {
      EnvoyAdmin other = EnvoyAdmin.at(fixed.admin());

      assertThat(other.runtime().value("a.b")).hasValue("1");
      assertThatThrownBy(() -> other.modifyRuntime(Map.of("a.b", "2")))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("HTTP 503: No admin layer specified");
    }
  }

  @Test
  void countersAreReset() {
    String counter = "listener_manager.lds.update_attempt";
    assertThat(admin.stats("^" + counter + "$")).doesNotContainValue(0L);

    admin.resetCounters();

    assertThat(admin.stats("^" + counter + "$")).containsExactly(Map.entry(counter, 0L));
  }

  @Test
  void healthChecksFailAndPassAgain() throws Exception {
    push(listener("checked", "INBOUND"));
    assertThat(status("checked")).isEqualTo(200);

    admin.failHealthChecks();
    assertThat(status("checked")).isEqualTo(503);
    assertThat(admin.ready()).isFalse();
    assertThat(admin.serverInfo().state()).isEqualTo("DRAINING");

    admin.passHealthChecks();
    assertThat(status("checked")).isEqualTo(200);
    assertThat(admin.ready()).isTrue();
  }

  @Test
  void inboundListenersAreStoppedAndEnvoyGoesOn() throws Exception {
    push(listener("in", "INBOUND"), listener("out", "OUTBOUND"));
    ListenerStatus in = listener("in");
    assertThat(status(in)).isEqualTo(200);

    admin.drainListeners(Drain.now().ofInboundOnly());

    envoy.process().await("in is closed", () -> refuses(in), RealEnvoy.LONG);
    assertThat(status("out")).isEqualTo(200);
    assertThat(envoy.process().alive()).isTrue();
  }

  @Test
  void aGracefulDrainKeepsListening() throws Exception {
    push(listener("in", "INBOUND"));

    admin.drainListeners(Drain.gracefully().thatKeepsListening());

    // The test's Envoy has a drain time of ten minutes.
    assertThat(status("in")).isEqualTo(200);
    assertThat(admin.stats("listener_manager.total_listeners_draining")).isNotEmpty();
  }

  @Test
  void certificatesAreListed(@TempDir Path folder) throws Exception {
    TestCertificate own =
        TestCertificate.make(folder, "uri:spiffe://cluster.local/ns/a/sa/b,dns:b.a.svc");
    TlsCertificate certificate =
        TlsCertificate.newBuilder()
            .setCertificateChain(inline(own.certificate()))
            .setPrivateKey(inline(own.privateKey()))
            .build();
    DownstreamTlsContext.Builder tls = DownstreamTlsContext.newBuilder();
    tls.getCommonTlsContextBuilder().addTlsCertificates(certificate);
    tls.getCommonTlsContextBuilder()
        .getValidationContextBuilder()
        .setTrustedCa(inline(own.certificate()));
    Listener.Builder listener = listener("tls", "INBOUND").toBuilder();
    listener
        .getFilterChainsBuilder(0)
        .setTransportSocket(
            TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.tls")
                .setTypedConfig(Any.pack(tls.build())));

    push(listener.build());

    List<CertificateStatus> all = admin.certificates();
    assertThat(all).hasSize(1);
    CertificateStatus.Certificate chain = all.get(0).chain().get(0);
    assertThat(chain.path()).isEqualTo("<inline>");
    assertThat(chain.subjectAltNames())
        .containsExactlyInAnyOrder("spiffe://cluster.local/ns/a/sa/b", "b.a.svc");
    assertThat(chain.serialNumber()).isEqualTo(own.serialNumber());
    assertThat(chain.validUntil())
        .isBetween(Instant.now(), Instant.now().plus(Duration.ofDays(11)));
    assertThat(chain.daysUntilExpiration()).isBetween(8L, 10L);
    assertThat(all.get(0).authorities())
        .extracting(CertificateStatus.Certificate::serialNumber)
        .containsExactly(own.serialNumber());
  }

  private void push(Listener... listeners) {
    envoy.listeners("pushed", listeners);
    for (Listener listener : listeners) {
      envoy
          .process()
          .await(
              listener.getName() + " is active",
              () -> admin.listeners().stream().anyMatch(l -> l.name().equals(listener.getName())),
              RealEnvoy.LONG);
    }
  }

  private ListenerStatus listener(String name) {
    return admin.listeners().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private int status(String listener) throws IOException {
    return status(listener(listener));
  }

  /** Over a connection of its own, so that none is kept. */
  private static int status(ListenerStatus listener) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://" + listener.address() + "/healthz").toURL().openConnection();
    connection.setRequestProperty("Connection", "close");
    return connection.getResponseCode();
  }

  private static boolean refuses(ListenerStatus listener) {
    try {
      status(listener);
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static DataSource inline(String pem) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(pem)).build();
  }

  private static Listener listener(String name, String direction) {
    String json =
        """
        {"name": "%s", "traffic_direction": "%s",
         "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
         "filter_chains": [{"filters": [{
           "name": "envoy.filters.network.http_connection_manager",
           "typed_config": {
             "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
             "stat_prefix": "%s", "route_config": {"name": "none"},
             "http_filters": [
               {"name": "envoy.filters.http.health_check", "typed_config": {
                 "@type": "type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck",
                 "pass_through_mode": false,
                 "headers": [{"name": ":path", "string_match": {"exact": "/healthz"}}]}},
               {"name": "envoy.filters.http.router", "typed_config": {
                 "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
        """
            .formatted(name, direction, name);
    Listener.Builder listener = Listener.newBuilder();
    try {
      JsonFormat.parser()
          .usingTypeRegistry(
              JsonFormat.TypeRegistry.newBuilder()
                  .add(HttpConnectionManager.getDescriptor())
                  .add(HealthCheck.getDescriptor())
                  .add(Router.getDescriptor())
                  .build())
          .merge(json, listener);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    return listener.build();
  }
}
