package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import dev.pilothouse.envoy.Certificate.Use;
import dev.pilothouse.envoy.Resource.Origin;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.SecretResource.Kind;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bootstrap, secrets, scopes of routes and filters from ECDS, as a real Envoy dumps them. */
class DiscoveredTest {
  private final EnvoyConfig config = Dumps.read("discovered.json");

  @Test
  void theBootstrapSaysWhoItIs() {
    BootstrapResource bootstrap = config.bootstrap().orElseThrow();

    assertThat(bootstrap.nodeId())
        .isEqualTo("sidecar~127.0.0.1~client.default~default.svc.cluster.local");
    assertThat(bootstrap.nodeCluster()).isEqualTo("client.default");
    assertThat(bootstrap.envoyVersion()).isEqualTo("1.40.0");
    assertThat(bootstrap.admin()).map(Address::toString).contains("127.0.0.1:15000");
    assertThat(bootstrap.lastUpdated()).isAfter(Instant.EPOCH);
  }

  @Test
  void scopesSayWhichRoutesAKeyLeadsTo() {
    assertThat(config.scopedRoutes())
        .extracting(Resource::name)
        .containsExactly("written-here", "tenant-a", "tenant-b");
    ScopedRouteResource inline = config.scopedRoutes().get(0);
    assertThat(inline.origin()).isEqualTo(Origin.STATIC);
    assertThat(inline.routeConfigName()).isEqualTo("inline-scope");
    assertThat(inline.key()).containsExactly("c");
    ScopedRouteResource tenant = config.scopedRoutes().get(1);
    assertThat(tenant.origin()).isEqualTo(Origin.DYNAMIC);
    assertThat(tenant.state()).isEqualTo(State.ACTIVE);
    assertThat(tenant.version()).isEqualTo("x1");
    assertThat(tenant.lastUpdated()).isAfter(Instant.EPOCH);
    assertThat(tenant.routeConfigName()).isEqualTo("80");
    assertThat(tenant.key()).containsExactly("a");
    assertThat(tenant.onDemand()).isFalse();
    assertThat(tenant.message(ScopedRouteConfiguration.class).getRouteConfigurationName())
        .isEqualTo("80");
  }

  @Test
  void aFilterFromEcdsHasItsConfiguration() throws Exception {
    ExtensionResource fault = config.extensions().get(0);

    assertThat(config.extensions()).hasSize(1);
    assertThat(fault.name()).isEqualTo("fault");
    assertThat(fault.version()).isEqualTo("f1");
    assertThat(fault.state()).isEqualTo(State.ACTIVE);
    assertThat(fault.lastUpdated()).isAfter(Instant.EPOCH);
    assertThat(fault.configTypeUrl())
        .isEqualTo("type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault");
    Any typed = fault.message(TypedExtensionConfig.class).getTypedConfig();
    assertThat(typed.unpack(HTTPFault.class).getAbort().getHttpStatus()).isEqualTo(503);
  }

  @Test
  void secretsHaveKindVersionAndState() {
    SecretResource server = config.secret("server").orElseThrow();
    assertThat(server.kind()).isEqualTo(Kind.TLS_CERTIFICATE);
    assertThat(server.version()).isEqualTo("s1");
    assertThat(server.state()).isEqualTo(State.ACTIVE);
    assertThat(config.secret("ca").map(SecretResource::kind)).contains(Kind.VALIDATION_CONTEXT);
    assertThat(config.secret("password").map(SecretResource::kind)).contains(Kind.GENERIC_SECRET);
    SecretResource away = config.secret("never-comes").orElseThrow();
    assertThat(away.state()).isEqualTo(State.WARMING);
    assertThat(away.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(away.certificates()).isEmpty();
  }

  @Test
  void certificatesAreDecoded() {
    Certificate leaf = config.secret("server").orElseThrow().certificates().get(0);

    assertThat(leaf.use()).isEqualTo(Use.CHAIN);
    assertThat(leaf.subject()).isEqualTo("O=test");
    assertThat(leaf.issuer()).isEqualTo("O=test");
    assertThat(leaf.serialNumber()).matches("[0-9a-f]+");
    assertThat(leaf.sha256()).matches("[0-9a-f]{64}");
    assertThat(leaf.subjectAltNames())
        .containsExactly("URI:spiffe://cluster.local/ns/default/sa/web", "DNS:web.example.com");
    assertThat(leaf.notAfter()).isAfter(leaf.notBefore());
    assertThat(leaf.validAt(leaf.notBefore())).isTrue();
    assertThat(leaf.validAt(leaf.notAfter().plusSeconds(1))).isFalse();
    assertThat(leaf.authority()).isFalse();
    assertThat(config.raw().at(leaf.pointer()).isTextual()).isTrue();
    assertThat(leaf.toString()).contains("spiffe://", leaf.serialNumber()).doesNotContain("\n");
    assertThat(config.secret("ca").orElseThrow().certificates())
        .singleElement()
        .satisfies(
            ca -> {
              assertThat(ca.use()).isEqualTo(Use.TRUSTED);
              assertThat(ca.x509()).isEqualTo(leaf.x509());
            });
  }

  @Test
  void aWholeChainIsDecodedWhateverStandsBetween() {
    String pem = config.secret("ca").orElseThrow().raw().findValue("inline_string").textValue();
    String chain = "the leaf\n" + pem + "\n0 the root\r\n" + pem.replace("\n", "\r\n");

    assertThat(secret(chain).certificates()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"
      })
  void whatIsNoCertificateIsAnErrorWithItsPlace(String text) {
    SecretResource broken = secret(text);

    assertThat(broken.kind()).isEqualTo(Kind.TLS_CERTIFICATE);
    assertThatThrownBy(broken::certificates)
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("/secret/tls_certificate/certificate_chain/inline_bytes");
  }

  @Test
  void inlineCertificatesOfAListenerAreFoundToo() {
    String pem = config.secret("ca").orElseThrow().raw().findValue("inline_string").toString();
    String text =
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump",
          "static_listeners": [{"listener": {"name": "l", "filter_chains": [{"transport_socket": {
            "typed_config": {"common_tls_context": {"tls_certificates": [
              {"certificate_chain": {"inline_string": %s}},
              {"certificate_chain": {"filename": "/etc/cert.pem"}}]}}}}]}}]}]}
        """
            .formatted(pem);

    EnvoyConfig read = EnvoyConfigInspector.create().read(ConfigSource.text(text));

    assertThat(read.listener("l").orElseThrow().certificates()).hasSize(1);
  }

  private static SecretResource secret(String chain) {
    String text =
        """
        {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.SecretsConfigDump",
          "static_secrets": [{"secret": {"name": "s", "tls_certificate": {
            "certificate_chain": {"inline_bytes": "%s"}}}}]}]}
        """
            .formatted(
                Base64.getEncoder().encodeToString(chain.getBytes(StandardCharsets.US_ASCII)));
    return EnvoyConfigInspector.create().read(ConfigSource.text(text)).secret("s").orElseThrow();
  }
}
