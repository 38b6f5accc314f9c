package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.HTTPBIN;
import static dev.pilothouse.envoy.assertj.Samples.fails;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.Endpoint.Health;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointsAssertTest {
  private static final EnvoyConfig SIDECAR = Samples.sidecar();
  private static final EnvoyConfig VARIOUS = Samples.various();

  @TempDir Path folder;

  @Test
  void endpoint() {
    httpbin().endpoint("10.1.0.1:18000").isHealthy();
    fails(
        () -> httpbin().endpoint("10.1.0.9:18000"),
        "to have the endpoint \"10.1.0.9:18000\"",
        "nearest: 10.1.0.1:18000, 10.1.0.2:18000");
  }

  @Test
  void hasSize() {
    httpbin().hasSize(2);
    fails(() -> httpbin().hasSize(1), "to have 1 endpoints", "it has 2\n  0: 10.1.0.2:18000");
  }

  @Test
  void isEmpty() {
    assertThat(SIDECAR).endpoints("BlackHoleCluster").isEmpty();
    fails(() -> httpbin().isEmpty(), "to have 0 endpoints", "it has 2");
  }

  @Test
  void hasAddresses() {
    httpbin().hasAddresses("10.1.0.1:18000");
    fails(
        () -> httpbin().hasAddresses("10.1.0.9:18000", "10.1.0.1:18000"),
        "it lacks [10.1.0.9:18000]");
  }

  @Test
  void hasOnlyAddresses() {
    httpbin().hasOnlyAddresses("10.1.0.1:18000", "10.1.0.2:18000");
    fails(
        () -> httpbin().hasOnlyAddresses("10.1.0.1:18000"),
        "to have exactly the endpoints [10.1.0.1:18000]",
        "expected:\n  - 10.1.0.1:18000\nactual:\n  - 10.1.0.1:18000\n  - 10.1.0.2:18000\n");
  }

  @Test
  void hasOnlyHealthyEndpoints() {
    httpbin().hasOnlyHealthyEndpoints();
    fails(() -> plain().hasOnlyHealthyEndpoints(), "1 of 3 are not:\n  0: 10.1.0.2:8080 ");
    fails(
        () -> assertThat(SIDECAR).endpoints("BlackHoleCluster").hasOnlyHealthyEndpoints(),
        "it has none at all");
  }

  @Test
  void hasHealthyEndpoints() {
    plain().hasHealthyEndpoints(2);
    fails(() -> plain().hasHealthyEndpoints(3), "to have 3 healthy endpoints", "it has 2\n");
  }

  @Test
  void hasOnlyLocalities() {
    plain().hasOnlyLocalities("south", "north/n1");
    httpbin().hasOnlyLocalities("");
    fails(() -> plain().hasOnlyLocalities("north/n1"), "they are in [north/n1, south]");
  }

  @Test
  void isHealthy() {
    plain().endpoint("10.1.0.1:8080").isHealthy();
    fails(
        () -> plain().endpoint("10.1.0.2:8080").isHealthy(),
        "Expected endpoint 10.1.0.2:8080 of endpoints of the cluster \"plain\"",
        "to have the health_status healthy");
  }

  @Test
  void isNotHealthy() {
    plain().endpoint("10.1.0.2:8080").isNotHealthy();
    fails(() -> plain().endpoint("10.1.0.1:8080").isNotHealthy(), "not to be healthy");
  }

  @Test
  void hasHealth() {
    plain().endpoint("10.1.0.1:8080").hasHealth(Health.HEALTHY);
    fails(
        () -> plain().endpoint("10.1.0.1:8080").hasHealth(Health.TIMEOUT),
        "its health_status is healthy");
  }

  @Test
  void hasWeight() {
    plain().endpoint("10.1.0.1:8080").hasWeight(3);
    fails(() -> plain().endpoint("10.1.0.1:8080").hasWeight(1), "its load_balancing_weight is 3");
  }

  @Test
  void hasPriority() {
    plain().endpoint("10.2.0.1:8080").hasPriority(1);
    fails(() -> plain().endpoint("10.2.0.1:8080").hasPriority(0), "its priority is 1");
  }

  @Test
  void hasLocality() {
    plain().endpoint("10.1.0.1:8080").hasLocality("north/n1");
    fails(() -> plain().endpoint("10.1.0.1:8080").hasLocality("south"), "its locality is north/n1");
  }

  @Test
  void isEjected() throws IOException {
    EnvoyConfig live = withStatuses("\"failed_outlier_check\": true");
    assertThat(live).endpoints(ejecting()).endpoint("10.1.0.2:8080").isEjected();
    fails(
        () -> assertThat(live).endpoints(ejecting()).endpoint("10.1.0.1:8080").isEjected(),
        "nothing speaks against it");
    fails(
        () -> plain().endpoint("10.1.0.1:8080").isEjected(),
        "undecided: a dump does not tell; the source lacks Envoy's /clusters");
  }

  @Test
  void isNotEjected() throws IOException {
    EnvoyConfig live = withStatuses("\"failed_outlier_check\": true");
    assertThat(live).endpoints(ejecting()).endpoint("10.1.0.1:8080").isNotEjected();
    fails(
        () -> assertThat(live).endpoints(ejecting()).endpoint("10.1.0.2:8080").isNotEjected(),
        "against it speaks [failed_outlier_check]");
  }

  @Test
  void ofOneResource() {
    assertThat(SIDECAR.endpoint("outbound|8000||" + HTTPBIN).orElseThrow()).hasSize(2);
    fails(
        () -> assertThat(SIDECAR.endpoint("outbound|8000||" + HTTPBIN).orElseThrow()).hasSize(3),
        "it has 2");
  }

  private static EndpointsAssert httpbin() {
    return assertThat(SIDECAR).endpoints("outbound|8000||" + HTTPBIN);
  }

  private static EndpointsAssert plain() {
    return assertThat(VARIOUS).endpoints("plain");
  }

  private static String ejecting() {
    return "outbound|80|v1|" + HTTPBIN;
  }

  /** A dump and the answer to {@code /clusters}, in which the second host is as it is said. */
  private EnvoyConfig withStatuses(String second) throws IOException {
    String statuses =
        Samples.text("clusters-status.json")
            .replace("\"eds_health_status\": \"UNHEALTHY\"", second);
    return EnvoyConfigInspector.create()
        .read(
            ConfigSource.files(
                Files.writeString(folder.resolve("dump.json"), Samples.text("accepted.json")),
                Files.writeString(folder.resolve("clusters.json"), statuses)));
  }
}
