package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.image.DeliveredIstiod.NodeIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real dockerd dies by SIGKILL in the middle of each delivery into a node that runs in it. */
class DockerdKilledIT {
  private static final String PLACE = "istio-system/istiod";
  private static final long SOME_BYTES = 3_000_000;
  private static final ImageSpec SPEC = ImageSpec.pilot().withHub("localhost/dockerd-killed-it");

  @TempDir Path folder;

  private final Toolbox toolbox = Toolbox.create();

  private IstiodBinary program(String text) throws IOException {
    Path file = folder.resolve("program-" + text);
    if (!Files.exists(file)) {
      Files.copy(toolbox.require(Tool.DLV).path(), file);
      Files.writeString(file, "\n" + text, StandardOpenOption.APPEND);
    }
    return new IstiodBinary(
        file, MeshFixture.istiodBinary(toolbox).version(), IstiodBinary.Flavor.RELEASE);
  }

  @Test
  void theNodeKeepsWhatItHadAndTheNextDeliveryArrives() throws IOException {
    KindFixture kind = KindFixture.require();
    toolbox.provision(Tool.DLV);
    toolbox.provision(Tool.PILOT_DISCOVERY);
    try (OwnDockerd docker = OwnDockerd.start(folder.resolve("data"));
        OwnedCluster cluster =
            ClusterManager.local(toolbox, folder.resolve("runs"))
                .open(LocalClusterSpec.named("dockerd-killed-it"))) {
      SmallNode node = SmallNode.start(docker, cluster, "small-node", kind.cluster(), folder);
      Deliveries plain = Deliveries.in(docker.host());
      NodeIstiod before =
          (NodeIstiod) plain.hotSwap(toolbox).deliver(program("before"), cluster, PLACE);
      String images = node.run("ctr", "-n", "k8s.io", "images", "ls", "-q");

      for (String how : List.of("hot swap", "archive", "kind load")) {
        killInTheMiddle(how, docker, cluster);
        awaitNoDraft(node, before.nodeDirectory());

        docker.startAgain();
        node.startAgain();
        assertThat(node.run("tail", "-n", "1", before.nodeDirectory() + "/pilot-discovery"))
            .as("after a %s", how)
            .isEqualTo("before");
        assertThat(node.run("ctr", "-n", "k8s.io", "images", "ls", "-q"))
            .as("after a %s", how)
            .isEqualTo(images);
      }

      for (String how : List.of("hot swap", "archive", "kind load")) {
        Delivery delivery = delivery(how, docker.host(), plain);
        assertThat(delivery.deliver(program("next"), cluster, PLACE).changed()).as(how).isTrue();
      }
      assertThat(node.run("ls", "-A", before.nodeDirectory())).doesNotContain(".draft");
      assertThat(node.run("tail", "-n", "1", before.nodeDirectory() + "/pilot-discovery"))
          .isEqualTo("next");
    }
  }

  /** The container runs on without its dockerd, and nobody closes our program's input. */
  private static void awaitNoDraft(SmallNode node, String directory) {
    Boolean gone =
        Poll.require(
            "our program in the node gives up",
            Duration.ofMinutes(2),
            () -> {
              List<String> files = node.files(directory);
              if (files.stream().anyMatch(file -> file.startsWith(".draft"))) {
                throw new Poll.NotYet(files.toString());
              }
              return Optional.of(true);
            });
    assertThat(gone).isTrue();
  }

  private void killInTheMiddle(String how, OwnDockerd docker, OwnedCluster cluster)
      throws IOException {
    try (CutSocket relay = CutSocket.before(docker.socket(), folder.resolve("relay.sock"))) {
      DockerHost host = DockerHost.at("unix://" + relay.path());
      Deliveries deliveries =
          new Deliveries(
              host,
              event -> {
                if (event instanceof DeliveryEvent.Sending) {
                  relay.after(SOME_BYTES, docker::kill);
                }
              });
      IstiodBinary next = program("next");
      Delivery delivery = delivery(how, host, deliveries);

      assertThatThrownBy(() -> delivery.deliver(next, cluster, PLACE))
          .as(how)
          .isInstanceOfSatisfying(
              ImageException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.DOCKER_UNREACHABLE))
          .hasMessageContaining("the connection broke to Docker at " + host)
          .hasMessageContaining("look whether Docker still runs (docker version)");
    } finally {
      Files.deleteIfExists(folder.resolve("relay.sock"));
    }
  }

  private Delivery delivery(String how, DockerHost host, Deliveries deliveries) {
    ImageBuilder builder = ImageBuilders.docker(host, event -> {});
    return switch (how) {
      case "hot swap" -> deliveries.hotSwap(toolbox);
      case "archive" -> deliveries.nodeArchive(SPEC.withName("archive"));
      default -> deliveries.kindLoad(builder, SPEC.withName("loaded"));
    };
  }
}
