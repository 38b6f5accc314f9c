package dev.pilothouse.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.workload.LoopbackBlock.Addresses;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvoyBootstrapTest {
  private static final Addresses ADDRESSES =
      new Addresses(3, LoopbackBlock.loopback(41, 7, 3), LoopbackBlock.loopback(42, 7, 3));

  @Test
  void aSidecarTellsIstiodWhoItIs() throws JsonProcessingException {
    JsonNode node = bootstrap(WorkloadSpec.http("httpbin", 8000), true).path("node");

    assertThat(node.path("id").asText())
        .isEqualTo("sidecar~127.42.7.3~httpbin.default~default.svc.cluster.local");
    assertThat(node.path("metadata").path("INTERCEPTION_MODE").asText()).isEqualTo("NONE");
    assertThat(node.path("metadata").path("INSTANCE_IPS").asText()).isEqualTo("127.42.7.3");
    assertThat(node.path("metadata").path("LABELS").toString()).isEqualTo("{\"a\":\"b\"}");
    assertThat(node.path("metadata").has("UNPRIVILEGED_POD")).isFalse();
  }

  @Test
  void aGatewayIsARouterAndCapturesNothing() throws JsonProcessingException {
    JsonNode node = bootstrap(WorkloadSpec.gateway("edge", 80), true).path("node");

    assertThat(node.path("id").asText())
        .isEqualTo("router~127.42.7.3~edge.istio-system~istio-system.svc.cluster.local");
    assertThat(node.path("metadata").has("INTERCEPTION_MODE")).isFalse();
  }

  @Test
  void withoutThePrivilegeIstiodIsToLeaveLowPortsOut() throws JsonProcessingException {
    JsonNode node = bootstrap(WorkloadSpec.client("client"), false).path("node");

    assertThat(node.path("metadata").path("UNPRIVILEGED_POD").asText()).isEqualTo("true");
  }

  @Test
  void allItsOwnAddressesAreLoopbackOnes() throws JsonProcessingException {
    JsonNode bootstrap = bootstrap(WorkloadSpec.client("client"), true);

    assertThat(bootstrap.findValues("socket_address"))
        .extracting(address -> address.path("address").asText())
        .containsExactly("127.0.0.1", "127.0.0.1");
    assertThat(bootstrap.at("/admin/address/socket_address/port_value").asInt()).isEqualTo(21000);
  }

  private static JsonNode bootstrap(WorkloadSpec spec, boolean lowPorts)
      throws JsonProcessingException {
    Node node = new Node(spec, new Site(ADDRESSES, lowPorts), Map.of("a", "b"));
    List<Map<String, Object>> servers =
        List.of(EnvoyBootstrap.server(EnvoyBootstrap.XDS, EnvoyBootstrap.port(15010)));
    String json = new EnvoyBootstrap(node, "Kubernetes", "1.31.0", 21000, servers).json();
    return new ObjectMapper().readTree(json);
  }
}
