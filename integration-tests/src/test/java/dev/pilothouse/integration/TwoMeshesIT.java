package dev.pilothouse.integration;

import static dev.pilothouse.integration.MeshFixture.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.HttpReply;
import dev.pilothouse.workload.LocalWorkload;
import dev.pilothouse.workload.WorkloadSpec;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two meshes on one machine, with workloads of the same names and ports. */
class TwoMeshesIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final HttpCall GET = HttpCall.get("http://httpbin:8000/get");

  @RegisterExtension
  static final MeshFixture ONE =
      MeshFixture.of(IstiodSpec.defaults())
          .withWorkloads(WorkloadSpec.client("client"), versioned("one"));

  @Test
  void eachKeepsItsTrafficAndOutlivesTheOther() throws IOException {
    LocalWorkload ours = ONE.workload("client");
    try (MeshFixture two =
        MeshFixture.of(IstiodSpec.defaults())
            .withWorkloads(WorkloadSpec.client("client"), versioned("two"))
            .start()) {
      LocalWorkload theirs = two.workload("client");
      for (int i = 0; i < 20; i++) {
        assertThat(mesh(ours)).isEqualTo("one");
        assertThat(mesh(theirs)).isEqualTo("two");
      }
      assertThat(theirs.outbound(8000)).isNotEqualTo(ours.outbound(8000));

      killApiServer(two);

      assertThat(mesh(theirs)).isEqualTo("two");
      assertThatThrownBy(() -> two.workloads().deploy(WorkloadSpec.client("late")))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("deploying workload late.default");
      LocalWorkload server = two.workload("httpbin");
      server.close();
      assertThatThrownBy(
              () ->
                  new Socket(server.inbound(8000).getAddress(), server.inbound(8000).getPort())
                      .close())
          .isInstanceOf(IOException.class);
    }
    assertThat(mesh(ours)).isEqualTo("one");
  }

  private static void killApiServer(MeshFixture mesh) {
    int port = mesh.cluster().client().getMasterUrl().getPort();
    Processes.kill(
        ProcessHandle.current()
            .descendants()
            .filter(p -> p.info().commandLine().orElse("").contains("--secure-port=" + port))
            .toList());
  }

  private static WorkloadSpec versioned(String mesh) {
    return WorkloadSpec.http("httpbin", 8000).withLabel("mesh", mesh);
  }

  private static String mesh(LocalWorkload client) {
    HttpReply reply = client.await(GET, r -> r.status() == 200, SOON);
    return told(reply).at("/labels/mesh").asText();
  }
}
