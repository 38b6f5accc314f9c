package dev.pilothouse.integration;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import dev.pilothouse.workload.WorkloadSpec;
import java.io.IOException;

/** A program of its own that holds a mesh until its standard input ends; to be killed by a test. */
final class MeshHolder {
  static final String READY = "READY";

  private MeshHolder() {}

  public static void main(String[] arguments) throws IOException {
    try (LocalMesh mesh = LocalMesh.start(Toolbox.create())) {
      mesh.workloads().deploy(WorkloadSpec.http("httpbin", 8000));
      mesh.workloads().deploy(WorkloadSpec.client("client"));
      System.out.println(READY);
      while (System.in.read() >= 0) {
        // Whatever it is told, it goes on.
      }
    } catch (PilothouseException | ToolboxException failure) {
      System.out.println(failure.getMessage());
      System.exit(1);
    }
  }
}
