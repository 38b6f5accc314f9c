package dev.pilothouse.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.internal.ApiServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which kinds the API server knows, and where they lie. Safe for use by several threads. */
final class ApiResources {
  private final ApiServer server;
  private final Map<String, JsonNode> known = new ConcurrentHashMap<>();

  ApiResources(ApiServer server) {
    this.server = server;
  }

  /**
   * A kind that the API server serves.
   *
   * @param collection the path of the collection, for its namespace or for the whole cluster
   * @param namespaced whether its objects lie in namespaces
   */
  record Location(String collection, boolean namespaced) {}

  /** Whether the API server serves a kind, as {@code networking.istio.io/v1 Sidecar}. */
  boolean serves(String kind) {
    int blank = kind.indexOf(' ');
    return entry(kind.substring(0, blank), kind.substring(blank + 1)).isPresent();
  }

  /** Where objects like this one lie, or empty if the API server does not know the kind. */
  Optional<Location> locate(Resource resource) {
    return entry(resource.apiVersion(), resource.kind())
        .map(
            entry -> {
              boolean namespaced = entry.path("namespaced").asBoolean();
              String namespace = resource.namespace() == null ? "default" : resource.namespace();
              String scope = namespaced ? "/namespaces/" + encode(namespace) : "";
              String path = groupVersionPath(resource.apiVersion()) + scope;
              return new Location(path + "/" + entry.path("name").asText(), namespaced);
            });
  }

  private Optional<JsonNode> entry(String apiVersion, String kind) {
    Optional<JsonNode> entry = search(known.get(apiVersion), kind);
    if (entry.isEmpty()) {
      JsonNode list = server.find(groupVersionPath(apiVersion));
      if (list != null) {
        known.put(apiVersion, list);
        entry = search(list, kind);
      }
    }
    return entry;
  }

  /** The kinds of the resource's apiVersion, or the API groups when there is no such version. */
  String alternatives(Resource resource) {
    TreeSet<String> names = new TreeSet<>();
    JsonNode list = server.find(groupVersionPath(resource.apiVersion()));
    if (list != null) {
      list.path("resources").forEach(r -> names.add(r.path("kind").asText()));
      return resource.apiVersion() + " has " + String.join(", ", names);
    }
    server.get("/apis").path("groups").forEach(g -> names.add(g.path("name").asText()));
    return "its API groups are " + String.join(", ", names);
  }

  static String groupVersionPath(String apiVersion) {
    return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
  }

  static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8);
  }

  private static Optional<JsonNode> search(@Nullable JsonNode list, String kind) {
    if (list != null) {
      for (JsonNode entry : list.path("resources")) {
        boolean subresource = entry.path("name").asText().contains("/");
        if (entry.path("kind").asText().equals(kind) && !subresource) {
          return Optional.of(entry);
        }
      }
    }
    return Optional.empty();
  }
}
