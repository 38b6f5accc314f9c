package dev.pilothouse.workload;

import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;

/** Makes namespaces. They are kept: others may have put something into them meanwhile. */
record Namespaces(KubernetesClient client) {
  private static final String MODE = "istio.io/dataplane-mode";

  void make(String tried, String name) {
    make(tried, name, Map.of());
  }

  /** Makes it with labels; one that is there is left as it is. */
  void make(String tried, String name, Map<String, String> labels) {
    try {
      if (client.namespaces().withName(name).get() == null) {
        client
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .withLabels(labels)
                    .endMetadata()
                    .build())
            .create();
      }
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw new PilothouseException(
            tried,
            "making the namespace " + name + ": " + e.getMessage(),
            "check that the API server runs, or make the namespace yourself",
            null,
            e);
      }
    }
  }

  /** Refuses a namespace whose traffic no sidecar carries. */
  void refuseAmbient(String tried, String name) {
    Namespace namespace = client.namespaces().withName(name).get();
    Map<String, String> labels = namespace == null ? null : namespace.getMetadata().getLabels();
    if (labels != null) {
      refuseAmbient(tried, "the namespace " + name, labels);
    }
  }

  /** Refuses what has the label itself. */
  static void refuseAmbient(String tried, String what, Map<String, String> labels) {
    if ("ambient".equals(labels.get(MODE))) {
      throw new PilothouseException(
          tried,
          what
              + " is in ambient mode ("
              + MODE
              + "=ambient), where ztunnel and waypoints carry the traffic: Pilothouse knows sidecars"
              + " and gateways alone",
          "take another one, or remove that label",
          null,
          null);
    }
  }
}
