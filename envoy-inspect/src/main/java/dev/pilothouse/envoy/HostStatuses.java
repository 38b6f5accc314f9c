package dev.pilothouse.envoy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The answer to {@code /clusters}: what a running Envoy says of each cluster's hosts. */
final class HostStatuses {
  static final String FIELD = "cluster_statuses";
  static final HostStatuses NONE = new HostStatuses(Map.of());

  private static final String TYPE = "type.googleapis.com/envoy.admin.v3.ClusterStatus";

  private final Map<String, Content> byCluster;

  private record View(List<Endpoint> hosts) {}

  private HostStatuses(Map<String, Content> byCluster) {
    this.byCluster = byCluster;
  }

  static HostStatuses of(Document document, List<Slice> clusters) {
    Map<String, Content> byCluster = new LinkedHashMap<>();
    for (Slice cluster : clusters) {
      byCluster.put(cluster.name(), JsonContent.of(document, cluster, cluster.pointer(), TYPE));
    }
    return new HostStatuses(byCluster);
  }

  Set<String> clusters() {
    return byCluster.keySet();
  }

  /** The hosts of a cluster; none when it is not known here. */
  List<Endpoint> hosts(String cluster) {
    Content content = byCluster.get(cluster);
    return content == null
        ? List.of()
        : content
            .view(
                View.class,
                json ->
                    new View(json.objects("host_statuses", host -> Endpoint.live(host, cluster))))
            .hosts();
  }

  /** Whether both say the same of all hosts, but for the requests that they have had. */
  boolean sameHealth(HostStatuses other) {
    if (!clusters().equals(other.clusters())) {
      return false;
    }
    for (String cluster : clusters()) {
      List<Endpoint> mine = hosts(cluster).stream().map(Endpoint::withoutTraffic).toList();
      if (!mine.equals(other.hosts(cluster).stream().map(Endpoint::withoutTraffic).toList())) {
        return false;
      }
    }
    return true;
  }
}
