package dev.pilothouse.workload;

import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Makes namespaces. They are kept: others may have put something into them meanwhile. */
record Namespaces(KubernetesClient client) {
  void make(String tried, String name) {
    try {
      if (client.namespaces().withName(name).get() == null) {
        client
            .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
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
}
