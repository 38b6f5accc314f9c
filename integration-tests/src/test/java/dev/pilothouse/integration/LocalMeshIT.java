package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.LocalMeshSpec;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole meshes, through the front door. */
class LocalMeshIT {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final HttpCall GET = HttpCall.get("http://httpbin:8000/get");

  private final Toolbox toolbox = Toolbox.create();
  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();

  @Test
  void twoMeshesRunSideBySideAndKnowNothingOfEachOther() {
    try (LocalMesh one = LocalMesh.start(toolbox);
        LocalMesh two = LocalMesh.start(toolbox)) {
      Workload clientOfOne = deployHttpbinAndClient(one);
      Workload clientOfTwo = deployHttpbinAndClient(two);
      one.cluster().apply(Manifests.yaml(setHeader("x-mesh", "one")));
      two.cluster().apply(Manifests.yaml(setHeader("x-mesh", "two")));
      awaitText(clientOfOne, "x-mesh");
      awaitText(clientOfTwo, "x-mesh");

      assertThat(clientOfOne.send(GET).headers()).containsEntry("x-mesh", List.of("one"));
      assertThat(clientOfTwo.send(GET).headers()).containsEntry("x-mesh", List.of("two"));
    }
  }

  @Test
  void aConfigSaysWhichProfileMadeIt() {
    LocalMeshSpec spec =
        LocalMeshSpec.of(toolbox)
            .withIstiod(IstiodSpec.defaults().withEnvironment("PILOT_DEBOUNCE_AFTER", "1ms"));
    try (LocalMesh mesh = LocalMesh.start(spec)) {
      Workload client = mesh.workloads().deploy(WorkloadSpec.client("client"));

      EnvoyConfig config = inspector.read(client.proxy().config());

      assertThat(config.labels()).containsValue(MeshProfile.UPSTREAM_ENVOY.name());
      assertThat(mesh.istiod().await(client.proxy().id(), ProxySync::inSync, MINUTE).inSync())
          .isTrue();
    }
  }

  @Test
  void closingTwiceDoesNothing() {
    LocalMesh mesh = LocalMesh.start(toolbox);
    mesh.close();
    mesh.close();
    assertThat(mesh.istiod().spec()).isEqualTo(IstiodSpec.defaults());
  }

  @Test
  void aKeptClusterIsUsedAgain() {
    LocalClusterSpec cluster = LocalClusterSpec.named("kept-mesh").withLifetime(Lifetime.KEEP);
    LocalMeshSpec spec = LocalMeshSpec.of(toolbox).withCluster(cluster);
    try {
      try (LocalMesh first = LocalMesh.start(spec)) {
        first.workloads().deploy(WorkloadSpec.client("client"));
        first.cluster().apply(Manifests.yaml(setHeader("x-mesh", "first")));
      }
      try (LocalMesh second = LocalMesh.start(spec)) {
        Workload client = deployHttpbinAndClient(second);
        awaitText(client, "x-mesh");

        assertThat(client.send(GET).headers()).containsEntry("x-mesh", List.of("first"));
      }
    } finally {
      ClusterManager.local(toolbox).find("kept-mesh").ifPresent(OwnedCluster::delete);
    }
  }

  private static Workload deployHttpbinAndClient(LocalMesh mesh) {
    mesh.workloads().deploy(WorkloadSpec.http("httpbin", 8000));
    return mesh.workloads().deploy(WorkloadSpec.client("client"));
  }

  private void awaitText(Workload workload, String text) {
    inspector.await(
        workload.proxy().config(), config -> config.raw().toString().contains(text), MINUTE);
  }

  private static String setHeader(String name, String value) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin, namespace: default}
        spec:
          hosts: [httpbin]
          http:
          - headers: {response: {set: {%s: %s}}}
            route: [{destination: {host: httpbin, port: {number: 8000}}}]
        """
        .formatted(name, value);
  }
}
