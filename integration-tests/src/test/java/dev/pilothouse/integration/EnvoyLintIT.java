package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.Resource.State;
import dev.pilothouse.envoy.SecretResource;
import dev.pilothouse.envoy.lint.EnvoyLint;
import dev.pilothouse.envoy.lint.LintFinding;
import dev.pilothouse.envoy.lint.LintReport;
import dev.pilothouse.envoy.lint.LintRule;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.WorkloadSpec.Security;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A mesh with mutual TLS and a gateway: clean as Istio makes it, and broken by rules. */
class EnvoyLintIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String NOBODY = "outbound|8000|nobody|httpbin.default.svc.cluster.local";
  private static final Owner RULE =
      new Owner("networking.istio.io/v1", "VirtualService", "default", "httpbin");

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(
              IstiodSpec.defaults()
                  .withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS)
                  .withEnvironment("PILOT_DEBOUNCE_AFTER", "1ms"))
          .withWorkloads(
              WorkloadSpec.client("client").withSecurity(Security.MUTUAL_TLS),
              WorkloadSpec.http("httpbin", 8000).withSecurity(Security.MUTUAL_TLS),
              WorkloadSpec.gateway("edge", 80).withSecurity(Security.MUTUAL_TLS));

  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();
  private final Workload client = MESH.workload("client");

  @Test
  void whatIstioMakesIsClean() {
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
    MESH.workload("edge").await(HttpCall.get("http://any/"), r -> r.status() == 200, SOON);
    client.await(HttpCall.get("http://httpbin:8000/"), r -> r.status() == 200, SOON);

    for (String workload : new String[] {"client", "httpbin", "edge"}) {
      EnvoyConfig config =
          inspector.await(MESH.workload(workload).proxy().config(), EnvoyLintIT::isSettled, SOON);
      LintReport report = EnvoyLint.create().check(config);
      assertThat(report.findings()).as(workload + ": " + report.table()).isEmpty();
      assertThat(config.secrets()).as("it has certificates to look at").isNotEmpty();
    }
  }

  /** What the other test has applied may still be on its way out. */
  private static boolean isSettled(EnvoyConfig config) {
    return config.cluster(NOBODY).isEmpty()
        && config.route("8000").filter(r -> r.raw().toString().contains("/gone")).isEmpty()
        && config.resources(State.WARMING).stream().allMatch(SecretResource.class::isInstance);
  }

  @Test
  void brokenRulesAreFoundWithTheirOwner() {
    MESH.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: httpbin}
        spec:
          host: httpbin
          subsets:
          - {name: nobody, labels: {version: nobody}}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin}
        spec:
          hosts: [httpbin]
          http:
          - {match: [{uri: {exact: /gone}}], route: [{destination: {host: httpbin, subset: gone}}]}
          - route: [{destination: {host: httpbin, subset: nobody}}]
          - {match: [{uri: {prefix: /late}}], route: [{destination: {host: httpbin}}]}
        """);
    EnvoyConfig config =
        inspector.await(
            client.proxy().config(),
            c ->
                c.route("8000").filter(r -> r.raw().toString().contains("/gone")).isPresent()
                    && c.cluster(NOBODY).filter(n -> n.state() == State.ACTIVE).isPresent(),
            SOON);

    LintReport report = EnvoyLint.create().without(LintRule.WARMING).check(config);

    assertThat(report.findings(LintRule.DANGLING_CLUSTER))
        .as(report.table())
        .singleElement()
        .satisfies(f -> assertThat(f.owner()).contains(RULE))
        .extracting(LintFinding::message)
        .asString()
        .contains("outbound|8000|gone|httpbin.default.svc.cluster.local");
    assertThat(report.findings(LintRule.SUBSET_WITHOUT_ENDPOINTS))
        .as(report.table())
        .singleElement()
        .extracting(f -> f.resource().name())
        .isEqualTo(NOBODY);
    assertThat(client.send(HttpCall.get("http://httpbin:8000/gone")).status()).isEqualTo(503);
  }
}
