package dev.pilothouse.integration;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.LocalMeshSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.ReadLimits;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Records those dumps of envoy-inspect's tests anew that need an istiod. Not run by the build,
 * because its name does not end as a test's does; to run it:
 *
 * <pre>{@code
 * mvn verify -pl integration-tests -am -Dtest=RecordIstioDumps \
 *     -Dsurefire.failIfNoSpecifiedTests=false -DskipITs
 * }</pre>
 */
class RecordIstioDumps {
  private static final Path FOLDER = Path.of("../envoy-inspect/src/test/resources/dumps");
  private static final String PROXY = "client.default";

  private final Toolbox toolbox = Toolbox.create();

  /** What Envoy has, as a sidecar that accepted everything. */
  @Test
  void recordSidecar() throws IOException {
    try (LocalMesh mesh = LocalMesh.start(toolbox)) {
      applyAll(mesh);
      Workload client = mesh.workloads().deploy(WorkloadSpec.client("client"));
      record(client.proxy().admin(), "/config_dump?include_eds", "istio-sidecar.json");
    }
  }

  /** What istiod says it pushes by default, Istio's own filters included. */
  @Test
  void recordIstiod() throws IOException {
    LocalMeshSpec spec =
        LocalMeshSpec.of(toolbox)
            .withIstiod(IstiodSpec.defaults().withProfile(MeshProfile.ISTIO_DEFAULTS));
    try (LocalMesh mesh = LocalMesh.start(spec)) {
      applyAll(mesh);
      Path envoy = toolbox.require(Tool.ENVOY).path();
      TestEnvoy client = TestEnvoy.start(envoy, mesh.istiod(), "sidecar", PROXY, "REDIRECT");
      try {
        // An upstream Envoy rejects the listeners; that it was sent them is enough.
        mesh.istiod()
            .await(
                PROXY,
                proxy ->
                    proxy.types().entrySet().stream()
                        .anyMatch(
                            type ->
                                type.getKey().endsWith(".Listener")
                                    && !type.getValue().sent().isEmpty()),
                Duration.ofMinutes(1));
        record(
            mesh.istiod().monitoring(),
            "/debug/config_dump?proxyID=" + PROXY + "&include_eds=true",
            "istiod-debug.json");
      } finally {
        client.close();
      }
    }
  }

  /** What istioctl prints of dumps that are already recorded. */
  @Test
  void recordIstioctl() throws IOException, InterruptedException {
    for (String what : List.of("listeners", "clusters", "routes", "eds", "bootstrap")) {
      recordIstioctl(what, "istio-sidecar.json");
    }
    recordIstioctl("secret", "discovered.json");
    recordIstioctl("ecds", "discovered.json");
  }

  private void recordIstioctl(String what, String dump) throws IOException, InterruptedException {
    Path file = FOLDER.resolve("istioctl").resolve(what + ".json");
    Files.createDirectories(file.getParent());
    Process istioctl =
        new ProcessBuilder(
                toolbox.require(Tool.ISTIOCTL).path().toString(),
                "proxy-config",
                what,
                "-f",
                FOLDER.resolve(dump).toString(),
                "-o",
                "json")
            .redirectOutput(file.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (istioctl.waitFor() != 0) {
      throw new IOException("istioctl ended with " + istioctl.exitValue());
    }
  }

  private static void applyAll(LocalMesh mesh) {
    mesh.cluster().apply(Manifests.classpath(RecordIstioDumps.class, "recorded-mesh.yaml"));
  }

  private static void record(URI server, String query, String file) throws IOException {
    String answer = AdminEndpoint.at(server).get(query, ReadLimits.DEFAULT).ok().text();
    // The list of Envoy's extensions is two thirds of a dump, and tells nothing.
    Files.writeString(
        FOLDER.resolve(file),
        answer.replaceAll("(?s)\"extensions\": \\[.*?\\n {5}]", "\"extensions\": []"));
  }
}
