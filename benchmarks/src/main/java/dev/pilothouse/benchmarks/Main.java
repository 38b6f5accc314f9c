package dev.pilothouse.benchmarks;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures on real components and prints a table: look at medians and ratios, on an idle machine.
 */
public final class Main {
  private interface Part {
    void run(Toolbox toolbox, Report report) throws IOException, InterruptedException;
  }

  private Main() {}

  /**
   * Measures everything, or some parts of it.
   *
   * @param arguments the names of the parts; none for all
   * @throws IOException if a process of a measurement cannot be talked to
   * @throws InterruptedException if it is interrupted
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, Part> parts = parts();
    if (arguments.length > 0) {
      for (String name : arguments) {
        if (!parts.containsKey(name)) {
          throw new IllegalArgumentException("no part " + name + "; there are " + parts.keySet());
        }
      }
      parts.keySet().retainAll(List.of(arguments));
    } else {
      parts.remove("delve"); // Only when it is named: it takes a debug build, minutes at first.
    }
    Toolbox toolbox = Toolbox.create();
    toolbox.provision(LocalMesh.tools());
    Report report = new Report();
    for (Part part : parts.values()) {
      part.run(toolbox, report);
    }
    System.out.println();
    System.out.print(report);
  }

  private static Map<String, Part> parts() {
    Map<String, Part> parts = new LinkedHashMap<>();
    parts.put("mesh", MeshBench::run);
    parts.put("dump", DumpBench::run);
    parts.put("xds", XdsBench::run);
    parts.put("trace", Main::trace);
    parts.put("delivery", DeliveryBench::run);
    parts.put("kind", KindBench::run);
    parts.put("loop", LoopBench::run);
    parts.put("delve", Main::delve);
    return parts;
  }

  /** An istiod of this machine, and one in a pod. */
  private static void delve(Toolbox toolbox, Report report)
      throws IOException, InterruptedException {
    DelveBench.run(toolbox, report);
    KindDelveBench.run(toolbox, report);
  }

  /** The tracer and Istio's simulation, in one process of the latter. */
  private static void trace(Toolbox toolbox, Report report)
      throws IOException, InterruptedException {
    try (Simulation simulation = Simulation.start(toolbox)) {
      TraceBench.run(simulation, report);
      OracleBench.run(simulation, report);
    }
  }
}
