package dev.pilothouse.envoy.assertj;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.EnvoyConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a cluster: its type, subset, TLS, load balancing, circuit breakers and outlier
 * detection, and the way to its endpoints.
 *
 * <pre>{@code
 * assertThat(config).cluster("outbound|8000|v1|httpbin.default.svc.cluster.local")
 *     .hasType("EDS")
 *     .hasSubset("v1")
 *     .hasTlsMode(TlsMode.DISABLE)
 *     .hasMaxConnections(7)
 *     .hasConsecutive5xx(4)
 *     .endpoints().hasOnlyHealthyEndpoints();
 * }</pre>
 */
public class ClusterAssert extends AbstractClusterTrafficAssert<ClusterAssert> {
  static final String KIND = "cluster";
  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  /**
   * For AssertJ's proxies; use {@link EnvoyAssertions}.
   *
   * @param actual the cluster
   */
  public ClusterAssert(@Nullable ClusterResource actual) {
    super(actual, ClusterAssert.class, KIND);
  }

  static Found<ClusterResource> find(
      AbstractEnvoyAssert<?, ?> from, EnvoyConfig config, String name) {
    ClusterResource cluster =
        config
            .cluster(name)
            .orElseThrow(
                () ->
                    from.noSuch(
                        "cluster",
                        "clusters",
                        name,
                        AbstractConfigAssert.names(config.clusters())));
    return new Found<>(cluster, from.spot().resource(cluster, KIND));
  }

  /**
   * Verifies how its endpoints are found.
   *
   * <pre>{@code
   * cluster.hasType("EDS");     // passes
   * cluster.hasType("STATIC");  // fails: its type is EDS
   * }</pre>
   *
   * @param expected {@code EDS}, {@code STATIC}, {@code STRICT_DNS}, {@code LOGICAL_DNS}, {@code
   *     ORIGINAL_DST}, or the name of a custom type
   * @return this
   */
  public ClusterAssert hasType(String expected) {
    return verify(() -> same("type", actual.type(), expected));
  }

  /**
   * Verifies the subset that it is for, from its name.
   *
   * <pre>{@code
   * assertThat(config).cluster("outbound|8000|v1|httpbin").hasSubset("v1");  // passes
   * assertThat(config).cluster("outbound|8000|v1|httpbin").hasSubset("v2");  // fails: it is v1
   * }</pre>
   *
   * @param expected the subset's name; empty for none
   * @return this
   */
  public ClusterAssert hasSubset(String expected) {
    return verify(
        () ->
            same(
                "subset",
                actual
                    .parsedName()
                    .map(ClusterName::subset)
                    .orElseThrow(
                        () ->
                            failed(
                                "to be for the subset " + expected,
                                "its name is none of istiod's making")),
                expected));
  }

  /**
   * Verifies how long making a connection may take.
   *
   * <pre>{@code
   * cluster.hasConnectTimeout(Duration.ofSeconds(10));  // passes
   * cluster.hasConnectTimeout(Duration.ofSeconds(1));   // fails: its connect_timeout is 10s
   * }</pre>
   *
   * @param expected the timeout; Envoy's own default is 5 s
   * @return this
   */
  public ClusterAssert hasConnectTimeout(java.time.Duration expected) {
    return verify(
        () -> {
          Cluster cluster = message();
          String there =
              cluster.hasConnectTimeout() ? Durations.toString(cluster.getConnectTimeout()) : "5s";
          same("connect_timeout", there, Times.text(expected));
        });
  }

  /**
   * Verifies how it balances load.
   *
   * <pre>{@code
   * cluster.hasLoadBalancing("LEAST_REQUEST");  // passes
   * cluster.hasLoadBalancing("ROUND_ROBIN");    // fails: its lb_policy is LEAST_REQUEST
   * }</pre>
   *
   * @param expected Envoy's word, as {@code ROUND_ROBIN} (its default), {@code LEAST_REQUEST},
   *     {@code RING_HASH}; or the name of the first policy of a {@code load_balancing_policy}, as
   *     {@code envoy.load_balancing_policies.wrr_locality}
   * @return this
   */
  public ClusterAssert hasLoadBalancing(String expected) {
    return verify(
        () -> {
          Cluster cluster = message();
          if (cluster.hasLoadBalancingPolicy()) {
            List<LoadBalancingPolicy.Policy> policies =
                cluster.getLoadBalancingPolicy().getPoliciesList();
            String first =
                policies.isEmpty() ? "" : policies.get(0).getTypedExtensionConfig().getName();
            same("load_balancing_policy", first, expected);
          } else {
            // The text, because a policy may be newer than this library.
            String text =
                actual.raw().path("lb_policy").asText(actual.raw().path("lbPolicy").asText());
            same("lb_policy", text.isEmpty() ? "ROUND_ROBIN" : text, expected);
          }
        });
  }

  /**
   * Verifies that it speaks HTTP/2 to its endpoints, always.
   *
   * <pre>{@code
   * grpc.usesHttp2();     // passes
   * httpbin.usesHttp2();  // fails: it does not say so
   * }</pre>
   *
   * @return this
   */
  @SuppressWarnings("deprecation") // Old control planes still write http2_protocol_options.
  public ClusterAssert usesHttp2() {
    return verify(
        () -> {
          Cluster cluster = message();
          Any options =
              cluster.getTypedExtensionProtocolOptionsOrDefault(
                  HTTP_OPTIONS, Any.getDefaultInstance());
          boolean explicit =
              options.is(HttpProtocolOptions.class)
                  && Deep.unpack(options, HttpProtocolOptions.class)
                      .getExplicitHttpConfig()
                      .hasHttp2ProtocolOptions();
          if (!explicit && !cluster.hasHttp2ProtocolOptions()) {
            throw failed("to use HTTP/2", "it does not say so, or leaves it to the connection");
          }
        });
  }

  /**
   * Verifies how connections to its endpoints are secured. A transport socket that this library
   * does not know is a failure called undecided.
   *
   * <pre>{@code
   * cluster.hasTlsMode(TlsMode.DISABLE);       // passes
   * cluster.hasTlsMode(TlsMode.ISTIO_MUTUAL);  // fails: its mode is DISABLE
   * }</pre>
   *
   * @param expected the mode
   * @return this
   */
  public ClusterAssert hasTlsMode(TlsMode expected) {
    return verify(
        () -> {
          String wanted = "to have the TLS mode " + expected;
          TlsMode there = mode(wanted);
          if (there != expected) {
            throw differs(
                wanted,
                "its mode is " + there,
                Yaml.field("tls.mode", there.name()),
                Yaml.field("tls.mode", expected.name()));
          }
        });
  }

  /**
   * Verifies the server name that it asks for in TLS.
   *
   * <pre>{@code
   * external.hasSni("example.com");  // passes
   * external.hasSni("example.org");  // fails: its sni is example.com
   * }</pre>
   *
   * @param expected the server name (SNI); empty for none
   * @return this
   */
  public ClusterAssert hasSni(String expected) {
    return verify(
        () -> {
          String wanted = "to have the SNI \"" + expected + "\"";
          TransportSecurity security = security(wanted);
          if (!security.tls()) {
            throw failed(wanted, "it has no TLS");
          }
          same("sni", security.sni(), expected);
        });
  }

  /**
   * Goes to its endpoints.
   *
   * <pre>{@code
   * httpbin.endpoints().hasSize(2);  // passes
   * httpbin.endpoints().hasSize(3);  // fails: it has 2
   * }</pre>
   *
   * @return assertions on its endpoints; see {@link EnvoyConfigAssert#endpoints}
   */
  public EndpointsAssert endpoints() {
    return EndpointsAssert.of(this, () -> actual.name());
  }

  private TlsMode mode(String wanted) {
    if (message().getTransportSocketMatchesCount() > 0) {
      return TlsMode.PER_ENDPOINT;
    }
    TransportSecurity security = security(wanted);
    if (!security.tls()) {
      return TlsMode.DISABLE;
    }
    if (!security.hasClientCertificate()) {
      return TlsMode.SIMPLE;
    }
    boolean istio =
        security.common() != null
            && security.common().getTlsCertificateSdsSecretConfigsList().stream()
                .map(SdsSecretConfig::getName)
                .anyMatch("default"::equals);
    return istio ? TlsMode.ISTIO_MUTUAL : TlsMode.MUTUAL;
  }

  private TransportSecurity security(String wanted) {
    Cluster cluster = message();
    if (cluster.getTransportSocketMatchesCount() > 0) {
      throw undecided(wanted, "it depends on the endpoint: transport_socket_matches");
    }
    return cluster.hasTransportSocket()
        ? TransportSecurity.of(cluster.getTransportSocket(), why -> undecided(wanted, why))
        : TransportSecurity.PLAINTEXT;
  }

  private void same(String field, String there, String expected) {
    if (!there.equals(expected)) {
      throw differs(
          "to have the %s %s".formatted(field, expected.isEmpty() ? "(none)" : expected),
          "its %s is %s".formatted(field, there.isEmpty() ? "(none)" : there),
          Yaml.field(field, there),
          Yaml.field(field, expected));
    }
  }
}
