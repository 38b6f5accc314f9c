package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.List;

/**
 * The endpoints of one cluster: a {@code ClusterLoadAssignment}. Its name is the cluster's, or the
 * cluster's service name in EDS.
 */
public final class EndpointResource extends Resource {
  private record View(List<Endpoint> endpoints) {}

  EndpointResource(Scanned found, Content content) {
    super(found, content);
  }

  /**
   * The endpoints, of all localities, as they are here. {@link EnvoyConfig#hosts(String)} has them
   * with what the running Envoy says of each.
   *
   * @return in the order of the JSON
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public List<Endpoint> endpoints() {
    return content().view(View.class, json -> new View(of(json))).endpoints();
  }

  /** The endpoints of an assignment, which a cluster may also hold itself. */
  static List<Endpoint> of(JsonObject assignment) {
    String cluster = assignment.text("cluster_name");
    List<List<Endpoint>> localities =
        assignment.objects("endpoints", json -> locality(json, cluster));
    return localities.stream().flatMap(List::stream).toList();
  }

  private static List<Endpoint> locality(JsonObject json, String cluster) {
    String locality = Endpoint.localityOf(json.object("locality"));
    int priority = (int) json.number("priority");
    return json.objects("lb_endpoints", e -> Endpoint.of(e, cluster, priority, locality));
  }
}
