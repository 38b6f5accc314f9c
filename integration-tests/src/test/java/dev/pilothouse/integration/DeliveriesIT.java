package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.image.DeliveredIstiod;
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
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deliveries into a real kind node. */
@SuppressWarnings("try") // what is only open meanwhile is not referenced
class DeliveriesIT {
  private static final String HUB = "localhost/deliveries-it";
  private static final ImageSpec SPEC = ImageSpec.pilot().withHub(HUB);

  @TempDir Path folder;

  private static Toolbox toolbox;
  private static Cluster cluster;
  private static String node;
  private static IstiodBinary istiod;

  /** Of this run alone: the cluster may have seen others. */
  private final String place = "deliveries-it/" + UUID.randomUUID();

  private final List<DeliveryEvent> events = new CopyOnWriteArrayList<>();
  private final Deliveries deliveries = new Deliveries(DockerHost.usual(), events::add);

  @BeforeAll
  static void findCluster() {
    KindFixture kind = KindFixture.require();
    toolbox = Toolbox.create();
    toolbox.provision(Set.of(Tool.PILOT_DISCOVERY, Tool.DLV));
    cluster = kind.cluster();
    node = cluster.client().nodes().list().getItems().get(0).getMetadata().getName();
    istiod = MeshFixture.istiodBinary(toolbox);
  }

  @AfterAll
  static void tidyNode() {
    if (cluster == null) {
      return;
    }
    DockerFixture.run("exec", node, "rm", "-rf", "/var/lib/pilothouse/istiod/deliveries-it");
    List<String> images =
        inNode("ctr", "-n", "k8s.io", "images", "ls", "-q")
            .lines()
            .filter(name -> name.startsWith(HUB))
            .toList();
    images.forEach(image -> inNode("ctr", "-n", "k8s.io", "images", "rm", image));
    ImageBuilders.docker(DockerHost.usual(), event -> {}).prune(SPEC, 0);
  }

  private static String inNode(String... command) {
    String[] all = new String[command.length + 2];
    all[0] = "exec";
    all[1] = node;
    System.arraycopy(command, 0, all, 2, command.length);
    return DockerFixture.output(all);
  }

  /** Names and tags stand in columns of their own. */
  private static List<String> imagesByCrictl() {
    return inNode("crictl", "images")
        .lines()
        .map(line -> line.split("\\s+", -1))
        .map(columns -> columns[0] + ":" + columns[1])
        .toList();
  }

  /** A small program in istiod's place, other for each text. */
  private IstiodBinary small(String text) throws IOException {
    Path file = folder.resolve("small-" + text);
    if (!Files.exists(file)) {
      Files.copy(toolbox.require(Tool.DLV).path(), file);
      Files.writeString(file, "\n" + text, StandardOpenOption.APPEND);
    }
    return new IstiodBinary(file, istiod.version(), IstiodBinary.Flavor.RELEASE);
  }

  private static String tailOf(String directory) {
    return inNode("tail", "-n", "1", directory + "/pilot-discovery");
  }

  @Test
  void hotSwapPutsTheBinaryBesideAndGoesBack() throws IOException {
    Delivery hotSwap = deliveries.hotSwap(toolbox);

    NodeIstiod first = (NodeIstiod) hotSwap.deliver(small("one"), cluster, place);
    assertThat(first.changed()).isTrue();
    assertThat(tailOf(first.nodeDirectory())).isEqualTo("one");
    assertThat(inNode("crictl", "images")).contains(first.image().split(":", 2)[0]);

    assertThat(hotSwap.deliver(small("one"), cluster, place).changed()).isFalse();
    assertThat(events).last().isInstanceOf(DeliveryEvent.Unchanged.class);

    DeliveredIstiod second = hotSwap.deliver(small("two"), cluster, place);
    assertThat(second.changed()).isTrue();
    assertThat(tailOf(first.nodeDirectory())).isEqualTo("two");

    hotSwap.rollBack(second, cluster);
    assertThat(tailOf(first.nodeDirectory())).isEqualTo("one");
    assertThatThrownBy(() -> hotSwap.rollBack(second, cluster))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOTHING_BEFORE));

    // One that the node has is not sent again.
    events.clear();
    hotSwap.deliver(small("two"), cluster, place);
    assertThat(events.get(0))
        .isInstanceOfSatisfying(
            DeliveryEvent.Sending.class, sent -> assertThat(sent.bytes()).isZero());
  }

  @Test
  void supervisorRunsUnderTheChartsSecurityContext() throws IOException {
    NodeIstiod there =
        (NodeIstiod) deliveries.hotSwap(toolbox).deliver(small("run"), cluster, place);
    String pod =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: supervised, namespace: deliveries-it}
        spec:
          restartPolicy: Never
          volumes:
          - {name: istiod, hostPath: {path: %s, type: Directory}}
          containers:
          - name: discovery
            image: %s
            imagePullPolicy: %s
            args: [version]
            volumeMounts: [{name: istiod, mountPath: %s, readOnly: true}]
            securityContext:
              allowPrivilegeEscalation: false
              capabilities: {drop: [ALL]}
              readOnlyRootFilesystem: true
              runAsNonRoot: true
        """
            .formatted(
                there.nodeDirectory(), there.image(), there.pullPolicy(), NodeIstiod.MOUNT_PATH);

    assertThat(logOf("supervised", pod)).contains("pilothouse: runs").contains("Delve Debugger");
  }

  @Test
  void archiveLeavesOutWhatTheNodeHas() {
    Delivery archive = deliveries.nodeArchive(SPEC.withBase(DockerFixture.BASE));

    DeliveredIstiod first = archive.deliver(istiod, cluster, place);

    assertThat(first.pullPolicy()).isEqualTo("Never");
    assertThat(first.image()).matches(HUB + "/pilot:dev-[0-9a-f]{12}");
    assertThat(events)
        .filteredOn(DeliveryEvent.Sending.class::isInstance)
        .last()
        .isInstanceOfSatisfying(
            DeliveryEvent.Sending.class, sent -> assertThat(sent.reused()).isPositive());
    assertThat(imagesByCrictl()).contains(first.image());
    assertThat(logOf("archive", podOf("archive", first))).contains(istiod.version().revision());

    events.clear();
    assertThat(archive.deliver(istiod, cluster, place).changed()).isFalse();
    assertThat(events).hasOnlyElementsOfType(DeliveryEvent.Unchanged.class);
  }

  @Test
  void oldImagesGoUnlessAPodUsesThem() throws IOException {
    ImageSpec spec = SPEC.withName("pruned");
    Delivery archive = deliveries.nodeArchive(spec);
    DeliveredIstiod used = archive.deliver(small("a"), cluster, place);
    try (Applied pod = apply(podOf("user", used))) {
      DeliveredIstiod old = archive.deliver(small("b"), cluster, place);
      for (String text : List.of("c", "d", "e")) {
        archive.deliver(small(text), cluster, place);
      }

      awaitImages(names -> names.contains(used.image()) && !names.contains(old.image()));
      assertThat(events)
          .filteredOn(DeliveryEvent.Pruned.class::isInstance)
          .containsExactly(new DeliveryEvent.Pruned(node, old.image()));
    }
  }

  /** The kubelet's view follows containerd's events. */
  private static void awaitImages(Predicate<List<String>> wanted) {
    var unused =
        Poll.require(
            "crictl shows what containerd has",
            Duration.ofMinutes(1),
            () -> {
              List<String> images = imagesByCrictl();
              if (!wanted.test(images)) {
                throw new Poll.NotYet(images.toString());
              }
              return Optional.of(true);
            });
  }

  @Test
  void kindLoadBringsWhatDockerBuilt() throws IOException {
    ImageBuilder builder = ImageBuilders.docker(DockerHost.usual(), event -> {});
    ImageSpec spec = SPEC.withTag(ImageSpec.timestampTag());
    Delivery load = deliveries.kindLoad(builder, spec);

    DeliveredIstiod first = load.deliver(small("load"), cluster, place);

    assertThat(first.changed()).isTrue();
    assertThat(imagesByCrictl()).contains(first.image());
    assertThat(load.deliver(small("load"), cluster, place).changed()).isFalse();
    // The same tag with another content is another image.
    assertThat(load.deliver(small("reload"), cluster, place).changed()).isTrue();
  }

  @Test
  void kindLoadLeavesThreeImagesInDockerAndInTheNode() throws IOException {
    ImageBuilder builder = ImageBuilders.docker(DockerHost.usual(), event -> {});
    ImageSpec spec = SPEC.withName("loaded");
    Delivery load = deliveries.kindLoad(builder, spec);

    for (String text : List.of("1", "2", "3", "4", "5")) {
      load.deliver(small("loaded" + text), cluster, place);
    }

    assertThat(builder.list())
        .filteredOn(image -> image.reference().startsWith(HUB + "/loaded:"))
        .hasSize(3);
    awaitImages(
        names -> names.stream().filter(name -> name.startsWith(HUB + "/loaded:")).count() == 3);
    builder.prune(spec, 0);
  }

  @Test
  void baseForAnotherArchitectureIsRefused() throws Exception {
    String base = HUB + "/foreign:x";
    DockerFixture.output(
        "load", "-i", ForeignImage.write(folder.resolve("foreign.tar"), base).toString());
    IstiodBinary binary = small("foreign");
    ImageSpec spec = SPEC.withName("on-foreign").withBase(base);
    ImageBuilder builder = ImageBuilders.docker(DockerHost.usual(), event -> {});
    try {
      for (Delivery delivery :
          List.of(deliveries.nodeArchive(spec), deliveries.kindLoad(builder, spec))) {
        assertThatThrownBy(() -> delivery.deliver(binary, cluster, place))
            .isInstanceOfSatisfying(
                ImageException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_ARCHITECTURE))
            .hasMessageContaining("s390x");
      }
    } finally {
      DockerFixture.run("rmi", base);
    }
    assertThat(imagesByCrictl()).noneMatch(name -> name.startsWith(HUB + "/on-foreign:"));
  }

  @Test
  void baseThatIsNowhereIsNamed() throws IOException {
    Delivery archive = deliveries.nodeArchive(SPEC.withBase("localhost/no/base:x"));
    IstiodBinary binary = small("nobase");

    assertThatThrownBy(() -> archive.deliver(binary, cluster, place))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_IMAGE))
        .hasMessageContaining("neither the node " + node + " nor Docker has the base image");
  }

  @Test
  void programForAnotherArchitectureIsRefused() throws IOException {
    IstiodBinary binary = small("arch");
    try (FileChannel file = FileChannel.open(binary.path(), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {22, 0}), 18); // The machine, in the ELF head: s390x.
    }
    for (Delivery delivery : List.of(deliveries.hotSwap(toolbox), deliveries.nodeArchive(SPEC))) {
      assertThatThrownBy(() -> delivery.deliver(binary, cluster, place))
          .isInstanceOfSatisfying(
              ImageException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_ARCHITECTURE))
          .hasMessageContaining("istiod is for linux/s390x, the node " + node + " is linux/");
    }
    assertThat(inNode("ls", "/var/lib/pilothouse/istiod")).isNotNull();
  }

  @Test
  void dockerThatGoesAwayInTheMiddleLeavesTheOldIstiod() throws Exception {
    NodeIstiod before =
        (NodeIstiod) deliveries.hotSwap(toolbox).deliver(small("before"), cluster, place);
    Path socket = Path.of(DockerHost.usual().uri().getPath());
    try (CutSocket cut = CutSocket.before(socket, folder.resolve("d.sock"))) {
      Deliveries through =
          new Deliveries(
              DockerHost.at("unix://" + cut.path()),
              event -> {
                if (event instanceof DeliveryEvent.Sending) {
                  cut.after(1_000_000);
                }
              });
      IstiodBinary next = small("next");
      for (Delivery delivery : List.of(through.hotSwap(toolbox), through.nodeArchive(SPEC))) {
        cut.mend();
        assertThatThrownBy(() -> delivery.deliver(next, cluster, place))
            .isInstanceOfSatisfying(
                ImageException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.DOCKER_UNREACHABLE))
            .hasMessageContaining("What to do");
      }
    }
    assertThat(tailOf(before.nodeDirectory())).isEqualTo("before");
    // What is half-made goes when the node's side sees the end of its input, at the next delivery
    // at the latest.
    deliveries.hotSwap(toolbox).deliver(small("next"), cluster, place);
    assertThat(inNode("ls", "-A", before.nodeDirectory())).doesNotContain(".draft");
    assertThat(tailOf(before.nodeDirectory())).isEqualTo("next");
    deliveries.nodeArchive(SPEC).deliver(small("next"), cluster, place);
  }

  @Test
  void hotSwapIntoANodeWithoutSpaceSaysSo() throws IOException {
    IstiodBinary binary = small("much");
    String directory = "/var/lib/pilothouse/istiod/" + place;
    Deliveries streaming = new Deliveries(DockerHost.usual(), event -> {}); // As its first does.

    whileFull(
        directory,
        () -> {
          assertNoSpace(() -> streaming.hotSwap(toolbox).deliver(binary, cluster, place));
          assertThat(inNode("ls", directory)).isEmpty();
        });

    assertThat(deliveries.hotSwap(toolbox).deliver(binary, cluster, place).changed()).isTrue();
  }

  @Test
  void archiveIntoANodeWithoutSpaceSaysSo() throws IOException {
    IstiodBinary binary = small("large");
    Delivery archive = deliveries.nodeArchive(SPEC.withBase(DockerFixture.BASE));

    whileFull(
        "/var/lib/containerd/io.containerd.content.v1.content/ingest",
        () -> assertNoSpace(() -> archive.deliver(binary, cluster, place)));

    assertThat(archive.deliver(binary, cluster, place).changed()).isTrue();
  }

  private static void assertNoSpace(ThrowingCallable delivery) {
    assertThatThrownBy(delivery)
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE))
        .hasMessageContainingAll("o space left on device", node);
  }

  /** Has a folder of the node hold next to nothing. */
  private static void whileFull(String folder, Runnable test) {
    inNode("mkdir", "-p", folder);
    inNode("mount", "-t", "tmpfs", "-o", "size=1m", "full", folder);
    try {
      test.run();
    } finally {
      inNode("umount", "--lazy", folder); // Who has failed there may not have ended yet.
    }
  }

  @Test
  void nodeThatGoesAwayInTheMiddleIsNamed() throws IOException {
    KindFixture kind = KindFixture.require();
    IstiodBinary binary = small("gone");
    try (KindCluster own = kind.clusters().open(kind.spec("deliveries-it"))) {
      String container = own.nodes().get(0).containerId();
      Deliveries killing =
          new Deliveries(
              DockerHost.usual(),
              event -> {
                if (event instanceof DeliveryEvent.Sending) {
                  DockerFixture.output("kill", container);
                }
              });

      assertThatThrownBy(() -> killing.hotSwap(toolbox).deliver(binary, own, place))
          .isInstanceOfSatisfying(
              ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NODE_UNREACHABLE))
          .hasMessageContaining("went away in the middle")
          .hasMessageContaining("docker ps -a");
    }
  }

  @Test
  void nodeOfAnotherClusterIsNoTarget() throws IOException {
    IstiodBinary binary = small("other");
    DockerHost nowhere = DockerHost.at("unix://" + folder.resolve("nowhere.sock"));

    assertThatThrownBy(
            () -> Deliveries.in(nowhere).hotSwap(toolbox).deliver(binary, cluster, place))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DOCKER_UNREACHABLE));
    assertThatThrownBy(
            () -> deliveries.hotSwap(toolbox).deliver(binary, cluster, "../../etc/istiod"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String podOf(String name, DeliveredIstiod istiod) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: deliveries-it}
        spec:
          restartPolicy: Never
          containers:
          - {name: discovery, image: %s, imagePullPolicy: %s, args: [version, -o, json]}
        """
        .formatted(name, istiod.image(), istiod.pullPolicy());
  }

  private static Applied apply(String pod) {
    return cluster.apply(
        Manifests.yaml(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: deliveries-it}\n---\n" + pod));
  }

  /** What a pod prints that runs to its end. */
  private static String logOf(String name, String pod) {
    try (Applied applied = apply(pod)) {
      var handle = cluster.client().pods().inNamespace("deliveries-it").withName(name);
      handle.waitUntilCondition(
          p -> p != null && List.of("Succeeded", "Failed").contains(p.getStatus().getPhase()),
          2,
          TimeUnit.MINUTES);
      return handle.getLog();
    }
  }
}
