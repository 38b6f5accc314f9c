package dev.pilothouse.workload;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.failure.PilothouseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The Services of the workloads: each is there as long as a workload stands behind it. Safe for use
 * by several threads.
 */
final class SharedServices {
  private static final class Shared {
    final Applied applied;
    final List<WorkloadSpec.Port> ports;
    int users;

    Shared(Applied applied, List<WorkloadSpec.Port> ports) {
      this.applied = applied;
      this.ports = ports;
    }
  }

  private final Cluster cluster;
  private final Map<String, Shared> services = new HashMap<>();

  SharedServices(Cluster cluster) {
    this.cluster = cluster;
  }

  synchronized void use(WorkloadSpec spec, Manifests service) {
    List<WorkloadSpec.Port> ports = withoutApplications(spec);
    Shared shared = services.get(key(spec));
    if (shared == null) {
      shared = new Shared(cluster.apply(service), ports);
      services.put(key(spec), shared);
    } else if (!shared.ports.equals(ports)) {
      throw new PilothouseException(
          "deploying workload " + spec.proxyId(),
          "another workload stands behind the Service "
              + key(spec)
              + " with the ports "
              + shared.ports
              + ", this one has "
              + ports,
          "give both the same ports, or this one another Service: WorkloadSpec.withService",
          null,
          null);
    }
    shared.users++;
  }

  synchronized void leave(WorkloadSpec spec) {
    Shared shared = services.get(key(spec));
    if (shared != null && --shared.users == 0) {
      services.remove(key(spec));
      shared.applied.close();
    }
  }

  private static String key(WorkloadSpec spec) {
    return spec.namespace() + "/" + spec.service();
  }

  private static List<WorkloadSpec.Port> withoutApplications(WorkloadSpec spec) {
    return spec.ports().stream()
        .map(
            port ->
                new WorkloadSpec.Port(
                    port.name(), port.number(), port.protocol(), OptionalInt.empty()))
        .toList();
  }
}
