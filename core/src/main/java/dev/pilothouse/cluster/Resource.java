package dev.pilothouse.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Kubernetes object of a manifest.
 *
 * @param place where it stands
 * @param apiVersion as {@code networking.istio.io/v1}
 * @param kind as {@code VirtualService}
 * @param namespace the namespace it names, or null
 * @param name its name
 * @param object the whole of it
 * @param body what to send: the manifest's own YAML where it holds just this object, so that the
 *     API server reads what the author wrote
 */
record Resource(
    String place,
    String apiVersion,
    String kind,
    @Nullable String namespace,
    String name,
    JsonNode object,
    String body) {

  boolean isNamespace() {
    return kind.equals("Namespace") && apiVersion.equals("v1");
  }

  boolean isCustomResourceDefinition() {
    return kind.equals("CustomResourceDefinition")
        && apiVersion.startsWith("apiextensions.k8s.io/");
  }

  /**
   * The kinds that a CustomResourceDefinition defines, as {@code networking.istio.io/v1 Sidecar}.
   */
  List<String> servedKinds() {
    JsonNode spec = object.path("spec");
    List<String> kinds = new ArrayList<>();
    for (JsonNode version : spec.path("versions")) {
      if (version.path("served").asBoolean()) {
        String apiVersion = spec.path("group").asText() + "/" + version.path("name").asText();
        kinds.add(apiVersion + " " + spec.path("names").path("kind").asText());
      }
    }
    return kinds;
  }

  /** As {@code VirtualService default/reviews}. */
  String title(boolean namespaced) {
    String where = namespace == null ? "default" : namespace;
    return kind + " " + (namespaced ? where + "/" : "") + name;
  }
}
