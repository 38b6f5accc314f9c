package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of images in a real registry, for a cluster whose API server is real. */
@SuppressWarnings("try") // what is only applied meanwhile is not referenced
class RegistryPushIT {
  private static final String PLACE = "istio-system/istiod";
  private static final int ELF_HEAD = 64;

  @TempDir private static Path runs;
  @TempDir private Path folder;

  private static Toolbox toolbox;
  private static OwnedCluster cluster;

  private final List<DeliveryEvent> events = new CopyOnWriteArrayList<>();
  private final List<ImageEvent> builds = new CopyOnWriteArrayList<>();
  private RegistryFixture registry;
  private ImageSpec spec;

  @BeforeAll
  static void open() {
    toolbox = Toolbox.create();
    cluster = ClusterManager.local(toolbox, runs).open(LocalClusterSpec.named("registry-push-it"));
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void startRegistry() throws IOException {
    registry = RegistryFixture.start(toolbox);
    spec = ImageSpec.pilot().withHub(registry.hub());
  }

  @AfterEach
  void stopRegistry() {
    registry.close();
  }

  /** The head of a program in istiod's place, other for each text. */
  private IstiodBinary program(String text) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(ELF_HEAD).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).putShort(18, (short) 62);
    head.putLong(32, ELF_HEAD);
    Path file = Files.write(folder.resolve("program-" + text), head.array());
    Files.writeString(file, text, StandardOpenOption.APPEND);
    return new IstiodBinary(file, new BuildVersion("1", text, "Clean", text), Flavor.RELEASE);
  }

  private Delivery push(Consumer<DeliveryEvent> listener) {
    ImageBuilder builder = ImageBuilders.registry(builds::add);
    return new Deliveries(DockerHost.usual(), listener).registryPush(builder, spec);
  }

  private String deliver(Delivery delivery, String text) throws IOException {
    return delivery.deliver(program(text), cluster, PLACE).image();
  }

  private boolean isThere(String exact) throws IOException {
    return !registry.manifest("pilot", exact.substring(exact.indexOf('@') + 1)).isEmpty();
  }

  @Test
  void oldImagesAreDeletedUnlessTheClusterNamesThem() throws IOException {
    Delivery push = push(events::add);
    List<String> pushed = new ArrayList<>();
    pushed.add(deliver(push, "1"));
    try (Applied user = cluster.apply(deploymentOf(pushed.get(0)))) {
      for (String text : List.of("2", "3", "4", "5")) {
        pushed.add(deliver(push, text));
      }
    }

    List<Boolean> there = new ArrayList<>();
    for (String exact : pushed) {
      there.add(isThere(exact));
    }
    assertThat(there).as("the first is used").containsExactly(true, false, true, true, true);
    assertThat(events)
        .filteredOn(DeliveryEvent.Pruned.class::isInstance)
        .containsExactly(new DeliveryEvent.Pruned(registry.hub() + "/pilot", pushed.get(1)));
    assertThat(registry.tags("pilot")).as("each tag is an image's").hasSize(4);

    deliver(push, "6");
    assertThat(isThere(pushed.get(0))).as("nobody uses it any more").isFalse();
  }

  private static Manifests deploymentOf(String image) {
    return Manifests.yaml(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: user, namespace: default}
        spec:
          selector: {matchLabels: {app: user}}
          template:
            metadata: {labels: {app: user}}
            spec:
              containers: [{name: discovery, image: "%s"}]
        """
            .formatted(image));
  }

  @Test
  void oneTagThatMovesLeavesNoOldImages() throws IOException {
    spec = spec.withTag("dev");
    Delivery push = push(events::add);
    List<String> pushed = new ArrayList<>();
    for (String text : List.of("1", "2", "3", "4")) {
      pushed.add(deliver(push, text));
    }

    assertThat(isThere(pushed.get(0))).isFalse();
    assertThat(isThere(pushed.get(3))).isTrue();
    assertThat(registry.tags("pilot")).containsExactly("dev");
  }

  @Test
  void nothingIsLeftOnTheWayThroughDocker() throws IOException {
    DockerFixture.assumeDocker();
    ImageBuilder docker = ImageBuilders.docker(DockerHost.usual(), builds::add);
    Delivery push = new Deliveries(DockerHost.usual(), events::add).registryPush(docker, spec);
    try {
      List<String> pushed = new ArrayList<>();
      for (String text : List.of("1", "2", "3", "4")) {
        pushed.add(deliver(push, text));
      }

      assertThat(docker.list())
          .extracting(BuiltImage::reference)
          .filteredOn(reference -> reference.startsWith(registry.hub()))
          .hasSize(3);
      assertThat(isThere(pushed.get(0))).isFalse();
      assertThat(isThere(pushed.get(3))).isTrue();
    } finally {
      docker.prune(spec, 0);
    }
  }

  @Test
  void whatOthersPushedStays() throws IOException {
    String theirs = deliver(push(events::add), "theirs");
    Delivery push = push(events::add);
    for (String text : List.of("1", "2", "3", "4")) {
      deliver(push, text);
    }

    assertThat(isThere(theirs)).isTrue();
  }

  @Test
  void whatTheRegistryHasIsNotMadeAgain() throws IOException {
    Delivery push = push(events::add);
    DeliveredIstiod first = push.deliver(program("same"), cluster, PLACE);
    builds.clear();

    DeliveredIstiod again = push.deliver(program("same"), cluster, PLACE);
    String byAnother = deliver(push(events::add), "same"); // As another JVM's.

    assertThat(first.changed()).isTrue();
    assertThat(again.changed()).isFalse();
    assertThat(List.of(again.image(), byAnother)).containsOnly(first.image());
    assertThat(builds).hasSize(2).allMatch(ImageEvent.Unchanged.class::isInstance);
    assertThat(events.get(1)).isInstanceOf(DeliveryEvent.Unchanged.class);
  }

  @Test
  void theBuilderItselfPrunesWhatItPushed() throws IOException {
    ImageBuilder builder = ImageBuilders.registry(builds::add);
    BuiltImage old = builder.build(program("old"), spec);
    BuiltImage last = builder.build(program("last"), spec);

    assertThat(builder.prune(spec, 1)).containsExactly(old);

    assertThat(builder.list()).containsExactly(last);
    assertThat(registry.tags("pilot")).hasSize(1);
  }

  @Test
  void aRegistryThatDoesNotDeleteIsToldAndTheDeliverySucceeds() throws IOException {
    Delivery push =
        push(
            event -> {
              events.add(event);
              boolean fourth =
                  events.stream().filter(DeliveryEvent.Delivered.class::isInstance).count() == 4;
              if (fourth && event instanceof DeliveryEvent.Delivered) {
                registry.close();
              }
            });
    String first = deliver(push, "1");
    for (String text : List.of("2", "3", "4")) {
      deliver(push, text);
    }

    assertThat(events)
        .last()
        .isInstanceOfSatisfying(
            DeliveryEvent.NotPruned.class, kept -> assertThat(kept.what()).isEqualTo(first));
  }

  @Test
  void anArchiveIsNotPushed() throws IOException {
    ImageBuilder archives = ImageBuilders.archives(folder.resolve("archives"), builds::add);
    Delivery push = Deliveries.in(DockerHost.usual()).registryPush(archives, spec);
    IstiodBinary binary = program("archive");

    assertThatThrownBy(() -> push.deliver(binary, cluster, PLACE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ImageBuilders.registry");
  }
}
