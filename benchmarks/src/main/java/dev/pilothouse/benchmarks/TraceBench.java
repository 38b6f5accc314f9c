package dev.pilothouse.benchmarks;

import dev.pilothouse.benchmarks.Simulation.Call;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.trace.Connection;
import dev.pilothouse.envoy.trace.HttpRequest;
import dev.pilothouse.envoy.trace.RequestTracer;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Traces requests through a configuration with 1,000 virtual hosts, in one thread, beside Istio's
 * own simulation.
 */
final class TraceBench {
  private static final int HOSTS = 1_000;
  private static final int REQUESTS = 20_000;
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 15;
  // It reads the whole connection manager anew for each call.
  private static final int PEER_REQUESTS = 100;
  private static final int PEER_ROUNDS = 5;

  private TraceBench() {}

  public static void main(String[] arguments) throws IOException {
    Report report = new Report();
    try (Simulation simulation = Simulation.start(Toolbox.create())) {
      run(simulation, report);
    }
    System.out.print(report);
  }

  /** Measures, and adds rows to the report. */
  static void run(Simulation simulation, Report report) throws IOException {
    EnvoyConfig config = EnvoyConfigInspector.create().read(ConfigSource.text(dump()));
    Connection connection = Connection.to("10.0.0.1", 8080).from("10.0.0.9", 40_000);
    List<HttpRequest> requests = requests();
    Stopwatch compiling = new Stopwatch();
    RequestTracer tracer = RequestTracer.of(config);
    tracer.trace(connection, requests.get(0));
    Samples first = new Samples();
    first.add(compiling.elapsed());
    Samples rounds = new Samples();
    int forwarded = 0;
    for (int i = 0; i < WARM_UP + ROUNDS; i++) {
      Stopwatch round = new Stopwatch();
      for (HttpRequest request : requests) {
        forwarded += tracer.trace(connection, request).destinations().size();
      }
      if (i >= WARM_UP) {
        rounds.add(round.elapsed());
      }
    }
    report.add("first trace through 1,000 virtual hosts", first, "");
    report.add(String.format(Locale.ROOT, "%,d traces, one thread", REQUESTS), rounds, "");
    double seconds = rounds.median().toNanos() / 1e9;
    report.note(
        "traces a second",
        String.format(Locale.ROOT, "%,.0f", REQUESTS / seconds),
        "≥ 50,000 (" + forwarded / (WARM_UP + ROUNDS) + " of a round lead to a cluster)");
    List<Call> calls =
        requests.subList(0, PEER_REQUESTS).stream()
            .map(request -> new Call(connection, request))
            .toList();
    Samples peer = simulation.ask(List.of(listener()), calls, PEER_ROUNDS).rounds();
    report.note(
        "  Istio's pilot/pkg/simulation",
        String.format(Locale.ROOT, "%,.0f", PEER_REQUESTS / (peer.median().toNanos() / 1e9)),
        "");
  }

  /** Near misses and matches, over all hosts. */
  private static List<HttpRequest> requests() {
    Random random = new Random(1);
    List<HttpRequest> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      int host = random.nextInt(HOSTS);
      String path =
          switch (random.nextInt(5)) {
            case 0 -> "/api/v" + host;
            case 1 -> "/status/" + random.nextInt(1_000);
            case 2 -> "/old?page=" + random.nextInt(10);
            case 3 -> "/search?q=x&debug=1";
            default -> "/other";
          };
      String[] forms = {"svc-%d.ns.svc.cluster.local", "svc-%d:8080", "x.svc-%d.example.com"};
      String authority = String.format(Locale.ROOT, forms[random.nextInt(3)], host);
      HttpRequest request = HttpRequest.get("http://" + authority + path);
      requests.add(random.nextBoolean() ? request.header("x-user", "jane") : request);
    }
    return requests;
  }

  private static String dump() {
    StringBuilder clusters = new StringBuilder();
    for (int i = 0; i < HOSTS; i++) {
      String comma = i == 0 ? "" : ",";
      clusters.append(comma).append(cluster("c" + i)).append(',').append(cluster("d" + i));
    }
    return """
        {"configs": [
         {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump", "static_clusters": [%s]},
         {"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump", "static_listeners": [{"listener":
           {"@type": "type.googleapis.com/envoy.config.listener.v3.Listener", %s}]}]}
        """
        .formatted(clusters, listener().substring(1));
  }

  private static String listener() {
    StringBuilder hosts = new StringBuilder();
    for (int i = 0; i < HOSTS; i++) {
      hosts.append(i == 0 ? "" : ",").append(host(i));
    }
    return """
        {"name": "l", "address": {"socket_address": {"address": "0.0.0.0", "port_value": 8080}},
         "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": {
           "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
           "stat_prefix": "b", "route_config": {"name": "r", "virtual_hosts": [%s]}}}]}]}"""
        .formatted(hosts);
  }

  private static String cluster(String name) {
    return """
        {"cluster": {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "%s"}}
        """
        .formatted(name);
  }

  private static String host(int i) {
    return """
        {"name": "h%1$d",
         "domains": ["svc-%1$d.ns.svc.cluster.local", "svc-%1$d:8080", "svc-%1$d", "*.svc-%1$d.example.com"],
         "routes": [
           {"match": {"prefix": "/api", "headers": [{"name": "x-user", "string_match": {"exact": "jane"}}]},
            "route": {"cluster": "c%1$d"}},
           {"match": {"safe_regex": {"regex": "/status/[0-9]+"}}, "route": {"weighted_clusters": {"clusters": [
             {"name": "c%1$d", "weight": 90}, {"name": "d%1$d", "weight": 10}]}}},
           {"match": {"path": "/old"}, "redirect": {"path_redirect": "/new"}},
           {"match": {"path_separated_prefix": "/search", "query_parameters": [{"name": "debug"}]},
            "direct_response": {"status": 403}},
           {"match": {"prefix": "/"}, "route": {"cluster": "c%1$d", "prefix_rewrite": "/v2/"}}]}
        """
        .formatted(i);
  }
}
