package dev.pilothouse.cluster;

import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.toolbox.RunDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a cluster from nothing, once, and keeps what its etcd then holds. */
final class EtcdTemplateMaker {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdTemplateMaker.class);

  private static final Manifests ISTIO_NAMESPACE =
      Manifests.yaml(
          """
          apiVersion: v1
          kind: Namespace
          metadata:
            name: istio-system
          """);

  /** What the API server makes in its own time after it is ready. */
  private static final List<String> FIRST_OBJECTS =
      List.of(
          "/api/v1/namespaces/default",
          "/api/v1/namespaces/kube-system",
          "/api/v1/namespaces/kube-public",
          "/api/v1/namespaces/kube-node-lease",
          "/api/v1/namespaces/default/services/kubernetes");

  private EtcdTemplateMaker() {}

  static void make(
      EtcdTemplate template,
      Binaries binaries,
      Manifests definitions,
      LocalClusterSpec spec,
      Path runRoot) {
    LOG.info("Making the template of local clusters, once: {}", template.folder());
    try (RunDirectory run = RunDirectory.open(runRoot, "cluster-template")) {
      LocalCredentials credentials = new LocalCredentials();
      ControlPlane processes = ControlPlane.start(run, binaries, spec.withPort(0), credentials);
      try (LocalCluster cluster = LocalCluster.begin("template", run, processes, credentials)) {
        ApiServer server = new ApiServer(cluster.client());
        processes.awaitFirstReady(server, FIRST_OBJECTS, spec.deadline());
        cluster.apply(ISTIO_NAMESPACE);
        cluster.apply(definitions);
        processes.stop();
        template.save(run.path().resolve(ControlPlane.DATA), kinds(definitions));
      }
    }
  }

  private static List<String> kinds(Manifests definitions) {
    List<String> kinds = new ArrayList<>();
    for (Resource resource : ManifestReader.read(definitions)) {
      if (resource.isCustomResourceDefinition()) {
        kinds.addAll(resource.servedKinds());
      }
    }
    return kinds;
  }
}
