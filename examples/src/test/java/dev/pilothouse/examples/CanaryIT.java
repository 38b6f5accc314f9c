package dev.pilothouse.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A test to copy from: one mesh for the class, and what a rule does to real requests. */
class CanaryIT {
  private static LocalMesh mesh;
  private static Workload client;

  @BeforeAll
  static void start() {
    Toolbox toolbox = Toolbox.create();
    toolbox.provision(LocalMesh.tools());
    mesh = LocalMesh.start(toolbox);
    deployReviews("v1");
    deployReviews("v2");
    client = mesh.workloads().deploy(WorkloadSpec.client("client"));
  }

  @AfterAll
  static void end() {
    if (mesh != null) {
      mesh.close();
    }
  }

  @Test
  void testersSeeTheNewVersion() {
    HttpCall call = HttpCall.get("http://reviews:9080/");
    try (Applied rules = mesh.cluster().apply(Manifests.classpath(CanaryIT.class, "canary.yaml"))) {
      assertThat(rules.resources()).hasSize(2);

      // Without this, a request might still be answered by the rules before.
      EnvoyConfigInspector.create()
          .await(client.proxy().config(), CanaryIT::hasBothVersions, Duration.ofMinutes(1));

      assertThat(client.send(call.withHeader("x-tester", "yes")).body())
          .contains("\"workload\":\"reviews-v2\"");
      assertThat(client.send(call).body()).contains("\"workload\":\"reviews-v1\"");
    }
  }

  private static boolean hasBothVersions(EnvoyConfig config) {
    return config
            .route("9080")
            .flatMap(routes -> routes.virtualHost("reviews.default.svc.cluster.local:9080"))
            .filter(host -> host.routes().size() == 2)
            .isPresent()
        && isActive(config, "outbound|9080|v1|reviews.default.svc.cluster.local")
        && isActive(config, "outbound|9080|v2|reviews.default.svc.cluster.local");
  }

  private static boolean isActive(EnvoyConfig config, String cluster) {
    return config
        .cluster(cluster)
        .filter(found -> found.state() == Resource.State.ACTIVE)
        .isPresent();
  }

  private static void deployReviews(String version) {
    mesh.workloads()
        .deploy(
            WorkloadSpec.http("reviews-" + version, 9080)
                .withService("reviews")
                .withLabel("version", version));
  }
}
