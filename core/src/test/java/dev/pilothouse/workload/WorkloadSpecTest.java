package dev.pilothouse.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pilothouse.workload.WorkloadSpec.Port;
import dev.pilothouse.workload.WorkloadSpec.Protocol;
import dev.pilothouse.workload.WorkloadSpec.Role;
import dev.pilothouse.workload.WorkloadSpec.Security;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadSpecTest {
  @Test
  void startsFromTheUsual() {
    WorkloadSpec spec = WorkloadSpec.http("httpbin", 8000);

    assertThat(spec.namespace()).isEqualTo("default");
    assertThat(spec.service()).isEqualTo("httpbin");
    assertThat(spec.role()).isEqualTo(Role.SIDECAR);
    assertThat(spec.security()).isEqualTo(Security.PLAINTEXT);
    assertThat(spec.ports())
        .containsExactly(new Port("http", 8000, Protocol.HTTP, OptionalInt.empty()));
    assertThat(WorkloadSpec.client("client").ports()).isEmpty();
  }

  @Test
  void aGatewayHasTheLabelThatAGatewayResourceSelects() {
    WorkloadSpec spec = WorkloadSpec.gateway("ingressgateway", 80);

    assertThat(spec.role()).isEqualTo(Role.GATEWAY);
    assertThat(spec.namespace()).isEqualTo("istio-system");
    assertThat(spec.labels()).isEqualTo(Map.of("istio", "ingressgateway"));
  }

  @Test
  void eachChangeLeavesTheRest() {
    WorkloadSpec spec =
        WorkloadSpec.http("reviews-v2", 9080)
            .withService("reviews")
            .withLabel("version", "v2")
            .withNamespace("shop")
            .withPort(Port.tcp(9000).withName("bytes").withApplication(7000))
            .withSecurity(Security.MUTUAL_TLS)
            .withReadyDeadline(Duration.ofSeconds(5));

    assertThat(spec)
        .isEqualTo(
            new WorkloadSpec(
                "reviews-v2",
                "shop",
                "reviews",
                Role.SIDECAR,
                Map.of("version", "v2"),
                List.of(
                    Port.http(9080), new Port("bytes", 9000, Protocol.TCP, OptionalInt.of(7000))),
                Security.MUTUAL_TLS,
                Duration.ofSeconds(5)));
    assertThat(spec.withPorts(List.of(Port.http(1))).ports()).containsExactly(Port.http(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "a_b", "-a", "a-", "a.b", "a23456789012345678901234567890x"})
  void refusesWhatKubernetesWouldRefuse(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> WorkloadSpec.client(name));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkloadSpec.client("a").withNamespace(name));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkloadSpec.client("a").withService(name));
  }

  @Test
  void refusesPortsThatCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkloadSpec.http("a", 8000).withPort(Port.http(8001)))
        .withMessageContaining("the name http");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkloadSpec.http("a", 8000).withPort(Port.tcp(8000)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkloadSpec.http("a", 80).withPort(Port.tcp(10_080)))
        .withMessageContaining("served on port 10080");
    assertThatIllegalArgumentException().isThrownBy(() -> Port.http(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Port.http(1).withApplication(65_536));
  }

  @Test
  void asksForAnApplicationThatPilothouseDoesNotHave() {
    Port grpc = new Port("grpc", 9000, Protocol.GRPC, OptionalInt.empty());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkloadSpec.client("a").withPort(grpc))
        .withMessageContaining("speaks GRPC: name yours");
    assertThat(WorkloadSpec.client("a").withPort(grpc.withApplication(9001)).ports()).hasSize(1);
    assertThat(WorkloadSpec.gateway("a", 80).withPort(grpc).ports()).hasSize(2);
  }

  @Test
  void theAppLabelIsTheServicesName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkloadSpec.client("a").withLabel("app", "b"))
        .withMessageContaining("use withService");
  }
}
