package dev.pilothouse.internal.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Objects of any kind at the API server: whether they are there, and away with them. */
final class ClusterObjects {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final ApiServer server;
  private final Map<String, JsonNode> groups = new ConcurrentHashMap<>();

  ClusterObjects(ApiServer server) {
    this.server = server;
  }

  ApiServer server() {
    return server;
  }

  boolean exists(ObjectKey key) {
    return find(key) != null;
  }

  @Nullable JsonNode find(ObjectKey key) {
    String path = path(key);
    return path == null ? null : server.find(path);
  }

  /** Deletes it and does not wait until it is gone. */
  void delete(ObjectKey key) {
    String path = path(key);
    if (path == null) {
      return; // The API server knows no such kind any more.
    }
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.put("propagationPolicy", "Background");
    Answer answer = server.call("DELETE", path, ApiServer.JSON, options.toString());
    if (answer.code() != NOT_FOUND && answer.code() != CONFLICT) {
      ApiServer.succeeded("deleting " + key, answer);
    }
  }

  /** The objects of a collection, by its path below the root, as {@code /api/v1/pods?limit=1}. */
  List<JsonNode> list(String path) {
    List<JsonNode> items = new ArrayList<>();
    JsonNode list = server.find(path);
    if (list != null) {
      list.path("items").forEach(items::add);
    }
    return items;
  }

  private @Nullable String path(ObjectKey key) {
    String group = (key.apiVersion().contains("/") ? "/apis/" : "/api/") + key.apiVersion();
    JsonNode kinds = groups.get(group);
    if (kinds == null) {
      kinds = server.find(group);
      if (kinds == null) {
        return null;
      }
      groups.put(group, kinds);
    }
    for (JsonNode kind : kinds.path("resources")) {
      String plural = kind.path("name").asText();
      if (kind.path("kind").asText().equals(key.kind()) && !plural.contains("/")) {
        String scope = kind.path("namespaced").asBoolean() ? "/namespaces/" + key.namespace() : "";
        return group + scope + "/" + plural + "/" + key.name();
      }
    }
    return null;
  }
}
