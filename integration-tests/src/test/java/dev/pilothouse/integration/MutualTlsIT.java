package dev.pilothouse.integration;

import static dev.pilothouse.integration.MeshFixture.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.HttpReply;
import dev.pilothouse.workload.LocalWorkload;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.WorkloadSpec.Security;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workloads with certificates from istiod. */
class MutualTlsIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final HttpCall GET = HttpCall.get("http://httpbin:8000/get");

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults().withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS))
          .withWorkloads(
              WorkloadSpec.client("client").withSecurity(Security.MUTUAL_TLS),
              WorkloadSpec.http("httpbin", 8000).withSecurity(Security.MUTUAL_TLS),
              WorkloadSpec.gateway("edge", 80).withSecurity(Security.MUTUAL_TLS));

  private final LocalWorkload client = MESH.workload("client");
  private final LocalWorkload httpbin = MESH.workload("httpbin");

  @BeforeEach
  void refusePlainText() {
    MESH.apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: default, namespace: istio-system}
        spec: {mtls: {mode: STRICT}}
        """);
  }

  @Test
  void theServerKnowsItsClient() {
    HttpReply reply = client.await(GET, r -> r.status() == 200, SOON);

    assertThat(told(reply).at("/headers/x-forwarded-client-cert/0").asText())
        .contains("By=spiffe://cluster.local/ns/default/sa/httpbin")
        .contains("URI=spiffe://cluster.local/ns/default/sa/client");
  }

  @Test
  void plainTextIsRefused() {
    client.await(GET, r -> r.status() == 200, SOON);

    // Until the policy has arrived, plain text is answered.
    assertThatThrownBy(
            () -> {
              long end = System.nanoTime() + SOON.toNanos();
              while (System.nanoTime() < end) {
                String answer = plainText(); // Cut off where the listener changes meanwhile.
                assertThat(answer.isEmpty() || answer.startsWith("HTTP/1.1")).as(answer).isTrue();
              }
            })
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @Test
  void aPolicyIsAboutTheClientsIdentity() {
    client.await(GET, r -> r.status() == 200, SOON);
    MESH.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: httpbin}
        spec:
          selector: {matchLabels: {app: httpbin}}
          action: DENY
          rules:
          - from: [{source: {principals: [cluster.local/ns/default/sa/client]}}]
        """);

    assertThat(client.await(GET, r -> r.status() == 403, SOON).body()).contains("RBAC");
    LocalWorkload other =
        MESH.deploy(WorkloadSpec.client("other").withSecurity(Security.MUTUAL_TLS));
    assertThat(other.await(GET, r -> r.status() == 200, SOON).body()).contains("sa/other");
  }

  @Test
  void aGatewayReachesAServerThatRefusesPlainText() {
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: edge}
        spec:
          selector: {istio: edge}
          servers:
          - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: edge}
        spec:
          hosts: ["*"]
          gateways: [edge]
          http:
          - route: [{destination: {host: httpbin}}]
        """);

    HttpReply reply =
        MESH.workload("edge").await(HttpCall.get("http://any/"), r -> r.status() == 200, SOON);

    assertThat(told(reply).at("/headers/x-forwarded-client-cert/0").asText())
        .contains("URI=spiffe://cluster.local/ns/istio-system/sa/edge");
  }

  @Test
  void aGatewayHasTheCertificateThatItsGatewayResourceNames() throws Exception {
    TestCertificate certificate = TestCertificate.selfSigned("shop.example.com");
    MESH.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: shop, namespace: istio-system}
        type: kubernetes.io/tls
        data: {tls.crt: %s, tls.key: %s}
        ---
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: shop, namespace: istio-system}
        spec:
          selector: {istio: edge}
          servers:
          - port: {number: 8443, name: https, protocol: HTTPS}
            hosts: [shop.example.com]
            tls: {mode: SIMPLE, credentialName: shop}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop}
        spec:
          hosts: [shop.example.com]
          gateways: [istio-system/shop]
          http:
          - route: [{destination: {host: httpbin}}]
        """
            .formatted(base64(certificate.certificate()), base64(certificate.key())));
    LocalWorkload edge = MESH.workload("edge");

    // Its listener is there once the certificate is.
    long end = System.nanoTime() + SOON.toNanos();
    String subject = "";
    while (subject.isEmpty()) {
      try {
        subject = certificate.subjectAt("shop.example.com", edge.inbound(8443));
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
    }
    assertThat(subject).isEqualTo("CN=shop.example.com");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void theEnvoysComeBackAfterARestartOfIstiod() {
    MESH.istiod().restart(Duration.ofSeconds(30));
    MESH.istiod().await(client.proxy().id(), sync -> sync.inSync(), SOON);

    assertThat(client.await(GET, r -> r.status() == 200, SOON).body()).contains("sa/client");
    assertThat(httpbin.proxy().logTail(5)).isNotEmpty();
  }

  /** What the server says to a request without TLS. */
  private String plainText() throws IOException {
    try (Socket socket =
        new Socket(httpbin.inbound(8000).getAddress(), httpbin.inbound(8000).getPort())) {
      String request = "GET / HTTP/1.1\r\nHost: httpbin\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
