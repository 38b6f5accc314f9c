package dev.pilothouse.cluster;

import org.jspecify.annotations.Nullable;

/**
 * Which cluster of a kubeconfig is wanted.
 *
 * @param context the name of a context; null for the current one
 */
public record KubeconfigSpec(@Nullable String context) {
  /**
   * The context that the kubeconfig calls its current one.
   *
   * @return the specification
   */
  public static KubeconfigSpec currentContext() {
    return new KubeconfigSpec(null);
  }

  /**
   * A context by its name.
   *
   * @param name as {@code kind-dev}
   * @return the specification
   */
  public static KubeconfigSpec context(String name) {
    return new KubeconfigSpec(name);
  }
}
