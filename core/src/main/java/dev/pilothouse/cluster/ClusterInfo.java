package dev.pilothouse.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.internal.ApiServer;
import java.net.URI;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a cluster is and what it runs, as {@code kubectl cluster-info} and {@code kubectl version}
 * tell it.
 *
 * <pre>{@code
 * System.out.print(ClusterInfo.of(cluster).table());
 * }</pre>
 *
 * @param name the cluster's name
 * @param server the API server's URL
 * @param kubernetes the API server's version, as {@code v1.34.4}
 * @param platform what it was built for, as {@code linux/amd64}
 * @param services the cluster's own Services by name, as {@code CoreDNS}, with the URLs at which
 *     the API server passes requests on to them
 */
public record ClusterInfo(
    String name, URI server, String kubernetes, String platform, Map<String, URI> services) {

  private static final String OWN_SERVICES =
      "/api/v1/namespaces/kube-system/services?labelSelector=kubernetes.io%2Fcluster-service%3Dtrue";

  /** Copies the map. */
  public ClusterInfo {
    services = Map.copyOf(services);
  }

  /**
   * Asks a cluster's API server.
   *
   * @param cluster the cluster
   * @return what it says
   * @throws dev.pilothouse.failure.PilothouseException if it does not answer, or the cluster's user
   *     may not see the Services of kube-system
   */
  public static ClusterInfo of(Cluster cluster) {
    ApiServer server = new ApiServer(cluster.client());
    JsonNode version = server.get("/version");
    SortedMap<String, URI> services = new TreeMap<>();
    for (JsonNode service : server.get(OWN_SERVICES).path("items")) {
      String name = service.at("/metadata/name").asText();
      String port = service.at("/spec/ports/0/name").asText();
      String path =
          "/api/v1/namespaces/kube-system/services/"
              + name
              + (port.isEmpty() ? "" : ":" + port)
              + "/proxy";
      services.put(
          service.at("/metadata/labels").path("kubernetes.io/name").asText(name),
          URI.create(server.url() + path));
    }
    return new ClusterInfo(
        cluster.name(),
        URI.create(server.url()),
        version.path("gitVersion").asText(),
        version.path("platform").asText(),
        services);
  }

  /**
   * All of it for people, a line each.
   *
   * @return lines of text
   */
  public String table() {
    StringBuilder text = new StringBuilder("Cluster " + name + ", Kubernetes " + kubernetes);
    text.append(" (").append(platform).append(')').append(System.lineSeparator());
    text.append("API server: ").append(server).append(System.lineSeparator());
    new TreeMap<>(services)
        .forEach(
            (service, url) ->
                text.append(service).append(": ").append(url).append(System.lineSeparator()));
    return text.toString();
  }
}
