package dev.pilothouse.istiod;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster that an istiod is put beside.
 *
 * @param owned whether Pilothouse made the cluster, so that nobody else lives in it
 * @param revisions the revisions of the istiods that run in the cluster
 */
record Surroundings(boolean owned, Set<String> revisions) {
  /** Not the typed Deployment: to load its many classes takes a second. */
  private static final ResourceDefinitionContext DEPLOYMENTS =
      new ResourceDefinitionContext.Builder()
          .withGroup("apps")
          .withVersion("v1")
          .withKind("Deployment")
          .withPlural("deployments")
          .withNamespaced(true)
          .build();

  private static final Logger LOG = LoggerFactory.getLogger(Surroundings.class);

  /**
   * Makes the namespace if it is missing, and looks for other istiods.
   *
   * @throws PilothouseException if one of the same revision runs in the cluster
   */
  static Surroundings prepare(Cluster cluster, IstiodSpec spec) {
    String tried = "deploying istiod " + spec.name() + " beside the cluster " + cluster.name();
    Set<String> revisions;
    try {
      createNamespace(cluster.client(), spec.namespace());
      revisions = revisionsIn(cluster.client());
    } catch (KubernetesClientException e) {
      throw new PilothouseException(
          tried,
          String.valueOf(e.getMessage()),
          "see that the API server of " + cluster.kubeconfig() + " answers and grants this",
          null,
          e);
    }
    if (revisions.contains(spec.revision())) {
      throw new PilothouseException(
          tried,
          "an istiod of revision " + spec.revision() + " runs in the cluster",
          "give this one a revision of its own (IstiodSpec.withRevision), or scale that one down",
          null,
          null);
    }
    return new Surroundings(cluster instanceof OwnedCluster, revisions);
  }

  private static void createNamespace(KubernetesClient client, String name) {
    try {
      client
          .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
          .create();
    } catch (KubernetesClientException e) {
      boolean there =
          e.getCode() == HttpURLConnection.HTTP_CONFLICT
              || (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                  && client.namespaces().withName(name).get() != null);
      if (!there) {
        throw e;
      }
    }
  }

  private static Set<String> revisionsIn(KubernetesClient client) {
    try {
      return client
          .genericKubernetesResources(DEPLOYMENTS)
          .inAnyNamespace()
          .withLabel("app", "istiod")
          .list()
          .getItems()
          .stream()
          .filter(Surroundings::runs)
          .map(Surroundings::revision)
          .collect(Collectors.toUnmodifiableSet());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Set.of(); // An API server without Deployments has no istiod in it either.
      }
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        LOG.warn("Cannot tell whether an istiod runs in the cluster: {}", e.getMessage());
        return Set.of();
      }
      throw e;
    }
  }

  private static boolean runs(GenericKubernetesResource deployment) {
    Number replicas = deployment.get("spec", "replicas");
    return replicas == null || replicas.intValue() > 0;
  }

  private static String revision(GenericKubernetesResource deployment) {
    return deployment.getMetadata().getLabels().getOrDefault("istio.io/rev", "default");
  }
}
