package dev.pilothouse.cluster;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What local cluster is wanted.
 *
 * <pre>{@code
 * LocalClusterSpec.named("routes").withLifetime(Lifetime.KEEP)
 * }</pre>
 *
 * @param name names the cluster: letters, digits, {@code . _ -}, at most 30. A kept cluster is
 *     found by it; several clusters that are not kept may bear the same.
 * @param lifetime whether it ends with its handle
 * @param port the API server's port on loopback, or 0 for a free one
 * @param definitions the CustomResourceDefinitions that it begins with; null for Istio's, of the
 *     version that the toolbox pins. Those of a source tree are its file {@code
 *     manifests/charts/base/files/crd-all.gen.yaml}.
 * @param apiServerFlags flags to kube-apiserver after Pilothouse's own, as {@code --v=2}; the last
 *     of two equal flags counts
 * @param deadline how long it may take until it can be used
 */
public record LocalClusterSpec(
    String name,
    Lifetime lifetime,
    int port,
    @Nullable Manifests definitions,
    List<String> apiServerFlags,
    Duration deadline) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,29}");
  private static final int HIGHEST_PORT = 65_535;

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if the name or the port is none
   */
  public LocalClusterSpec {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a cluster's name is 1 to 30 letters, digits, '.', '_' and '-': " + name);
    }
    if (port < 0 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException("a port is 0 to " + HIGHEST_PORT + ": " + port);
    }
    apiServerFlags = List.copyOf(apiServerFlags);
  }

  /**
   * A cluster with Istio's CustomResourceDefinitions, on a free port, that ends with its handle.
   *
   * @param name its name
   * @return the specification
   */
  public static LocalClusterSpec named(String name) {
    return new LocalClusterSpec(name, Lifetime.HANDLE, 0, null, List.of(), Duration.ofSeconds(60));
  }

  /**
   * The same with another lifetime.
   *
   * @param value whether it ends with its handle
   * @return a new specification
   */
  public LocalClusterSpec withLifetime(Lifetime value) {
    return new LocalClusterSpec(name, value, port, definitions, apiServerFlags, deadline);
  }

  /**
   * The same with a port of the caller's choice.
   *
   * @param value the API server's port on loopback, or 0 for a free one
   * @return a new specification
   */
  public LocalClusterSpec withPort(int value) {
    return new LocalClusterSpec(name, lifetime, value, definitions, apiServerFlags, deadline);
  }

  /**
   * The same with other CustomResourceDefinitions.
   *
   * @param value all that it begins with
   * @return a new specification
   */
  public LocalClusterSpec withDefinitions(Manifests value) {
    return new LocalClusterSpec(name, lifetime, port, value, apiServerFlags, deadline);
  }

  /**
   * The same with flags to kube-apiserver.
   *
   * @param value all flags beside Pilothouse's own
   * @return a new specification
   */
  public LocalClusterSpec withApiServerFlags(List<String> value) {
    return new LocalClusterSpec(name, lifetime, port, definitions, value, deadline);
  }

  /**
   * The same with another deadline.
   *
   * @param value how long it may take until it can be used
   * @return a new specification
   */
  public LocalClusterSpec withDeadline(Duration value) {
    return new LocalClusterSpec(name, lifetime, port, definitions, apiServerFlags, value);
  }
}
