package dev.pilothouse.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Names a pod without saying which: what it belongs to stays, while pods come and go.
 *
 * <pre>{@code
 * PodTarget.deployment("istio-system", "istiod")
 * PodTarget.labels("shop", Map.of("app", "reviews", "version", "v2"))
 * }</pre>
 */
public sealed interface PodTarget {
  /**
   * Where the pods are.
   *
   * @return the namespace
   */
  String namespace();

  /**
   * One pod, ready or not, as long as it runs.
   *
   * @param namespace its namespace
   * @param name its name; a pod that takes its place under the same name is taken too
   * @return the target
   */
  static PodTarget pod(String namespace, String name) {
    return new Pod(namespace, name, Optional.empty());
  }

  /**
   * One pod, ready or not, as long as it runs, and no other that takes its place under its name.
   * Once it goes, nothing waits for it.
   *
   * @param namespace its namespace
   * @param name its name
   * @param uid its {@code metadata.uid}
   * @return the target
   */
  static PodTarget pod(String namespace, String name, String uid) {
    return new Pod(namespace, name, Optional.of(uid));
  }

  /**
   * The pods that a Deployment selects.
   *
   * @param namespace its namespace
   * @param name its name
   * @return the target
   */
  static PodTarget deployment(String namespace, String name) {
    return new Deployment(namespace, name);
  }

  /**
   * The pods that a Service selects. Ports are the Service's then.
   *
   * @param namespace its namespace
   * @param name its name
   * @return the target
   */
  static PodTarget service(String namespace, String name) {
    return new Service(namespace, name);
  }

  /**
   * The pods with some labels.
   *
   * @param namespace their namespace
   * @param labels labels that a pod must have, all of them
   * @return the target
   */
  static PodTarget labels(String namespace, Map<String, String> labels) {
    return new Labels(namespace, labels);
  }

  /**
   * See {@link PodTarget#pod}.
   *
   * @param namespace its namespace
   * @param name its name
   * @param uid which pod of that name; empty for any
   */
  record Pod(String namespace, String name, Optional<String> uid) implements PodTarget {
    /** As {@code pod shop/reviews-v2-7d4b}. */
    @Override
    public String toString() {
      return "pod " + namespace + "/" + name;
    }
  }

  /**
   * See {@link PodTarget#deployment}.
   *
   * @param namespace its namespace
   * @param name its name
   */
  record Deployment(String namespace, String name) implements PodTarget {
    /** As {@code deployment shop/reviews-v2}. */
    @Override
    public String toString() {
      return "deployment " + namespace + "/" + name;
    }
  }

  /**
   * See {@link PodTarget#service}.
   *
   * @param namespace its namespace
   * @param name its name
   */
  record Service(String namespace, String name) implements PodTarget {
    /** As {@code service shop/reviews}. */
    @Override
    public String toString() {
      return "service " + namespace + "/" + name;
    }
  }

  /**
   * See {@link PodTarget#labels}.
   *
   * @param namespace their namespace
   * @param labels labels that a pod must have
   */
  record Labels(String namespace, Map<String, String> labels) implements PodTarget {
    /**
     * Copies the map.
     *
     * @throws IllegalArgumentException if there are no labels: that would be any pod
     */
    public Labels {
      labels = Map.copyOf(labels);
      if (labels.isEmpty()) {
        throw new IllegalArgumentException("labels that select pods are missing");
      }
    }

    /** As {@code pods app=reviews in shop}. */
    @Override
    public String toString() {
      return "pods " + selector() + " in " + namespace;
    }

    /** As the API server's {@code labelSelector} has it. */
    String selector() {
      return labels.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .map(label -> label.getKey() + "=" + label.getValue())
          .collect(Collectors.joining(","));
    }
  }
}
