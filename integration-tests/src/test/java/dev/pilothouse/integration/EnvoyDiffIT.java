package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.diff.DiffOptions;
import dev.pilothouse.envoy.diff.Difference;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.envoy.diff.LeftOut;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a real istiod has against what a real Envoy has. */
class EnvoyDiffIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String HTTPBIN = "httpbin.default.svc.cluster.local:8000";

  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults().withEnvironment("PILOT_DEBOUNCE_AFTER", "1ms"))
          .withWorkloads(
              WorkloadSpec.http("httpbin", 8000),
              WorkloadSpec.client("client"),
              WorkloadSpec.client("other"));

  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();
  private final Workload client = MESH.workload("client");

  @Test
  void istiodAndEnvoyAgreeAfterTheSync() {
    MESH.apply(revision("agreed")); // not what the other test waits for
    EnvoyConfig envoy = inspector.await(client.proxy().config(), hasRevision("agreed"), SOON);
    MESH.istiod().await(client.proxy().id(), ProxySync::inSync, SOON);

    EnvoyDiff diff = EnvoyDiff.between(istiodsView(), envoy, DiffOptions.controlPlaneAndEnvoy());

    assertThat(diff.differences()).as(diff.table()).isEmpty();
    assertThat(diff.leftOut()).extracting(LeftOut::what).contains("the bootstrap");
    assertThat(diff.leftOut()).extracting(LeftOut::what).doesNotContain("endpoints after");
  }

  @Test
  void whatACutOffEnvoyMissedIsFound() throws Exception {
    MESH.apply(revision("old"));
    EnvoyConfig envoy = inspector.await(client.proxy().config(), hasRevision("old"), SOON);
    MESH.istiod().await(client.proxy().id(), ProxySync::inSync, SOON);

    signal("-STOP");
    try {
      MESH.apply(revision("new"));
      inspector.await(MESH.workload("other").proxy().config(), hasRevision("new"), SOON);
      MESH.istiod().await(client.proxy().id(), sync -> !sync.inSync(), SOON);
      EnvoyConfig istiod = istiodsView();

      EnvoyDiff diff = EnvoyDiff.between(istiod, envoy, DiffOptions.controlPlaneAndEnvoy());

      assertThat(diff.differences())
          .as(diff.table())
          .extracting(Difference::resource, Difference::path, d -> d.after().orElseThrow().asText())
          .containsExactly(
              tuple(
                  "8000",
                  "virtual_hosts["
                      + HTTPBIN
                      + "].routes[only].response_headers_to_add[x-revision].header.value",
                  "old"));
    } finally {
      signal("-CONT");
    }
    inspector.await(client.proxy().config(), hasRevision("new"), SOON);
  }

  @Test
  void twoClientsDifferOnlyInWhoTheyAre() {
    // What an earlier test applied may still be on its way out.
    MESH.apply(revision("same"));
    EnvoyConfig one = inspector.await(client.proxy().config(), hasRevision("same"), SOON);
    EnvoyConfig two =
        inspector.await(MESH.workload("other").proxy().config(), hasRevision("same"), SOON);

    assertThat(EnvoyDiff.between(one, two).differences()).isNotEmpty();
    EnvoyDiff diff =
        EnvoyDiff.between(
            one,
            two,
            DiffOptions.twoProxies()
                .ignoring(
                    "envoy.config.listener.v3.Listener.address",
                    "envoy.config.core.v3.SocketAddress.port_value"));
    assertThat(diff.differences()).as(diff.table()).isEmpty();
  }

  private EnvoyConfig istiodsView() {
    return inspector.read(ConfigSource.istiod(MESH.istiod().monitoring(), client.proxy().id()));
  }

  private static Predicate<EnvoyConfig> hasRevision(String revision) {
    return config ->
        config
            .route("8000")
            .filter(route -> route.raw().toString().contains("\"value\":\"" + revision + "\""))
            .isPresent();
  }

  private static String revision(String revision) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin, namespace: default}
        spec:
          hosts: [httpbin]
          http:
          - name: only
            headers: {response: {set: {x-revision: %s}}}
            route: [{destination: {host: httpbin, port: {number: 8000}}}]
        """
        .formatted(revision);
  }

  private static void signal(String name) {
    List<ProcessHandle> envoys =
        ProcessHandle.current()
            .descendants()
            .filter(p -> p.info().commandLine().orElse("").contains("/envoy-client"))
            .toList();
    assertThat(envoys).isNotEmpty();
    for (ProcessHandle envoy : envoys) {
      Processes.signal(name, envoy);
    }
  }
}
