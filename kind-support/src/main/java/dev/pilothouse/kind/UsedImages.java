package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.internal.ApiServer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The images that a cluster uses. */
final class UsedImages {
  private static final List<String> COLLECTIONS =
      List.of("/api/v1/pods", "/apis/apps/v1/deployments");

  private UsedImages() {}

  /** What pods and deployments name, normalized; to be changed by the caller. */
  static Set<String> of(Cluster cluster) {
    Set<String> images = new HashSet<>();
    for (JsonNode list : new ApiServer(cluster.client()).getAll(COLLECTIONS)) {
      for (JsonNode item : list.path("items")) {
        JsonNode spec = item.path("spec");
        JsonNode pod = spec.has("template") ? spec.at("/template/spec") : spec;
        for (String group : List.of("containers", "initContainers")) {
          pod.path(group)
              .forEach(one -> images.add(ImageNames.normalized(one.path("image").asText())));
        }
      }
    }
    return images;
  }
}
