package dev.pilothouse.integration;

import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.toolbox.Toolbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CountDownLatch;

/** A JVM of its own, to be killed: opens two clusters, one of them to be kept, and waits. */
final class LocalClusterOpener {
  private LocalClusterOpener() {}

  public static void main(String[] arguments) throws Exception {
    Path runs = Path.of(arguments[0]);
    ClusterManager<LocalClusterSpec, OwnedCluster> clusters =
        ClusterManager.local(Toolbox.create(), runs);
    OwnedCluster kept = clusters.open(LocalClusterSpec.named("kept").withLifetime(Lifetime.KEEP));
    kept.apply(Manifests.yaml("{apiVersion: v1, kind: Namespace, metadata: {name: from-the-jvm}}"));
    OwnedCluster passing = clusters.open(LocalClusterSpec.named("passing"));
    Path written =
        Files.writeString(
            runs.resolve("half-ready"),
            kept.kubeconfig().getParent() + "\n" + passing.kubeconfig().getParent() + "\n");
    Files.move(written, runs.resolve("ready"), StandardCopyOption.ATOMIC_MOVE);
    new CountDownLatch(1).await();
  }
}
