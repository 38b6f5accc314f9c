package dev.pilothouse.envoy.table;

import java.util.ArrayList;
import java.util.List;

/** Where a filter chain leads: in istioctl's words where it has any. */
final class DestinationText {
  private static final String BLACK_HOLE = "BlackHoleCluster";

  private DestinationText() {}

  static String of(Fields chain) {
    for (Fields filter : chain.objects("filters")) {
      Fields config = filter.object("typed_config");
      if (FiltersText.isHttp(filter)) {
        return http(config);
      }
      if (FiltersText.isTcp(filter)) {
        return tcp(config);
      }
    }
    return chain.isEmpty() ? "" : "Non-HTTP/Non-TCP";
  }

  /** Whether a TCP proxy sends everything into istiod's black hole. */
  static boolean leadsNowhere(Fields filter) {
    return filter.object("typed_config").text("cluster").equals(BLACK_HOLE);
  }

  private static String http(Fields config) {
    if (config.has("route_config")) {
      return inline(config.object("route_config"));
    }
    if (config.has("rds")) {
      return "Route: " + config.object("rds").text("route_config_name");
    }
    String scoped = config.object("scoped_routes").text("name");
    return scoped.isEmpty() ? "HTTP" : "Scoped routes: " + scoped;
  }

  private static String tcp(Fields config) {
    if (config.has("weighted_clusters")) {
      List<String> clusters =
          config
              .object("weighted_clusters")
              .objects("clusters", each -> each.text("name") + " (" + each.text("weight") + ")");
      return "Clusters: " + Texts.join(clusters);
    }
    return cluster(config.text("cluster"));
  }

  /** Names like PassthroughCluster say what they are. */
  private static String cluster(String name) {
    return name.contains("Cluster") ? name : "Cluster: " + name;
  }

  private static String inline(Fields routes) {
    List<Fields> hosts = routes.objects("virtual_hosts");
    String only = hosts.size() == 1 ? onlyCluster(hosts.get(0)) : "";
    if (!only.isEmpty()) {
      return cluster(only);
    }
    List<String> parts = new ArrayList<>();
    for (Fields host : hosts) {
      List<String> domains = host.texts("domains");
      String domain = domains.equals(List.of("*")) ? "" : String.join("/", domains) + " ";
      List<String> matches = host.objects("routes", r -> PathText.path(r.object("match")));
      parts.add(domain + String.join(", ", matches));
    }
    return "Inline Route: " + String.join("; ", parts);
  }

  /** The cluster that a virtual host sends everything to; empty when it chooses. */
  private static String onlyCluster(Fields host) {
    List<Fields> routes = host.objects("routes");
    if (routes.size() != 1 || !host.texts("domains").equals(List.of("*"))) {
      return "";
    }
    boolean all = routes.get(0).object("match").text("prefix").equals("/");
    return all ? routes.get(0).object("route").text("cluster") : "";
  }
}
