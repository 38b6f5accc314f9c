package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.V1;
import static dev.pilothouse.envoy.assertj.Samples.fails;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Resource.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Clusters, and what every resource has. */
class ClusterAssertTest {
  private static final long NO_LIMIT = 4294967295L;
  private static final EnvoyConfig SIDECAR = Samples.sidecar();
  private static final EnvoyConfig VARIOUS = Samples.various();

  @Test
  void hasType() {
    v1().hasType("EDS");
    fails(() -> v1().hasType("STATIC"), "to have the type STATIC", "its type is EDS");
  }

  @Test
  void isMadeFrom() {
    v1().isMadeFrom("DestinationRule", "default", "httpbin");
    fails(
        () -> cluster("plain").isMadeFrom("DestinationRule", "default", "plain"),
        "to be made from DestinationRule default/plain",
        "it does not say what it is made from");
  }

  @Test
  void hasSubset() {
    v1().hasSubset("v1");
    fails(() -> v1().hasSubset("v2"), "its subset is v1");
    fails(() -> cluster("plain").hasSubset("v2"), "its name is none of istiod's making");
  }

  @Test
  void hasConnectTimeout() {
    v1().hasConnectTimeout(Duration.ofSeconds(10));
    cluster("plain").hasConnectTimeout(Duration.ofSeconds(5));
    fails(() -> v1().hasConnectTimeout(Duration.ofSeconds(1)), "its connect_timeout is 10s");
  }

  @Test
  void hasLoadBalancing() {
    v1().hasLoadBalancing("LEAST_REQUEST");
    cluster("plain").hasLoadBalancing("ROUND_ROBIN");
    cluster("simple").hasLoadBalancing("RING_HASH");
    cluster("http2").hasLoadBalancing("envoy.load_balancing_policies.round_robin");
    fails(() -> v1().hasLoadBalancing("ROUND_ROBIN"), "its lb_policy is LEAST_REQUEST");
    fails(
        () -> cluster("http2").hasLoadBalancing("ROUND_ROBIN"),
        "its load_balancing_policy is envoy.load_balancing_policies.round_robin");
  }

  @Test
  void hasLoadBalancingReadsIstiodsSpellingToo() {
    assertThat(Samples.read("istiod-debug.json")).cluster(V1).hasLoadBalancing("LEAST_REQUEST");
  }

  @Test
  void usesHttp2() {
    cluster("http2").usesHttp2();
    fails(() -> v1().usesHttp2(), "to use HTTP/2", "it does not say so");
  }

  @Test
  void hasTlsMode() {
    v1().hasTlsMode(TlsMode.DISABLE);
    cluster("simple").hasTlsMode(TlsMode.SIMPLE);
    cluster("mutual").hasTlsMode(TlsMode.MUTUAL);
    cluster("istio").hasTlsMode(TlsMode.ISTIO_MUTUAL);
    cluster("per-endpoint").hasTlsMode(TlsMode.PER_ENDPOINT);
    assertThat(Samples.read("istiod-debug.json"))
        .cluster(Samples.REVIEWS)
        .hasTlsMode(TlsMode.PER_ENDPOINT);
    fails(
        () -> cluster("simple").hasTlsMode(TlsMode.MUTUAL),
        "to have the TLS mode MUTUAL",
        "its mode is SIMPLE");
  }

  @Test
  void hasTlsModeOfAnUnknownSocketIsUndecided() {
    String newer =
        Samples.text("various.json")
            .replace("transport_sockets.tls.v3.UpstreamTlsContext", "transport_sockets.new.v9.New");
    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.text(newer));

    fails(
        () -> assertThat(config).cluster("simple").hasTlsMode(TlsMode.SIMPLE),
        "undecided: nothing is known of its transport socket",
        "transport_sockets.new.v9.New");
  }

  @Test
  void hasSni() {
    cluster("simple").hasSni("example.com");
    fails(() -> cluster("simple").hasSni("example.org"), "its sni is example.com");
    fails(() -> cluster("plain").hasSni("example.org"), "it has no TLS");
    fails(() -> cluster("per-endpoint").hasSni("x"), "undecided: it depends on the endpoint");
  }

  @Test
  void hasMaxConnections() {
    v1().hasMaxConnections(7);
    cluster("http2").hasMaxConnections(1024);
    fails(
        () -> v1().hasMaxConnections(10),
        "to have max_connections 10",
        "its max_connections is 7",
        "expected:\n  circuit_breakers:\n    thresholds:\n    - max_connections: 10\n");
  }

  @Test
  void hasMaxPendingRequests() {
    v1().hasMaxPendingRequests(3);
    fails(() -> v1().hasMaxPendingRequests(4), "its max_pending_requests is 3");
  }

  @Test
  void hasMaxRequests() {
    v1().hasMaxRequests(NO_LIMIT);
    cluster("plain").hasMaxRequests(1024);
    fails(() -> v1().hasMaxRequests(50), "its max_requests is 4294967295");
  }

  @Test
  void hasMaxRetries() {
    v1().hasMaxRetries(NO_LIMIT);
    cluster("plain").hasMaxRetries(3);
    fails(() -> cluster("plain").hasMaxRetries(4), "its max_retries is 3");
  }

  @Test
  void hasOutlierDetection() {
    v1().hasOutlierDetection();
    fails(() -> cluster("simple").hasOutlierDetection(), "it has no outlier_detection");
  }

  @Test
  void doesNotHaveOutlierDetection() {
    cluster("simple").doesNotHaveOutlierDetection();
    fails(() -> v1().doesNotHaveOutlierDetection(), "it has", "consecutive_5xx: 4");
  }

  @Test
  void hasConsecutive5xx() {
    v1().hasConsecutive5xx(4);
    cluster("plain").hasConsecutive5xx(5);
    fails(() -> v1().hasConsecutive5xx(5), "its consecutive_5xx is 4");
    fails(() -> cluster("simple").hasConsecutive5xx(5), "it has no outlier_detection");
  }

  @Test
  void hasConsecutiveGatewayErrors() {
    cluster("plain").hasConsecutiveGatewayErrors(5);
    fails(() -> v1().hasConsecutiveGatewayErrors(6), "its consecutive_gateway_failure is 5");
  }

  @Test
  void hasOutlierInterval() {
    v1().hasOutlierInterval(Duration.ofSeconds(2));
    cluster("plain").hasOutlierInterval(Duration.ofSeconds(10));
    fails(() -> v1().hasOutlierInterval(Duration.ofSeconds(3)), "its interval is 2s");
  }

  @Test
  void hasBaseEjectionTime() {
    v1().hasBaseEjectionTime(Duration.ofSeconds(9));
    cluster("plain").hasBaseEjectionTime(Duration.ofSeconds(30));
    fails(() -> v1().hasBaseEjectionTime(Duration.ofSeconds(30)), "its base_ejection_time is 9s");
  }

  @Test
  void hasMaxEjectionPercent() {
    v1().hasMaxEjectionPercent(10);
    fails(() -> v1().hasMaxEjectionPercent(100), "its max_ejection_percent is 10");
  }

  @Test
  void endpoints() {
    v1().endpoints().hasSize(1);
    fails(() -> v1().endpoints().hasSize(3), "it has 1\n  0: 10.1.0.1:18000 healthy weight 1");
  }

  @Test
  void isActive() {
    v1().isActive();
    EnvoyConfig warming = Samples.read("warming-and-rejected.json");
    fails(() -> assertThat(warming).cluster("outbound|81||away").isActive(), "it is warming");
    fails(
        () -> assertThat(warming).listener("refused").isActive(),
        "it is rejected: Didn't find a registered implementation for 'no.such.filter'");
  }

  @Test
  void hasState() {
    EnvoyConfig warming = Samples.read("warming-and-rejected.json");
    assertThat(warming).cluster("outbound|81||away").hasState(State.WARMING);
    fails(() -> v1().hasState(State.WARMING), "to be warming", "it is active");
  }

  @Test
  void hasVersion() {
    cluster("plain").hasVersion("c1");
    fails(() -> cluster("plain").hasVersion("c2"), "its version is \"c1\"");
  }

  @Test
  void isDynamic() {
    v1().isDynamic();
    fails(() -> assertThat(SIDECAR).cluster("xds-grpc").isDynamic(), "it is static");
  }

  @Test
  void isStatic() {
    assertThat(SIDECAR).cluster("xds-grpc").isStatic();
    fails(() -> v1().isStatic(), "it is dynamic");
  }

  @Test
  void hasNothingUnknown() {
    v1().hasNothingUnknown();
    fails(
        () ->
            assertThat(Samples.read("istiod-debug.json"))
                .listener("0.0.0.0_9080")
                .hasNothingUnknown(),
        "it holds 1 unknown parts: \n  TYPE type.googleapis.com/istio.envoy.config.filter.http");
  }

  private static ClusterAssert v1() {
    return assertThat(SIDECAR).cluster(V1);
  }

  private static ClusterAssert cluster(String name) {
    return assertThat(VARIOUS).cluster(name);
  }
}
