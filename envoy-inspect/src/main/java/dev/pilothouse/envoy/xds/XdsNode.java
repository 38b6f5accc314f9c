package dev.pilothouse.envoy.xds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a proxy says it is: what it is sent depends on it. Immutable.
 *
 * <pre>{@code
 * XdsNode.sidecar("app-1", "default", "10.0.0.1")
 *     .withMetadata("LABELS", Map.of("app", "app"))
 *     .withMetadata("INTERCEPTION_MODE", "NONE");
 * XdsNode.of(config);  // as a running Envoy does
 * }</pre>
 */
public final class XdsNode {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Node message;

  private XdsNode(Node message) {
    this.message = message;
  }

  /**
   * A node as it goes over the wire.
   *
   * @param node the message
   * @return the identity
   */
  public static XdsNode of(Node node) {
    return new XdsNode(node);
  }

  /**
   * The identity of an Envoy whose configuration was read.
   *
   * @param config a configuration with its bootstrap
   * @return the node of the bootstrap, with all its metadata
   * @throws EnvoyConfigException if the configuration has no bootstrap
   */
  public static XdsNode of(EnvoyConfig config) {
    return config
        .bootstrap()
        .map(bootstrap -> new XdsNode(bootstrap.message(Bootstrap.class).getNode()))
        .orElseThrow(
            () ->
                new EnvoyConfigException(
                    "taking the identity of " + config.source(),
                    "the configuration has no bootstrap",
                    "read it whole, not only some sections",
                    null));
  }

  /**
   * A sidecar of Istio's.
   *
   * @param pod the pod's name
   * @param namespace its namespace
   * @param ip its address; istiod finds its services by it
   * @return the identity, with the least metadata that istiod needs
   */
  public static XdsNode sidecar(String pod, String namespace, String ip) {
    return istio("sidecar", pod, namespace, ip);
  }

  /**
   * A gateway of Istio's.
   *
   * @param pod the pod's name
   * @param namespace its namespace
   * @param ip its address
   * @return the identity, with the least metadata that istiod needs; a Gateway resource selects it
   *     by the metadata {@code LABELS}
   */
  public static XdsNode gateway(String pod, String namespace, String ip) {
    return istio("router", pod, namespace, ip);
  }

  /**
   * A proxy of any of Istio's types.
   *
   * @param type {@code sidecar}, {@code router}, {@code waypoint} or {@code ztunnel}
   * @param pod the pod's name
   * @param namespace its namespace
   * @param ip its address
   * @return the identity, with the least metadata that istiod needs
   */
  public static XdsNode istio(String type, String pod, String namespace, String ip) {
    String domain = namespace + ".svc.cluster.local";
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("NAME", pod);
    metadata.put("NAMESPACE", namespace);
    metadata.put("CLUSTER_ID", "Kubernetes");
    metadata.put("INSTANCE_IPS", ip);
    Node node =
        Node.newBuilder()
            .setId(String.join("~", type, ip, pod + "." + namespace, domain))
            .setCluster(pod + "." + namespace)
            .setMetadata(struct(metadata))
            .build();
    return new XdsNode(node);
  }

  /**
   * Its id.
   *
   * @return for example {@code sidecar~10.0.0.1~app-1.default~default.svc.cluster.local}
   */
  public String id() {
    return message.getId();
  }

  /**
   * The node as it goes over the wire.
   *
   * @return the message
   */
  public Node message() {
    return message;
  }

  /**
   * The same with another cluster.
   *
   * @param cluster the name of the group of proxies that it belongs to
   * @return a new identity
   */
  public XdsNode withCluster(String cluster) {
    return new XdsNode(message.toBuilder().setCluster(cluster).build());
  }

  /**
   * The same with one more piece of metadata, or another value of it.
   *
   * @param name for example {@code LABELS}
   * @param value a string, number, boolean, list, or map from strings to these; null takes it away
   * @return a new identity
   */
  public XdsNode withMetadata(String name, @Nullable Object value) {
    Struct.Builder metadata = message.getMetadata().toBuilder();
    if (value == null) {
      metadata.removeFields(name);
    } else {
      metadata.putAllFields(struct(Map.of(name, value)).getFieldsMap());
    }
    return new XdsNode(message.toBuilder().setMetadata(metadata).build());
  }

  /**
   * The same elsewhere.
   *
   * @param region its region; empty for none
   * @param zone its zone; empty for none
   * @param subZone its sub-zone; empty for none
   * @return a new identity
   */
  public XdsNode withLocality(String region, String zone, String subZone) {
    Locality locality =
        Locality.newBuilder().setRegion(region).setZone(zone).setSubZone(subZone).build();
    return new XdsNode(message.toBuilder().setLocality(locality).build());
  }

  private static Struct struct(Map<String, Object> map) {
    Struct.Builder struct = Struct.newBuilder();
    try {
      JsonFormat.parser().merge(JSON.writeValueAsString(map), struct);
    } catch (JsonProcessingException | InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("these cannot be metadata: " + map, e);
    }
    return struct.build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof XdsNode node && message.equals(node.message);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(message);
  }

  /** Its id. */
  @Override
  public String toString() {
    return id();
  }
}
