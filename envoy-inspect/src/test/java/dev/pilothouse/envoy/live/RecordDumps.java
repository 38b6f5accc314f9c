package dev.pilothouse.envoy.live;

import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ReadLimits;
import dev.pilothouse.envoy.Resource.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * Records the dumps in {@code src/test/resources/dumps} from a real Envoy. Run it from the module's
 * folder: {@code mvn -q test-compile exec:java}, or from an IDE. What Envoy answered is stored as
 * it came, but for the list of its extensions, which is two thirds of every dump.
 */
public final class RecordDumps {
  private static final String CLUSTER = "outbound|80|v1|httpbin.default.svc.cluster.local";

  private RecordDumps() {}

  /** The only argument: where to write, {@code src/test/resources/dumps} by default. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "src/test/resources/dumps");
    try (RealEnvoy envoy = RealEnvoy.start()) {
      pushAccepted(envoy);
      record(envoy, "/config_dump?include_eds", folder.resolve("accepted.json"));
      record(envoy, "/config_dump?resource=dynamic_route_configs", folder.resolve("routes.json"));
      record(envoy, "/clusters?format=json", folder.resolve("clusters-status.json"));
      pushWarmingAndRejected(envoy);
      record(envoy, "/config_dump?include_eds", folder.resolve("warming-and-rejected.json"));
      record(
          envoy,
          "/config_dump?resource=dynamic_warming_clusters",
          folder.resolve("warming-clusters.json"));
      pushUnknownType(envoy);
      record(envoy, "/config_dump?include_eds", folder.resolve("unknown-type.txt"));
      record(
          envoy,
          "/config_dump?resource=dynamic_listeners&mask=name,active_state,error_state.details",
          folder.resolve("masked-listeners.json"));
    }
  }

  /** Listeners, routes, clusters and endpoints that Envoy takes. */
  public static EnvoyConfig pushAccepted(RealEnvoy envoy) {
    envoy.endpoints("e1", Pushed.endpoints(CLUSTER));
    envoy.routes("r1", Pushed.routes("80", "one"));
    envoy.clusters("c1", Pushed.cluster(CLUSTER, true));
    envoy.listeners(
        "l1", Pushed.listener("outbound", "80", true), Pushed.listener("passing", "80", true));
    return await(
        envoy,
        c ->
            c.listener("outbound").isPresent()
                && c.route("80").isPresent()
                && c.endpoint(CLUSTER).map(e -> e.endpoints().size()).orElse(0) == 2);
  }

  /** One listener drains, one warms, one is rejected; a cluster warms. */
  public static EnvoyConfig pushWarmingAndRejected(RealEnvoy envoy) {
    envoy.clusters("c2", Pushed.cluster(CLUSTER, true), Pushed.cluster("outbound|81||away", false));
    envoy.listeners(
        "l2",
        Pushed.listener("outbound", "80", true),
        Pushed.listener("waiting", "away", false),
        Pushed.refusedListener("refused"));
    return await(
        envoy,
        c ->
            c.resources(State.WARMING).size() == 2
                && c.resources(State.REJECTED).size() == 1
                && c.resources(State.DRAINING).size() == 1);
  }

  /** A rejected listener that Envoy cannot print. */
  public static EnvoyConfig pushUnknownType(RealEnvoy envoy) {
    envoy.listeners(
        "l3", Pushed.listener("outbound", "80", true), Pushed.listenerOfUnknownType("from-istiod"));
    return await(envoy, c -> c.listener("from-istiod").isPresent());
  }

  private static EnvoyConfig await(RealEnvoy envoy, Predicate<EnvoyConfig> wanted) {
    return EnvoyConfigInspector.create()
        .await(ConfigSource.admin(envoy.admin()), wanted, Duration.ofSeconds(20));
  }

  private static void record(RealEnvoy envoy, String query, Path file) throws IOException {
    String answer = AdminEndpoint.at(envoy.admin()).get(query, ReadLimits.DEFAULT).ok().text();
    // Envoy indents by one space a level; the list is a field of the bootstrap's node.
    String shorter = answer.replaceAll("(?s)\"extensions\": \\[.*?\\n {5}]", "\"extensions\": []");
    String portless = shorter.replace(":" + envoy.admin().getPort(), ":15000");
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(
        file,
        portless.replace("\"port_value\": " + envoy.admin().getPort(), "\"port_value\": 15000"));
  }
}
