package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What was pushed into a registry is pulled by a real node, and runs. */
@SuppressWarnings("try") // what is only applied meanwhile is not referenced
class RegistryPullIT {
  private static final String NAMESPACE = "registry-pull-it";
  private static final String PID = "/run/" + NAMESPACE + ".pid";

  @Test
  void aPodPullsWhatWasPushedByItsDigest() throws IOException {
    KindFixture kind = KindFixture.require();
    kind.toolbox().provision(Tool.PILOT_DISCOVERY);
    IstiodBinary istiod = MeshFixture.istiodBinary(kind.toolbox());
    KindCluster cluster = kind.cluster();
    String node = cluster.nodes().get(0).containerId();
    String gateway =
        DockerFixture.output(
            "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}", node);
    try (RegistryFixture registry = RegistryFixture.start(kind.toolbox());
        ConnectProxy proxy = ConnectProxy.start(InetAddress.getByName(gateway))) {
      ImageSpec spec = ImageSpec.pilot().withHub(registry.hub());
      DeliveredIstiod pushed =
          Deliveries.in(DockerHost.usual())
              .registryPush(ImageBuilders.registry(event -> {}), spec)
              .deliver(istiod, cluster, NAMESPACE + "/istiod");

      reachFrom(node, registry.port(), gateway, proxy.port());
      try {
        assertThat(logOf(cluster, pushed)).contains(istiod.version().revision());
      } finally {
        DockerFixture.output("exec", node, "sh", "-c", "kill $(cat " + PID + ")");
        DockerFixture.run("exec", node, "ctr", "-n", "k8s.io", "images", "rm", pushed.image());
      }
    }
  }

  /** Has the node's loopback lead to this machine's: only there containerd takes plain HTTP. */
  private static void reachFrom(String node, int port, String proxy, int proxyPort) {
    String listen = "TCP-LISTEN:%d,bind=127.0.0.1,fork".formatted(port);
    String connect = "PROXY:%s:127.0.0.1:%d,proxyport=%d".formatted(proxy, port, proxyPort);
    String command = "echo $$ >%s; exec socat %s %s".formatted(PID, listen, connect);
    DockerFixture.output("exec", "-d", node, "sh", "-c", command);
  }

  private static String logOf(KindCluster cluster, DeliveredIstiod istiod) {
    String pod =
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: registry-pull-it}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: pulled, namespace: registry-pull-it}
        spec:
          restartPolicy: Never
          containers:
          - {name: discovery, image: "%s", imagePullPolicy: %s, args: [version, -o, json]}
        """
            .formatted(istiod.image(), istiod.pullPolicy());
    try (Applied applied = cluster.apply(Manifests.yaml(pod))) {
      var pulled = cluster.client().pods().inNamespace(NAMESPACE).withName("pulled");
      pulled.waitUntilCondition(
          p -> p != null && List.of("Succeeded", "Failed").contains(p.getStatus().getPhase()),
          2,
          TimeUnit.MINUTES);
      return pulled.getLog();
    }
  }
}
