package dev.pilothouse.integration;

import static dev.pilothouse.integration.MeshFixture.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.LocalWorkload;
import dev.pilothouse.workload.NoReplyException;
import dev.pilothouse.workload.NoReplyException.Reason;
import dev.pilothouse.workload.WorkloadSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests from outside the mesh. */
class GatewayIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final HttpCall SHOP = HttpCall.get("http://shop.example.com/items");

  private static final String ROUTE =
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: edge}
      spec:
        selector: {istio: ingressgateway}
        servers:
        - {port: {number: %d, name: http, protocol: HTTP}, hosts: [shop.example.com]}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop.example.com]
        gateways: [edge]
        http:
        - route: [{destination: {host: items, port: {number: 8000}}}]
      """;

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults())
          .withWorkloads(
              WorkloadSpec.gateway("ingressgateway", 80), WorkloadSpec.http("items", 8000));

  private final LocalWorkload gateway = MESH.workload("ingressgateway");

  @Test
  void aRequestReachesTheServiceBehindIt() {
    MESH.apply(ROUTE.formatted(80));

    JsonNode told = told(gateway.await(SHOP, reply -> reply.status() == 200, SOON));

    assertThat(told.path("workload").asText()).isEqualTo("items");
    assertThat(told.at("/headers/host/0").asText()).isEqualTo("shop.example.com");
    HttpCall other = HttpCall.get("http://other.example.com/");
    assertThat(gateway.send(other).status()).isEqualTo(404);
  }

  @Test
  void aGatewayResourceOpensAnyPort() {
    MESH.apply(ROUTE.formatted(9090));

    HttpCall call = HttpCall.get("http://shop.example.com:9090/items");

    assertThat(gateway.await(call, reply -> reply.status() == 200, SOON).body()).contains("items");
  }

  @Test
  void itListensAtItsOwnAddressAlone() throws IOException {
    MESH.apply(ROUTE.formatted(80));
    gateway.await(SHOP, reply -> reply.status() == 200, SOON);
    InetSocketAddress own = gateway.inbound(80);

    try (Socket socket = new Socket()) {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      assertThatThrownBy(() -> socket.connect(new InetSocketAddress(loopback, own.getPort())))
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void aGatewayIsDeployedWhereItsResourceIsAlready() {
    MESH.apply(ROUTE.formatted(80).replace("istio: ingressgateway", "istio: second"));

    LocalWorkload second = MESH.deploy(WorkloadSpec.gateway("second", 80));

    assertThat(second.await(SHOP, reply -> reply.status() == 200, SOON).body()).contains("items");
  }

  @Test
  void withoutAGatewayResourceNothingListens() {
    HttpCall call = HttpCall.get("http://shop.example.com:7777/");

    assertThatThrownBy(() -> gateway.send(call))
        .isInstanceOfSatisfying(
            NoReplyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
        .hasMessageContaining("apply a Gateway that selects {istio=ingressgateway}");
  }

  @Test
  void noApplicationIsBesideIt() {
    assertThatThrownBy(() -> gateway.outbound(8000)).isInstanceOf(IllegalStateException.class);
  }
}
