package dev.pilothouse.integration;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThatConfig;
import static dev.pilothouse.envoy.assertj.EnvoyAssertions.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.assertj.TlsMode;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Assertions that wait for what a real istiod makes of a resource, in a real Envoy. */
class AssertionsIT {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String HOST = "httpbin.default.svc.cluster.local";

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults())
          .withWorkloads(WorkloadSpec.http("httpbin", 8000), WorkloadSpec.client("client"));

  private final Workload client = MESH.workload("client");

  @Test
  void aVirtualServiceShowsInTheRoute() {
    MESH.apply(headerRule("applied"));

    assertThatConfig(client.proxy().config())
        .within(MINUTE)
        .satisfies(
            c -> {
              c.hasNoRejectedConfig().hasNothingWarming();
              c.route("8000")
                  .virtualHost(HOST + ":8000")
                  .routeFor(get("/get"))
                  .hasResponseHeader("x-rule", "applied")
                  .isMadeFrom("VirtualService", "default", "httpbin");
            });
    assertThat(client.send(HttpCall.get("http://httpbin:8000/get")).headers())
        .containsEntry("x-rule", List.of("applied"));
  }

  @Test
  void aDestinationRuleShowsInTheClusters() {
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: httpbin, namespace: default}
        spec:
          host: httpbin
          trafficPolicy:
            tls: {mode: SIMPLE, sni: backend.example.com}
            connectionPool: {tcp: {maxConnections: 7}}
            outlierDetection: {consecutive5xxErrors: 4}
          subsets: [{name: v1, labels: {version: v1}}]
        """);

    assertThatConfig(client.proxy().config())
        .within(MINUTE)
        .satisfies(
            c ->
                c.hasSubsets(HOST, 8000, "v1")
                    .cluster("outbound|8000|v1|" + HOST)
                    .isMadeFrom("DestinationRule", "default", "httpbin")
                    .hasTlsMode(TlsMode.SIMPLE)
                    .hasSni("backend.example.com")
                    .hasMaxConnections(7)
                    .hasConsecutive5xx(4))
        .cluster("outbound|8000||" + HOST)
        .endpoints()
        .hasSize(1)
        .hasOnlyHealthyEndpoints();
  }

  @Test
  void aWaitInVainTellsWhatCameInstead() {
    AtomicBoolean applied = new AtomicBoolean();

    assertThatThrownBy(
            () ->
                assertThatConfig(client.proxy().config())
                    .within(Duration.ofSeconds(20))
                    .satisfies(
                        c -> {
                          if (applied.compareAndSet(false, true)) {
                            MESH.apply(headerRule("other"));
                          }
                          c.route("8000")
                              .virtualHost("httpbin")
                              .routeFor(get("/get"))
                              .hasResponseHeader("x-rule", "wanted");
                        }))
        .isInstanceOf(AssertionError.class)
        .message()
        .containsSubsequence(
            "to set the response header x-rule: wanted,\nbut the route sets it to other\n",
            "history:",
            "first seen: ",
            "changed: route configuration 8000: ",
            "the route sets it to other",
            "given up");
  }

  private static String headerRule(String value) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin, namespace: default}
        spec:
          hosts: [httpbin]
          http:
          - headers: {response: {set: {x-rule: %s}}}
            route: [{destination: {host: httpbin, port: {number: 8000}}}]
        """
        .formatted(value);
  }
}
