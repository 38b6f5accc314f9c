package dev.pilothouse.integration;

import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.loop.DevLoop;
import dev.pilothouse.loop.DevLoopSpec;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.toolbox.Toolbox;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A JVM of its own, to be killed: runs a cycle, and stops at an event, which it prints. */
final class DevLoopToKill {
  private DevLoopToKill() {}

  public static void main(String[] arguments) {
    KindFixture kind = KindFixture.require();
    Toolbox toolbox = kind.toolbox();
    Deliveries deliveries =
        new Deliveries(DockerHost.usual(), event -> stopAt(event, arguments[2]));
    try (KindCluster cluster = kind.clusters().find(arguments[0]).orElseThrow();
        InClusterIstiod istiod =
            PodMesh.deployer(kind, cluster, deliveries.hotSwap(toolbox))
                .find(DevLoopOnKindIT.NAME)
                .orElseThrow()) {
      DevLoop.of(DevLoopSpec.of(toolbox, IstioSource.pinned(toolbox), istiod))
          .cycle(List.of(DevLoopOnKindIT.header(arguments[1])));
    }
  }

  private static void stopAt(DeliveryEvent event, String wanted) {
    if (event.getClass().getSimpleName().equals(wanted)) {
      System.out.println(wanted);
      while (true) {
        LockSupport.park();
      }
    }
  }
}
