package dev.pilothouse.envoy.live;

import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.ReadLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records the dumps in {@code src/test/resources/dumps} anew. Not run by the build, because its
 * name does not end as a test's does; to run it:
 *
 * <pre>{@code
 * mvn test -pl envoy-inspect -am -Dtest=RecordDumps -Dsurefire.failIfNoSpecifiedTests=false
 * }</pre>
 *
 * <p>{@code recordThisVersion} records what other versions of Envoy answer; the variable {@code
 * PILOTHOUSE_ENVOY} names the binary.
 *
 * <p>What Envoy answered is stored as it came, but for the list of its extensions, which is two
 * thirds of every dump, and the port of its admin interface.
 */
class RecordDumps {
  private static final Path FOLDER = Path.of("src/test/resources/dumps");

  @Test
  void recordAll(@TempDir Path folder) throws Exception {
    try (RealEnvoy envoy = RealEnvoy.start()) {
      Scenarios.pushAccepted(envoy);
      record(envoy, "/config_dump?include_eds", "accepted.json");
      record(envoy, "/config_dump?resource=dynamic_route_configs", "routes.json");
      record(envoy, "/clusters?format=json", "clusters-status.json");
      Scenarios.pushWarmingAndRejected(envoy);
      record(envoy, "/config_dump?include_eds", "warming-and-rejected.json");
      record(envoy, "/config_dump?resource=dynamic_warming_clusters", "warming-clusters.json");
      Scenarios.pushUnknownType(envoy);
      record(envoy, "/config_dump?include_eds", "unknown-type.txt");
      record(
          envoy,
          "/config_dump?resource=dynamic_listeners&mask=name,active_state,error_state.details",
          "masked-listeners.json");
    }
    try (RealEnvoy envoy = RealEnvoy.start()) {
      Scenarios.pushDiscovered(envoy, certificate(folder));
      record(envoy, "/config_dump?include_eds", "discovered.json");
    }
  }

  @Test
  void recordVarious(@TempDir Path folder) throws Exception {
    try (RealEnvoy envoy = RealEnvoy.start()) {
      Scenarios.pushVarious(envoy, certificate(folder));
      record(envoy, "/config_dump?include_eds", "various.json");
    }
  }

  @Test
  void recordBroken(@TempDir Path folder) throws Exception {
    try (RealEnvoy envoy = RealEnvoy.start()) {
      Broken.push(envoy, certificate(folder).certificate());
      record(envoy, "/config_dump?include_eds", "broken.json");
    }
  }

  /** Two of the scenes, in a folder with the name of the minor version. */
  @Test
  void recordThisVersion(@TempDir Path folder) throws Exception {
    String minor;
    try (RealEnvoy envoy = RealEnvoy.start()) {
      String version = Scenarios.pushAccepted(envoy).bootstrap().orElseThrow().envoyVersion();
      minor = version.substring(0, version.lastIndexOf('.'));
      Files.createDirectories(FOLDER.resolve(minor));
      Scenarios.pushWarmingAndRejected(envoy);
      record(envoy, "/config_dump?include_eds", minor + "/warming-and-rejected.json");
    }
    try (RealEnvoy envoy = RealEnvoy.start()) {
      Scenarios.pushDiscovered(envoy, certificate(folder));
      record(envoy, "/config_dump?include_eds", minor + "/discovered.json");
    }
  }

  private static TestCertificate certificate(Path folder) throws Exception {
    return TestCertificate.make(
        folder, "uri:spiffe://cluster.local/ns/default/sa/web,dns:web.example.com");
  }

  private static void record(RealEnvoy envoy, String query, String file) throws IOException {
    String answer = AdminEndpoint.at(envoy.admin()).get(query, ReadLimits.DEFAULT).ok().text();
    // Envoy indents by one space a level; the list is a field of the bootstrap's node.
    String shorter = answer.replaceAll("(?s)\"extensions\": \\[.*?\\n {5}]", "\"extensions\": []");
    String port = "\"port_value\": ";
    Files.writeString(
        FOLDER.resolve(file), shorter.replace(port + envoy.admin().getPort(), port + 15000));
  }
}
