package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cluster, from CDS or the bootstrap. Envoy's dump does not show clusters that it rejected; the
 * statistic {@code cluster_manager.cds.update_rejected} counts them, and istiod keeps the reason.
 */
public final class ClusterResource extends Resource {
  private record View(
      String type,
      String edsServiceName,
      String transportSocket,
      List<Endpoint> endpoints,
      @Nullable Owner owner) {}

  ClusterResource(Scanned found, Content content) {
    super(found, content);
  }

  /**
   * How its endpoints are found.
   *
   * @return {@code EDS}, {@code STATIC}, {@code STRICT_DNS}, {@code LOGICAL_DNS}, {@code
   *     ORIGINAL_DST}, or the name of a custom type
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public String type() {
    return view().type();
  }

  /**
   * Its name, taken apart.
   *
   * @return the parts, or empty when it is no name of istiod's making
   */
  public Optional<ClusterName> parsedName() {
    return ClusterName.parse(name());
  }

  /**
   * The name that EDS knows it by.
   *
   * @return the name; empty when it is the cluster's own or there is no EDS
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public String edsServiceName() {
    return view().edsServiceName();
  }

  /**
   * The transport socket towards its endpoints.
   *
   * @return for example {@code envoy.transport_sockets.tls}; empty for plain text, or when the
   *     choice depends on the endpoint
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public String transportSocket() {
    return view().transportSocket();
  }

  /**
   * The endpoints that are written in it, as in a static cluster. {@link EnvoyConfig#hosts(String)}
   * has those that it uses, wherever they came from.
   *
   * @return mostly none
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public List<Endpoint> endpoints() {
    return view().endpoints();
  }

  /**
   * The Istio object that shaped it, mostly a DestinationRule.
   *
   * @return the owner, or empty when the cluster does not say
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  @Override
  public Optional<Owner> owner() {
    return Optional.ofNullable(view().owner());
  }

  private View view() {
    return content().view(View.class, ClusterResource::read);
  }

  private static View read(JsonObject json) {
    String custom = json.object("cluster_type").text("name");
    String type = json.text("type");
    return new View(
        !custom.isEmpty() ? custom : type.isEmpty() ? "STATIC" : type,
        json.object("eds_cluster_config").text("service_name"),
        json.object("transport_socket").text("name"),
        EndpointResource.of(json.object("load_assignment")),
        Owner.of(json).orElse(null));
  }
}
