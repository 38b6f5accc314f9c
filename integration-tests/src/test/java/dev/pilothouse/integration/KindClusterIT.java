package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.pilothouse.cluster.ClusterInfo;
import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.DeliveredIstiod.ImageIstiod;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindEvent;
import dev.pilothouse.kind.KindMount;
import dev.pilothouse.kind.KindNode;
import dev.pilothouse.kind.KindNode.Role;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.kind.PortMapping;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.Tool;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of kind clusters. A cluster takes half a minute, so each test asks for much of one. */
class KindClusterIT {
  private static final Duration SHORT = Duration.ofMinutes(2);

  private static KindFixture kind;

  @TempDir Path folder;

  private final List<KindEvent> events = new CopyOnWriteArrayList<>();
  private KindClusters clusters;

  @BeforeAll
  static void require() {
    kind = KindFixture.require();
  }

  @BeforeEach
  void open() {
    clusters =
        KindClusters.builder(kind.toolbox())
            .runRoot(folder.resolve("runs"))
            .listener(events::add)
            .build();
  }

  /** Also shows that it deletes all of ours; other roots' clusters are none of it. */
  @AfterEach
  void deleteAll() {
    List<String> before = clusters.list();
    List<String> deleted = clusters.deleteAll();
    List<String> left = new ArrayList<>(before);
    left.removeAll(deleted);
    assertThat(clusters.list()).containsAll(left);
    assertThat(containers("label=io.x-k8s.kind.cluster=life")).isEmpty();
  }

  @Test
  void hasWhatWasAskedForAndEndsWithItsHandle() throws Exception {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Files.writeString(shared.resolve("file"), "from outside");
    KindSpec spec =
        kind.spec("life")
            .withNodes(1, 1)
            .withIstiodPorts(0, 0)
            .withMount(KindMount.readOnly(shared, "/shared"))
            .withFeatureGate("ContainerCheckpoint", false)
            .withRawConfig(
                """
                kind: Cluster
                apiVersion: kind.x-k8s.io/v1alpha4
                networking: {podSubnet: 10.99.0.0/16}
                """);
    Path kubeconfig;
    Optional<String> usersBefore = usersKubeconfig();
    try (KindCluster cluster = clusters.open(spec)) {
      kubeconfig = cluster.kubeconfig();
      assertThat(cluster.name()).isEqualTo("life");
      assertThat(cluster.madeByPilothouse()).isTrue();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kubeconfig)))
          .isEqualTo("rw-------");
      assertThat(usersKubeconfig()).isEqualTo(usersBefore);

      assertThat(cluster.nodes())
          .extracting(KindNode::name, KindNode::role)
          .containsExactly(
              tuple("life-control-plane", Role.CONTROL_PLANE), tuple("life-worker", Role.WORKER));
      readyForWork(cluster);
      reachesItsNodes(cluster.nodes().get(1));
      assertThat(cluster.ports()).extracting(PortMapping::containerPort).contains(30_000, 30_001);
      assertThat(cluster.hostPort(30_000)).isEqualTo(cluster.ports().get(0).hostPort());
      assertThatThrownBy(() -> cluster.hostPort(31_000))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("publish only")
          .hasMessageContaining("KindSpec.withPort");

      loadsImages(cluster);
      deliversToAllNodesAtOnce(cluster);
      exportsLogs(cluster);
      isKnownToOthers(cluster);
    }
    assertThat(clusters.list()).doesNotContain("life");
    assertThat(kubeconfig).doesNotExist();
    assertThat(containers("name=life-")).isEmpty();
    assertThat(events).first().isEqualTo(new KindEvent.Creating("life"));
    assertThat(events)
        .anyMatch(e -> e instanceof KindEvent.Output o && o.line().contains("Preparing nodes"))
        .contains(new KindEvent.AwaitingReadiness("life"));
    assertThat(events).last().isInstanceOf(KindEvent.Ready.class);
  }

  private static void readyForWork(KindCluster cluster) {
    assertThat(cluster.client().nodes().list().getItems())
        .hasSize(2)
        .allSatisfy(
            node ->
                assertThat(node.getStatus().getConditions())
                    .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True")));
    Deployment dns =
        cluster.client().apps().deployments().inNamespace("kube-system").withName("coredns").get();
    assertThat(dns.getStatus().getUnavailableReplicas()).isNull();
    assertThat(dns.getSpec().getTemplate().getSpec().getContainers())
        .singleElement()
        .extracting(Container::getReadinessProbe)
        .returns(1, Probe::getPeriodSeconds)
        .returns("/ready", probe -> probe.getHttpGet().getPath());
    assertThat(cluster.client().serviceAccounts().inNamespace("default").withName("default").get())
        .isNotNull();
    ClusterInfo info = ClusterInfo.of(cluster);
    assertThat(info.kubernetes()).startsWith("v1.");
    assertThat(info.server()).hasScheme("https").hasHost("127.0.0.1");
    assertThat(info.table()).contains("Cluster life, Kubernetes v1.", "CoreDNS: https://127.0.0.1");
  }

  private static void reachesItsNodes(KindNode node) throws IOException {
    assertThat(node.exec(List.of("cat", "/shared/file"), SHORT))
        .isEqualTo(new Command.Result(0, "from outside", ""));
    byte[] much = new byte[20_000_000];
    assertThat(node.exec(List.of("wc", "-c"), new ByteArrayInputStream(much), SHORT).stdout())
        .isEqualToIgnoringNewLines("20000000");
    Path file = Files.write(Files.createTempFile("much", ""), much);
    assertThat(node.exec(List.of("wc", "-c"), file, SHORT).stdout())
        .isEqualToIgnoringNewLines("20000000");
    Files.delete(file);
    assertThat(node.exec(List.of("false"), SHORT).exitCode()).isEqualTo(1);
    assertThat(node.images())
        .anySatisfy(
            image -> {
              assertThat(image.tags()).anyMatch(tag -> tag.contains("kube-proxy"));
              assertThat(image.id()).startsWith("sha256:");
              assertThat(image.size()).isPositive();
            });
  }

  private void loadsImages(KindCluster cluster) {
    String image = kind.hub() + "/httpbin:" + kind.sampleTag();
    cluster.load(List.of(image));
    assertThat(cluster.nodes())
        .allSatisfy(
            node ->
                assertThat(node.images())
                    .anySatisfy(there -> assertThat(there.tags()).contains(image)));
    assertThatThrownBy(() -> cluster.load(List.of("localhost/no-such:image")))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("loading localhost/no-such:image into kind cluster life")
        .hasMessageContaining("not present locally");
  }

  private void deliversToAllNodesAtOnce(KindCluster cluster) {
    IstiodBinary stock = IstiodBinary.at(kind.toolbox().provision(Tool.PILOT_DISCOVERY).path());
    List<DeliveryEvent> told = new ArrayList<>();
    Deliveries deliveries = new Deliveries(DockerHost.usual(), told::add);
    ImageSpec bare = ImageSpec.pilot().withBase(ImageSpec.SCRATCH);

    deliveries.hotSwap(kind.toolbox()).deliver(stock, cluster, "istio-system/istiod");
    ImageIstiod image =
        (ImageIstiod) deliveries.nodeArchive(bare).deliver(stock, cluster, "istio-system/istiod");

    for (KindNode node : cluster.nodes()) {
      assertThat(node.images())
          .anySatisfy(there -> assertThat(there.tags()).contains(image.image()));
      assertThat(told)
          .filteredOn(
              event -> event instanceof DeliveryEvent.Delivered d && d.node().equals(node.name()))
          .hasSize(2);
    }
    assertThat(
            deliveries.nodeArchive(bare).deliver(stock, cluster, "istio-system/istiod").changed())
        .isFalse();
  }

  private void exportsLogs(KindCluster cluster) throws IOException {
    Path logs = folder.resolve("logs");
    cluster.exportLogs(logs);
    assertThat(logs.resolve("life-control-plane").resolve("kubelet.log")).isNotEmptyFile();
  }

  private void isKnownToOthers(KindCluster cluster) {
    assertThat(clusters.list()).contains("life");
    try (KindCluster found = clusters.find("life").orElseThrow()) {
      assertThat(found.nodes()).hasSameSizeAs(cluster.nodes());
    }
    assertThat(cluster.client().nodes().list().getItems()).as("closing it left it").hasSize(2);
    assertThatThrownBy(() -> clusters.open(kind.spec("life")))
        .hasMessageContaining("there is a cluster of that name that another handle owns");
    assertThat(clusters.find("nobody")).isEmpty();
  }

  @Test
  void aKeptOneIsUsedAgainAndSeveralAreMadeAtOnce() throws Exception {
    KindSpec spec = kind.spec("life").withLifetime(Lifetime.KEEP);
    // Both want the same: one makes it, the other waits for it.
    List<CompletableFuture<KindCluster>> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      both.add(CompletableFuture.supplyAsync(() -> clusters.open(spec)));
    }
    CompletableFuture<KindCluster> another =
        CompletableFuture.supplyAsync(() -> clusters.open(kind.spec("life-2")));
    String id = null;
    for (CompletableFuture<KindCluster> one : both) {
      try (KindCluster cluster = one.get()) {
        String container = cluster.nodes().get(0).containerId();
        assertThat(id).isIn(null, container);
        id = container;
      }
    }
    assertThat(events).contains(new KindEvent.Reused("life"));
    another.get().close();
    assertThat(clusters.list()).contains("life").doesNotContain("life-2");

    assertThatThrownBy(() -> clusters.open(spec.withFeatureGate("ContainerCheckpoint", false)))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("made from another request:")
        .hasMessageContaining("asked:     ContainerCheckpoint: false")
        .hasMessageContaining("find that cluster and delete it");

    KindCluster found = clusters.find("life").orElseThrow();
    found.delete();
    found.delete();
    found.close();
    assertThat(clusters.find("life")).isEmpty();
  }

  @Test
  void oneOfSomebodyElseIsFoundAndNeverDeleted() throws Exception {
    Path kubeconfig = folder.resolve("theirs");
    kindItself(
        "create",
        "cluster",
        "--name",
        "theirs",
        "--kubeconfig",
        kubeconfig.toString(),
        "--image",
        kind.nodeImage());
    try {
      assertThat(clusters.list()).contains("theirs");
      try (KindCluster theirs = clusters.find("theirs").orElseThrow()) {
        assertThat(theirs.madeByPilothouse()).isFalse();
        assertThat(theirs.client().nodes().list().getItems()).hasSize(1);
        assertThatThrownBy(theirs::delete)
            .isInstanceOf(PilothouseException.class)
            .hasMessageContaining("Pilothouse did not make it")
            .hasMessageContaining("kind delete cluster --name theirs");
        assertThatThrownBy(() -> clusters.open(kind.spec("theirs").withLifetime(Lifetime.KEEP)))
            .hasMessageContaining("that Pilothouse did not make");
      }
      assertThat(clusters.deleteAll()).doesNotContain("theirs");
      assertThat(clusters.list()).contains("theirs");
    } finally {
      kindItself("delete", "cluster", "--name", "theirs", "--kubeconfig", kubeconfig.toString());
    }
  }

  private void kindItself(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(kind.toolbox().require(Tool.KIND).path().toString());
    command.addAll(List.of(arguments));
    new Command(
            command, Map.of("KIND_EXPERIMENTAL_PROVIDER", "docker"), folder, Duration.ofMinutes(5))
        .output();
  }

  private String containers(String filter) {
    return new Command(List.of("docker", "ps", "-aq", "--filter", filter), Map.of(), folder, SHORT)
        .output();
  }

  private static Optional<String> usersKubeconfig() throws IOException {
    Path file = Path.of(System.getProperty("user.home"), ".kube", "config");
    return Files.exists(file)
        ? Optional.of(Files.readString(file, StandardCharsets.UTF_8))
        : Optional.empty();
  }
}
