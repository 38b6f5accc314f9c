package dev.pilothouse.internal.install;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * Which object of the cluster.
 *
 * @param apiVersion as {@code apps/v1}
 * @param kind as {@code Deployment}
 * @param namespace empty for an object of the whole cluster
 * @param name its name
 */
public record ObjectKey(String apiVersion, String kind, String namespace, String name) {
  static ObjectKey of(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    return new ObjectKey(
        object.getApiVersion(),
        object.getKind(),
        namespace == null ? "" : namespace,
        object.getMetadata().getName());
  }

  static ObjectKey namespace(String name) {
    return new ObjectKey("v1", "Namespace", "", name);
  }

  boolean isCustomResourceDefinition() {
    return kind.equals("CustomResourceDefinition");
  }

  boolean isWebhook() {
    return kind.endsWith("WebhookConfiguration");
  }

  boolean isNamespace() {
    return kind.equals("Namespace") && apiVersion.equals("v1");
  }

  /** As it is written into a record: no name of Kubernetes has a blank. */
  String line() {
    return apiVersion + " " + kind + " " + (namespace.isEmpty() ? "-" : namespace) + " " + name;
  }

  static ObjectKey parse(String line) {
    String[] parts = line.split(" ", -1);
    return new ObjectKey(parts[0], parts[1], parts[2].equals("-") ? "" : parts[2], parts[3]);
  }

  /** As {@code Deployment istio-system/istiod}. */
  @Override
  public String toString() {
    return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
  }
}
