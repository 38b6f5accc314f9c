package dev.pilothouse.integration;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.KubeconfigSpec;
import dev.pilothouse.cluster.Manifests;
import java.nio.file.Path;

/** A JVM of its own that applies something and exits without closing anything. */
final class KubeconfigApplier {
  private KubeconfigApplier() {}

  public static void main(String[] arguments) {
    Cluster cluster =
        ClusterManager.kubeconfig(Path.of(arguments[0])).open(KubeconfigSpec.currentContext());
    cluster.apply(Manifests.yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: guest}}"));
    boolean there =
        cluster.client().configMaps().inNamespace("default").withName("guest").get() != null;
    System.out.println(there ? "applied" : "nothing there");
    System.exit(0);
  }
}
