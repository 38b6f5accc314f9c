package dev.pilothouse.internal.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment and its pods, as the API server shows them. Not fabric8's models: to load their many
 * classes takes a second.
 */
public final class KubeDeployment {
  /** The annotation that {@code kubectl rollout restart} sets, too. */
  private static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

  private static final String FIELD_MANAGER = "pilothouse";

  private final ApiServer server;
  private final String namespace;
  private final String name;

  /**
   * Names a Deployment, which need not be there.
   *
   * @param server the API server
   * @param namespace its namespace
   * @param name its name
   */
  public KubeDeployment(ApiServer server, String namespace, String name) {
    this.server = server;
    this.namespace = namespace;
    this.name = name;
  }

  /**
   * The same Deployment, for what has a deadline.
   *
   * @param nanoTime see {@link ApiServer#until}
   * @return a view of this one
   */
  public KubeDeployment until(long nanoTime) {
    return new KubeDeployment(server.until(nanoTime), namespace, name);
  }

  /**
   * The API server that has it.
   *
   * @return the API server
   */
  public ApiServer server() {
    return server;
  }

  /**
   * Its namespace.
   *
   * @return the namespace
   */
  public String namespace() {
    return namespace;
  }

  /**
   * Its name.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * The Deployment as it is now.
   *
   * @return the object, or null if there is none
   */
  public @Nullable JsonNode find() {
    return server.find(path());
  }

  /**
   * The Deployment as it is now.
   *
   * @return the object
   * @throws PilothouseException if there is none
   */
  public JsonNode get() {
    JsonNode object = find();
    if (object == null) {
      throw new PilothouseException(
          "reading " + this, "there is no such Deployment", "see who has deleted it", null, null);
    }
    return object;
  }

  /**
   * The pods that it selects, those that terminate included.
   *
   * @param deployment the Deployment
   * @return its pods
   */
  public List<JsonNode> pods(JsonNode deployment) {
    return list("/api/v1/namespaces/" + namespace + "/pods", deployment);
  }

  /**
   * The ReplicaSet that makes its pods now.
   *
   * @param deployment the Deployment
   * @return the ReplicaSet, or null if there is none yet
   */
  @Nullable JsonNode newestReplicaSet(JsonNode deployment) {
    String uid = deployment.at("/metadata/uid").asText();
    String revision = revision(deployment);
    for (JsonNode set :
        list("/apis/apps/v1/namespaces/" + namespace + "/replicasets", deployment)) {
      if (revision(set).equals(revision)
          && set.at("/metadata/ownerReferences/0/uid").asText().equals(uid)) {
        return set;
      }
    }
    return null;
  }

  /**
   * Changes it.
   *
   * @param patchType the form of the patch, as {@link ApiServer#STRATEGIC_PATCH}
   * @param patch the patch
   * @return the Deployment afterwards
   * @throws PilothouseException if it is refused
   */
  public JsonNode patch(String patchType, JsonNode patch) {
    Answer answer =
        server.call(
            "PATCH", path() + "?fieldManager=" + FIELD_MANAGER, patchType, patch.toString());
    return ApiServer.succeeded("changing " + this, answer);
  }

  /**
   * Makes it replace its pods by new ones of the same kind.
   *
   * @return the Deployment afterwards
   */
  public JsonNode restart() {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch
        .withObject("/spec/template/metadata/annotations")
        .put(RESTARTED_AT, Instant.now().toString());
    return patch(ApiServer.STRATEGIC_PATCH, patch);
  }

  /**
   * Puts another pod template in place of its own.
   *
   * @param template the template
   * @return the Deployment afterwards
   */
  public JsonNode replaceTemplate(JsonNode template) {
    var patch = JsonNodeFactory.instance.arrayNode();
    patch.addObject().put("op", "replace").put("path", "/spec/template").set("value", template);
    return patch(ApiServer.JSON_PATCH, patch);
  }

  /**
   * Changes how many pods it wants.
   *
   * @param replicas how many
   * @return the Deployment afterwards
   */
  public JsonNode scale(int replicas) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.withObject("/spec").put("replicas", replicas);
    return patch(ApiServer.MERGE_PATCH, patch);
  }

  /**
   * Deletes a pod of it, so that another one is made. Does nothing when it is gone.
   *
   * @param pod the pod
   */
  public void deletePod(JsonNode pod) {
    String path = "/api/v1/namespaces/" + namespace + "/pods/" + pod.at("/metadata/name").asText();
    Answer answer = server.call("DELETE", path, ApiServer.JSON, null);
    if (answer.code() != 404) {
      ApiServer.succeeded("deleting a pod of " + this, answer);
    }
  }

  private List<JsonNode> list(String collection, JsonNode deployment) {
    String selector = selector(deployment.at("/spec/selector"));
    List<JsonNode> items = new ArrayList<>();
    server
        .get(collection + "?labelSelector=" + URLEncoder.encode(selector, StandardCharsets.UTF_8))
        .path("items")
        .forEach(items::add);
    return items;
  }

  private static String selector(JsonNode selector) {
    StringJoiner terms = new StringJoiner(",");
    selector
        .path("matchLabels")
        .properties()
        .forEach(label -> terms.add(label.getKey() + "=" + label.getValue().asText()));
    return terms.toString();
  }

  private static String revision(JsonNode object) {
    return object
        .path("metadata")
        .path("annotations")
        .path("deployment.kubernetes.io/revision")
        .asText();
  }

  private String path() {
    return "/apis/apps/v1/namespaces/" + namespace + "/deployments/" + name;
  }

  /** As {@code Deployment istio-system/istiod}. */
  @Override
  public String toString() {
    return "Deployment " + namespace + "/" + name;
  }
}
