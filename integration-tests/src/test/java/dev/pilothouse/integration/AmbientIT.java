package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.istiod.InClusterDeployer;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.PodOptions;
import dev.pilothouse.workload.PodWorkloads;
import dev.pilothouse.workload.Sample;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.Workloads;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What belongs to an ambient mesh is refused by name. It takes an API server, and no nodes. */
@SuppressWarnings("try") // what is only applied meanwhile is not referenced
class AmbientIT {
  private static final String IMAGE = "localhost/no/pilot:1";

  @TempDir private static Path folder;

  private static Toolbox toolbox;
  private static OwnedCluster cluster;

  @BeforeAll
  static void open() {
    toolbox = Toolbox.create();
    toolbox.provision(Tool.ISTIOCTL);
    cluster = ClusterManager.local(toolbox, folder).open(LocalClusterSpec.named("ambient-it"));
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"profile", "setting", "values"})
  void anAmbientInstallationIsRefusedBeforeAnythingIsInstalled(String how) {
    InstallSpec plain =
        InstallSpec.of(toolbox.require(Tool.ISTIOCTL).path(), Delivery.image(IMAGE))
            .withProfile("minimal");
    InstallSpec ambient =
        switch (how) {
          case "profile" -> plain.withProfile("ambient");
          case "setting" -> plain.withSetting("profile=ambient");
          default -> plain.withValues("profile: ambient");
        };
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, ambient);

    assertThatThrownBy(() -> deployer.deploy(IMAGE, IstiodSpec.defaults()))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("deploying istiod of revision default")
        .hasMessageContaining("that is an ambient mesh")
        .hasMessageContaining("take another profile");
    assertThat(deployer.revisions()).isEmpty();
    assertThat(cluster.client().apps().deployments().inAnyNamespace().list().getItems()).isEmpty();
  }

  @Test
  void anAmbientNamespaceIsRefused() {
    try (Applied namespace =
            cluster.apply(
                Manifests.yaml(
                    """
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: floating, labels: {istio.io/dataplane-mode: ambient}}
                    """));
        PodWorkloads workloads = Workloads.inCluster(cluster, PodOptions.defaults())) {
      String words = "the namespace floating is in ambient mode (istio.io/dataplane-mode=ambient)";
      WorkloadSpec client = WorkloadSpec.client("client").withNamespace("floating");

      assertThatThrownBy(() -> workloads.deploy(client)).hasMessageContaining(words);
      assertThatThrownBy(() -> workloads.deploy(Sample.bookinfo("localhost", "1"), "floating"))
          .hasMessageContaining(words);
      assertThatThrownBy(() -> workloads.injectedNamespace("floating").close())
          .hasMessageContaining(words);
    }
  }

  @Test
  void aGatewayThatIsAWaypointIsRefused() {
    try (Applied definitions = cluster.apply(GatewayApi.definitions(folder));
        Applied gateways =
            cluster.apply(
                Manifests.yaml(
                    """
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: Gateway
                    metadata: {name: waypoint, namespace: default}
                    spec:
                      gatewayClassName: istio-waypoint
                      listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                    ---
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: Gateway
                    metadata: {name: edge, namespace: default}
                    spec:
                      gatewayClassName: istio
                      listeners: [{name: http, port: 80, protocol: HTTP}]
                    """));
        PodWorkloads workloads = Workloads.inCluster(cluster, PodOptions.defaults())) {
      assertThatThrownBy(() -> workloads.find("default", "waypoint"))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("finding deployment default/waypoint")
          .hasMessageContaining(
              "has the class istio-waypoint: it is a waypoint, of an ambient mesh");
      assertThatThrownBy(() -> workloads.find("default", "edge"))
          .hasMessageContaining("there is no such Deployment");
    }
  }
}
