package dev.pilothouse.kind;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.EvenIfInterrupted;
import dev.pilothouse.internal.PlainHttp;
import dev.pilothouse.internal.Poll;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** The Services behind the ports of {@link KindCluster#exposeIstiod}. */
final class IstiodNodePorts {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
  private static final int OK = 200;

  private IstiodNodePorts() {}

  static Applied expose(KindCluster cluster, String namespace, Duration deadline) {
    String tried = "publishing istiod's ports of kind cluster " + cluster.name();
    int port = cluster.hostPort(KindCluster.MONITORING_NODE_PORT);
    if (cluster.client().namespaces().withName(namespace).get() == null) {
      String words = "there is no namespace " + namespace;
      throw new PilothouseException(tried, words, "deploy istiod first", null, null);
    }
    Applied applied = cluster.apply(services(namespace));
    try {
      URI version = URI.create("http://127.0.0.1:" + port + "/version");
      Poll.require(tried + ", " + version, deadline, () -> answer(version));
      return applied;
    } catch (RuntimeException e) {
      EvenIfInterrupted.run(applied::close);
      throw e;
    }
  }

  private static Optional<Boolean> answer(URI version)
      throws IOException, InterruptedException, Poll.NotYet {
    HttpRequest request = HttpRequest.newBuilder(version).timeout(REQUEST_TIMEOUT).build();
    int status =
        PlainHttp.CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status != OK) {
      throw new Poll.NotYet("HTTP " + status);
    }
    return Optional.of(true);
  }

  private static Manifests services(String namespace) {
    return Manifests.yaml(
        """
        apiVersion: v1
        kind: Service
        metadata:
          name: pilothouse-istiod-ports
          namespace: %s
          labels: {app.kubernetes.io/managed-by: pilothouse}
        spec:
          type: NodePort
          selector: {app: istiod}
          ports:
          - {name: http-monitoring, port: 15014, targetPort: 15014, nodePort: %d}
          - {name: grpc-xds, port: 15010, targetPort: 15010, nodePort: %d}
        """
            .formatted(namespace, KindCluster.MONITORING_NODE_PORT, KindCluster.XDS_NODE_PORT));
  }
}
