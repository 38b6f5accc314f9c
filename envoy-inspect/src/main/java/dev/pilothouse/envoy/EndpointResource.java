package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.List;
import java.util.stream.Stream;

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
   * The endpoints, of all localities.
   *
   * @return in the order of the JSON
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public List<Endpoint> endpoints() {
    return content().view(View.class, EndpointResource::read).endpoints();
  }

  private static View read(JsonObject json) {
    List<List<Endpoint>> localities = json.objects("endpoints", EndpointResource::locality);
    return new View(localities.stream().flatMap(List::stream).toList());
  }

  private static List<Endpoint> locality(JsonObject json) {
    JsonObject where = json.object("locality");
    String locality =
        String.join(
            "/",
            Stream.of(where.text("region"), where.text("zone"), where.text("sub_zone"))
                .filter(part -> !part.isEmpty())
                .toList());
    int priority = (int) json.number("priority");
    return json.objects("lb_endpoints", e -> Endpoint.of(e, priority, locality));
  }
}
