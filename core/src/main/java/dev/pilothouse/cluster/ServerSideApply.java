package dev.pilothouse.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.pilothouse.cluster.ApiResources.Location;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.Outcome;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Applies manifests to an API server. Safe for use by several threads. */
final class ServerSideApply {
  private static final Duration ESTABLISHED_DEADLINE = Duration.ofSeconds(30);
  private static final int CREATED = 201;
  private static final String APPLY =
      "?fieldManager=" + AppliedResource.FIELD_MANAGER + "&force=true&fieldValidation=Strict";

  private final KubernetesClient client;
  private final ApiServer server;
  private final ApiResources kinds;
  private final BooleanSupplier clusterGone;

  /**
   * Applies through a client.
   *
   * @param client reaches the API server
   * @param clusterGone whether there is nothing left to undo
   */
  ServerSideApply(KubernetesClient client, BooleanSupplier clusterGone) {
    this.client = client;
    this.server = new ApiServer(client);
    this.kinds = new ApiResources(server);
    this.clusterGone = clusterGone;
  }

  AppliedResources apply(Manifests manifests) {
    List<Resource> resources = new ArrayList<>(ManifestReader.read(manifests));
    resources.sort(Comparator.comparing(ServerSideApply::rank)); // stable: the given order holds
    AppliedResources applied =
        new AppliedResources(server, client.getKubernetesSerialization(), clusterGone);
    try {
      List<Resource> definitions = new ArrayList<>();
      for (Resource resource : resources) {
        if (!definitions.isEmpty() && !resource.isCustomResourceDefinition()) {
          definitions.forEach(this::awaitServed);
          definitions.clear();
        }
        apply(resource, applied);
        if (resource.isCustomResourceDefinition()) {
          definitions.add(resource);
        }
      }
      definitions.forEach(this::awaitServed);
      return applied;
    } catch (RuntimeException e) {
      try {
        applied.close();
      } catch (RuntimeException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  private static int rank(Resource resource) {
    return resource.isNamespace() ? 0 : resource.isCustomResourceDefinition() ? 1 : 2;
  }

  private void apply(Resource resource, AppliedResources applied) {
    Location location = kinds.locate(resource).orElseThrow(() -> unknownKind(resource));
    String title = resource.title(location.namespaced());
    String path = location.collection() + "/" + ApiResources.encode(resource.name());
    JsonNode prior = server.find(path);
    Answer answer;
    try {
      answer = server.call("PATCH", path + APPLY, ApiServer.APPLY_PATCH, resource.body());
    } catch (PilothouseException e) {
      applied.add(new AppliedResource(title, path, prior, null));
      throw e;
    }
    if (!answer.ok()) {
      throw new ApplyException(
          title, resource.place(), answer.code(), answer.words(), advice(answer));
    }
    JsonNode after = answer.body();
    if (answer.code() == CREATED) {
      applied.add(new AppliedResource(title, path, null, after));
    } else {
      // Without a prior state somebody else has made it just now: there is nothing to set back.
      applied.add(new AppliedResource(title, path, prior == null ? after : prior, after));
    }
  }

  private ApplyException unknownKind(Resource resource) {
    String words =
        "the API server knows no "
            + resource.kind()
            + " of "
            + resource.apiVersion()
            + "; "
            + kinds.alternatives(resource);
    String toDo = "correct apiVersion and kind, or apply the kind's definition first";
    return new ApplyException(resource.title(true), resource.place(), 0, words, toDo);
  }

  private static String advice(Answer answer) {
    String words = answer.words();
    if (words.contains("failed calling webhook")) {
      return "see whether the webhook's server (istiod, for Istio's resources) runs and is ready";
    }
    if (answer.code() == 404 && words.startsWith("namespaces ")) {
      return "create the namespace first; it may stand in the same manifests";
    }
    if (answer.code() == 403) {
      return "use a kubeconfig whose user may do this";
    }
    return "";
  }

  /** Waits until the API server serves the kinds that a CustomResourceDefinition defines. */
  private void awaitServed(Resource definition) {
    String path =
        ApiResources.groupVersionPath(definition.apiVersion())
            + "/customresourcedefinitions/"
            + ApiResources.encode(definition.name());
    JsonNode[] conditions = {MissingNode.getInstance()};
    Outcome<Boolean> served =
        Poll.until(
            "waiting until " + definition.title(false) + " is established",
            ESTABLISHED_DEADLINE,
            () -> {
              conditions[0] = server.get(path).path("status").path("conditions");
              return isEstablished(conditions[0])
                      && definition.servedKinds().stream().allMatch(kinds::serves)
                  ? Optional.of(true)
                  : Optional.empty();
            });
    if (served.value() == null) {
      String words =
          "it is not established after "
              + ESTABLISHED_DEADLINE.toSeconds()
              + " s; its conditions are "
              + conditions[0];
      throw new ApplyException(definition.title(false), definition.place(), 0, words, "");
    }
  }

  private static boolean isEstablished(JsonNode conditions) {
    for (JsonNode condition : conditions) {
      if (condition.path("type").asText().equals("Established")) {
        return condition.path("status").asText().equals("True");
      }
    }
    return false;
  }
}
