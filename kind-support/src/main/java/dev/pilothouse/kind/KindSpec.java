package dev.pilothouse.kind;

import dev.pilothouse.cluster.Lifetime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What kind cluster is wanted. Immutable: each {@code with…} method gives a changed copy.
 *
 * <pre>{@code
 * KindSpec.named("istio-dev").withIstiodPorts(15014, 15010).withLifetime(Lifetime.KEEP)
 * }</pre>
 *
 * @param name names the cluster, its nodes and its context ({@code kind-<name>}): lower-case
 *     letters, digits, {@code . -}, at most 30. One Docker holds one cluster of a name.
 * @param controlPlanes how many control planes, at least 1; more than 1 have a load balancer in
 *     front
 * @param workers how many further nodes; with none, pods run on the control plane
 * @param nodeImage the image of all nodes, as {@code kindest/node:v1.34.4}; null for the one that
 *     this kind's release was made with
 * @param ports what is published of the first control plane
 * @param mounts what is mounted into every node
 * @param featureGates Kubernetes' feature gates, by name
 * @param rawConfig a kind configuration (YAML) to begin with: all that this record says is merged
 *     into it. Its own nodes count if it has any; then {@code controlPlanes} and {@code workers}
 *     have to be 1 and 0. Its name does not count. Null for none.
 * @param lifetime whether it ends with its handle
 * @param deadline how long it may take until it can be used
 */
public record KindSpec(
    String name,
    int controlPlanes,
    int workers,
    @Nullable String nodeImage,
    List<PortMapping> ports,
    List<KindMount> mounts,
    Map<String, Boolean> featureGates,
    @Nullable String rawConfig,
    Lifetime lifetime,
    Duration deadline) {

  private static final Pattern RELEASE = Pattern.compile("1\\.\\d+\\.\\d+");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,28}[a-z0-9])?");

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if the name is none, there is no control plane, or a port is
   *     published twice
   */
  public KindSpec {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a kind cluster's name is 1 to 30 lower-case letters, digits, '.' and '-': " + name);
    }
    if (controlPlanes < 1 || workers < 0) {
      throw new IllegalArgumentException(
          "a cluster has a control plane: " + controlPlanes + ", and " + workers + " workers");
    }
    ports = List.copyOf(ports);
    if (ports.stream().map(PortMapping::containerPort).distinct().count() != ports.size()) {
      throw new IllegalArgumentException("a port of the node is published twice: " + ports);
    }
    mounts = List.copyOf(mounts);
    featureGates = Map.copyOf(featureGates);
  }

  /**
   * A cluster of one node, that ends with its handle.
   *
   * @param name its name
   * @return the specification
   */
  public static KindSpec named(String name) {
    return new KindSpec(
        name,
        1,
        0,
        null,
        List.of(),
        List.of(),
        Map.of(),
        null,
        Lifetime.HANDLE,
        Duration.ofMinutes(5));
  }

  /**
   * The same with more nodes.
   *
   * @param planes how many control planes, at least 1
   * @param others how many workers
   * @return a new specification
   */
  public KindSpec withNodes(int planes, int others) {
    return new KindSpec(
        name,
        planes,
        others,
        nodeImage,
        ports,
        mounts,
        featureGates,
        rawConfig,
        lifetime,
        deadline);
  }

  /**
   * The same with nodes of another image.
   *
   * @param value the image
   * @return a new specification
   */
  public KindSpec withNodeImage(String value) {
    return new KindSpec(
        name,
        controlPlanes,
        workers,
        value,
        ports,
        mounts,
        featureGates,
        rawConfig,
        lifetime,
        deadline);
  }

  /**
   * The same with nodes of a Kubernetes release, of those that kind's project publishes. Not every
   * release is among them: kind's release notes name them.
   *
   * @param version the release, as {@code 1.34.4}
   * @return a new specification, with the node image {@code kindest/node:v1.34.4}
   * @throws IllegalArgumentException if that is no release
   */
  public KindSpec withKubernetes(String version) {
    if (!RELEASE.matcher(version).matches()) {
      throw new IllegalArgumentException("a Kubernetes release is written as 1.34.4: " + version);
    }
    return withNodeImage("kindest/node:v" + version);
  }

  /**
   * The same with one port more.
   *
   * @param containerPort the port in the node
   * @param hostPort the port on 127.0.0.1, or 0 for a free one
   * @return a new specification
   */
  public KindSpec withPort(int containerPort, int hostPort) {
    List<PortMapping> more = new ArrayList<>(ports);
    more.add(new PortMapping(containerPort, hostPort));
    return new KindSpec(
        name,
        controlPlanes,
        workers,
        nodeImage,
        more,
        mounts,
        featureGates,
        rawConfig,
        lifetime,
        deadline);
  }

  /**
   * The same with the ports of {@link KindCluster#exposeIstiod}: istiod's 15014 (monitoring) and
   * 15010 (plaintext xDS), once it runs.
   *
   * @param monitoring the port on 127.0.0.1 for the first, or 0 for a free one
   * @param xds the port on 127.0.0.1 for the second, or 0 for a free one
   * @return a new specification
   */
  public KindSpec withIstiodPorts(int monitoring, int xds) {
    return withPort(KindCluster.MONITORING_NODE_PORT, monitoring)
        .withPort(KindCluster.XDS_NODE_PORT, xds);
  }

  /**
   * The same with one mount more.
   *
   * @param value what is mounted where
   * @return a new specification
   */
  public KindSpec withMount(KindMount value) {
    List<KindMount> more = new ArrayList<>(mounts);
    more.add(value);
    return new KindSpec(
        name,
        controlPlanes,
        workers,
        nodeImage,
        ports,
        more,
        featureGates,
        rawConfig,
        lifetime,
        deadline);
  }

  /**
   * The same with one feature gate more.
   *
   * @param gate its name
   * @param on whether it is on
   * @return a new specification
   */
  public KindSpec withFeatureGate(String gate, boolean on) {
    Map<String, Boolean> more = new TreeMap<>(featureGates);
    more.put(gate, on);
    return new KindSpec(
        name,
        controlPlanes,
        workers,
        nodeImage,
        ports,
        mounts,
        more,
        rawConfig,
        lifetime,
        deadline);
  }

  /**
   * The same, beginning with a kind configuration.
   *
   * @param yaml the configuration, {@code kind: Cluster}
   * @return a new specification
   */
  public KindSpec withRawConfig(String yaml) {
    return new KindSpec(
        name,
        controlPlanes,
        workers,
        nodeImage,
        ports,
        mounts,
        featureGates,
        yaml,
        lifetime,
        deadline);
  }

  /**
   * The same with another lifetime.
   *
   * @param value whether it ends with its handle
   * @return a new specification
   */
  public KindSpec withLifetime(Lifetime value) {
    return new KindSpec(
        name,
        controlPlanes,
        workers,
        nodeImage,
        ports,
        mounts,
        featureGates,
        rawConfig,
        value,
        deadline);
  }

  /**
   * The same with another deadline.
   *
   * @param value how long it may take until it can be used
   * @return a new specification
   */
  public KindSpec withDeadline(Duration value) {
    return new KindSpec(
        name,
        controlPlanes,
        workers,
        nodeImage,
        ports,
        mounts,
        featureGates,
        rawConfig,
        lifetime,
        value);
  }
}
