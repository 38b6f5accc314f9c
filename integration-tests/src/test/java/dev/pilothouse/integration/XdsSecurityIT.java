package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Any;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.SecretResource;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.envoy.xds.XdsNode;
import dev.pilothouse.envoy.xds.XdsOptions;
import dev.pilothouse.envoy.xds.XdsProtocol;
import dev.pilothouse.envoy.xds.XdsResponse;
import dev.pilothouse.envoy.xds.XdsServer;
import dev.pilothouse.istiod.IstiodSpec;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.operator.OperatorCreationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proxies without Envoy at istiod's secure port, which wants to know who they are. */
class XdsSecurityIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String DENIED = "PERMISSION_DENIED: authorization failed: no identities";
  private static final String SYSTEM = "istio-system";

  @RegisterExtension
  static final MeshFixture MESH = MeshFixture.of(IstiodSpec.defaults().withValidation(false));

  private final XdsNode node =
      XdsNode.sidecar("app", "default", "10.9.0.10").withMetadata("SERVICE_ACCOUNT", "app");

  @TempDir Path folder;
  private XdsServer secure;

  @BeforeEach
  void trustIstiod() throws IOException {
    MESH.apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: app}}");
    Map<String, String> root =
        kubernetes()
            .configMaps()
            .inNamespace(SYSTEM)
            .withName("istio-ca-root-cert")
            .waitUntilCondition( // istiod writes it a moment after it is ready
                map -> map != null && map.getData().containsKey("root-cert.pem"),
                SOON.toSeconds(),
                TimeUnit.SECONDS)
            .getData();
    secure =
        XdsServer.tls("localhost", MESH.istiod().secureXdsPort())
            .withRootCertificate(file("root-cert.pem", root.get("root-cert.pem")));
  }

  @Test
  void itIsWhomItsTokenSays() {
    String token = token("default", "app");

    try (XdsClient client = XdsClient.connect(secure.withToken(() -> token), node)) {
      assertThat(client.awaitAnswered(SOON).clusters()).isNotEmpty();
    }
    XdsNode other = XdsNode.sidecar("app", "elsewhere", "10.9.0.11");
    try (XdsClient liar = XdsClient.connect(secure.withToken(() -> token), other)) {
      assertThat(faultOf(liar, DENIED)).contains(DENIED);
    }
  }

  @Test
  void istiodsDebugInformationComesByXdsToo() {
    String token = token("default", "app");
    String type = "istio.io/debug";
    XdsOptions options =
        XdsOptions.of(node).withSubscription(type, "config_dump?proxyID=app.default");

    try (XdsClient client = XdsClient.connect(secure.withToken(() -> token), options)) {
      XdsResponse response = client.awaitResponse(0, r -> r.typeUrl().equals(type), SOON);

      assertThat(response.acknowledged()).as(response.toString()).isTrue();
      Any answer = (Any) client.resources(type).get(0).content().message();
      assertThat(answer.getValue().toStringUtf8()).contains("ClustersConfigDump");
      client.requireNothingPushedFor(
          response.number(), r -> r.typeUrl().equals(type), Duration.ofMillis(300));
    }
  }

  @Test
  void itIsWhomItsCertificateSays()
      throws IOException, GeneralSecurityException, OperatorCreationException {
    TestCertificate issued = issued("spiffe://cluster.local/ns/default/sa/app");
    XdsServer mutual =
        secure.withClientCertificate(
            file("cert.pem", issued.certificate()), file("key.pem", issued.key()));

    try (XdsClient client = XdsClient.connect(mutual, node)) {
      assertThat(client.awaitAnswered(SOON).clusters()).isNotEmpty();
    }
    XdsNode other = XdsNode.sidecar("app", "elsewhere", "10.9.0.11");
    try (XdsClient liar = XdsClient.connect(mutual, other)) {
      assertThat(faultOf(liar, DENIED)).contains(DENIED);
    }
  }

  @Test
  void withoutAnIdentityItIsNotLetIn() {
    try (XdsClient anonymous = XdsClient.connect(secure, node)) {
      assertThat(faultOf(anonymous, "UNAUTHENTICATED")).contains("UNAUTHENTICATED");
    }
    XdsServer broken =
        secure.withToken(
            () -> {
              throw new IllegalStateException("the token is gone");
            });
    try (XdsClient tokenless = XdsClient.connect(broken, node)) {
      assertThat(faultOf(tokenless, "the token is gone")).contains("the token is gone");
    }
  }

  @Test
  void aServerThatIsNotTrustedIsTold() {
    XdsServer untrusted = XdsServer.tls("localhost", MESH.istiod().secureXdsPort());
    try (XdsClient client = XdsClient.connect(untrusted, node)) {
      assertThat(faultOf(client, "certification path")).contains("certification path");
    }
    try (XdsClient client = XdsClient.connect(secure.withAuthority("nobody.example.com"), node)) {
      assertThat(faultOf(client, "nobody.example.com")).contains("nobody.example.com");
    }
    assertThatThrownBy(
            () -> XdsClient.connect(secure.withRootCertificate(folder.resolve("none.pem")), node))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("none.pem");
  }

  @ParameterizedTest
  @EnumSource(XdsProtocol.class)
  void aGatewaysSecretsComeWithoutTheirKeys(XdsProtocol protocol)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    MESH.apply(
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: edge, namespace: istio-system}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: edge-secrets, namespace: istio-system}
        rules:
        - {apiGroups: [""], resources: [secrets], verbs: [get, list, watch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: edge-secrets, namespace: istio-system}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: edge-secrets}
        subjects:
        - {kind: ServiceAccount, name: edge, namespace: istio-system}
        """);
    // istiod remembers a refusal for a while.
    awaitRightToReadSecrets("system:serviceaccount:istio-system:edge");
    TestCertificate shop = issued("spiffe://shop");
    String certificate = base64(shop.certificate());
    MESH.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: shop-cert, namespace: istio-system}
        type: kubernetes.io/tls
        data: {tls.crt: %s, tls.key: %s}
        ---
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: secure, namespace: istio-system}
        spec:
          selector: {istio: edge}
          servers:
          - port: {number: 443, name: https, protocol: HTTPS}
            hosts: [shop.example.com]
            tls: {mode: SIMPLE, credentialName: shop-cert}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: edge, namespace: istio-system}
        spec: {selector: {istio: edge}, ports: [{name: https, port: 443}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata: {name: edge, namespace: istio-system, labels: {istio: edge}}
        spec: {address: 10.9.0.12, labels: {istio: edge}, serviceAccount: edge}
        """
            .formatted(certificate, base64(shop.key())));
    XdsNode gateway =
        XdsNode.gateway("edge", SYSTEM, "10.9.0.12")
            .withMetadata("SERVICE_ACCOUNT", "edge")
            .withMetadata("LABELS", Map.of("istio", "edge"));
    String token = token(SYSTEM, "edge");
    XdsOptions options = XdsOptions.of(gateway).withProtocol(protocol);

    try (XdsClient client = XdsClient.connect(secure.withToken(() -> token), options)) {
      EnvoyConfig config =
          client.await(
              c -> {
                SecretResource shown = c.secret("kubernetes://shop-cert").orElseThrow();
                // That of the run before may still be there.
                return shown.state() == State.ACTIVE && chain(shown).equals(certificate);
              },
              SOON);

      SecretResource secret = config.secret("kubernetes://shop-cert").orElseThrow();
      assertThat(secret.kind()).isEqualTo(SecretResource.Kind.TLS_CERTIFICATE);
      assertThat(secret.raw().at("/tls_certificate/private_key/inline_bytes").asText())
          .isEqualTo("W3JlZGFjdGVkXQ==");
      assertThat(client.awaitAnswered(SOON).resources(State.WARMING)).isEmpty();
    }
  }

  private static String chain(SecretResource secret) {
    return secret.raw().at("/tls_certificate/certificate_chain/inline_bytes").asText();
  }

  /** Why it is not connected, as it tells those who wait; istiod may be busy at first. */
  private static String faultOf(XdsClient client, String words) {
    client.await(config -> client.status().lastError().contains(words), SOON);
    return catchThrowable(() -> client.awaitAnswered(Duration.ofMillis(1))).getMessage();
  }

  private TestCertificate issued(String identity)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    Map<String, String> authority =
        kubernetes().secrets().inNamespace(SYSTEM).withName("istio-ca-secret").get().getData();
    return TestCertificate.issuedBy(
        text(authority.get("ca-cert.pem")), text(authority.get("ca-key.pem")), identity);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static KubernetesClient kubernetes() {
    return MESH.cluster().client();
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String token(String namespace, String serviceAccount) {
    return kubernetes()
        .serviceAccounts()
        .inNamespace(namespace)
        .withName(serviceAccount)
        .tokenRequest(
            new TokenRequestBuilder().withNewSpec().withAudiences("istio-ca").endSpec().build())
        .getStatus()
        .getToken();
  }

  private static void awaitRightToReadSecrets(String user) {
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(user)
            .withNewResourceAttributes()
            .withNamespace(SYSTEM)
            .withVerb("list")
            .withResource("secrets")
            .endResourceAttributes()
            .endSpec()
            .build();
    long end = System.nanoTime() + SOON.toNanos();
    while (!kubernetes()
        .authorization()
        .v1()
        .subjectAccessReview()
        .create(review)
        .getStatus()
        .getAllowed()) {
      assertThat(System.nanoTime()).as("%s may read secrets", user).isLessThan(end);
    }
  }
}
