package dev.pilothouse.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.ApplyException;
import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.DeliveredIstiod.ImageIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.InClusterDeployer;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.InstallSpec.Installer;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodReplica;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.Replacement;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Istiod in the pods of a real kind cluster, by revisions and in namespaces of the test's own. */
class InClusterIstiodIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String NAMESPACE = "deploy-istio";
  private static final String SMALL = "pilot: {resources: {requests: {cpu: 20m, memory: 128Mi}}}";

  private static KindFixture kind;
  private static KindCluster cluster;
  private static IstiodBinary stock;
  private static IstiodBinary broken;
  private static Path istioctl;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    kind = KindFixture.require();
    cluster = kind.cluster();
    stock = IstiodBinary.at(kind.toolbox().provision(Tool.PILOT_DISCOVERY).path());
    // It complains of what it is called with, and exits.
    broken = new IstiodBinary(Path.of("/bin/ls"), stock.version(), stock.flavor());
    istioctl = kind.toolbox().provision(Tool.ISTIOCTL).path();
  }

  private static InstallSpec install(Delivery delivery) {
    return InstallSpec.of(istioctl, delivery)
        .withProxyImage(kind.hub(), kind.istioTag())
        .withProfile("minimal")
        .withValues(SMALL)
        .withNamespace(NAMESPACE);
  }

  private static InstallSpec install() {
    return install(Delivery.image(stockImage()));
  }

  private static String stockImage() {
    return kind.hub() + "/pilot:" + kind.istioTag();
  }

  private static IstiodSpec revision(String revision) {
    return IstiodSpec.defaults().withRevision(revision).withReadyDeadline(SOON);
  }

  private static List<String> leaders() {
    return cluster.client().configMaps().inNamespace(NAMESPACE).list().getItems().stream()
        .map(map -> map.getMetadata().getAnnotations())
        .filter(annotations -> annotations != null)
        .map(annotations -> annotations.get("control-plane.alpha.kubernetes.io/leader"))
        .filter(leader -> leader != null)
        .map(leader -> leader.replaceAll(".*\"holderIdentity\":\"([^\"]*)\".*", "$1"))
        .distinct() // One that leads already may come to lead more.
        .sorted()
        .toList();
  }

  private static List<String> webhooks() {
    return cluster
        .client()
        .genericKubernetesResources(
            "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration")
        .list()
        .getItems()
        .stream()
        .map(webhook -> webhook.getMetadata().getName() + " " + webhook.get("webhooks"))
        .toList();
  }

  /** Istiod itself turns its webhook from Ignore to Fail, a moment after that first refused. */
  private static void awaitWebhookInForce(String name) {
    cluster
        .client()
        .genericKubernetesResources(
            "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration")
        .withName(name)
        .waitUntilCondition(
            webhook ->
                webhook != null
                    && webhook.get("webhooks").toString().contains("failurePolicy=Fail"),
            1,
            TimeUnit.MINUTES);
  }

  @Test
  void itIsInstalledServesScalesAndLeavesNothing() throws Exception {
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, install());
    try (InClusterIstiod istiod =
        deployer.deploy(
            stock,
            revision("whole")
                .withMeshConfig("accessLogFile: /dev/stdout")
                .withEnvironment("PILOT_DEBOUNCE_AFTER", "10ms")
                .withLogLevel("ads", "debug"))) {
      assertThat(istiod.replicas()).singleElement().matches(IstiodReplica::ready);
      assertThat(istiod.proxies()).isEmpty();
      try (InputStream mesh = istiod.monitoring().resolve("/debug/mesh").toURL().openStream()) {
        assertThat(new String(mesh.readAllBytes(), UTF_8))
            .containsPattern("\"accessLogFile\": *\"/dev/stdout\"");
      }
      try (InClusterIstiod found = deployer.find("whole").orElseThrow()) {
        assertThat(found.spec().meshConfig()).contains("accessLogFile: /dev/stdout");
        assertThat(found.spec().environment()).containsEntry("PILOT_DEBOUNCE_AFTER", "10ms");
      }
      assertThat(deployer.revisions()).contains("whole");
      awaitWebhookInForce("istio-validator-whole-" + NAMESPACE);
      assertThatThrownBy(
              () ->
                  cluster.apply(
                      Manifests.yaml(
                          """
                          apiVersion: networking.istio.io/v1
                          kind: VirtualService
                          metadata: {name: bad, namespace: %s, labels: {istio.io/rev: whole}}
                          spec:
                            hosts: [httpbin]
                            http: [{route: [{destination: {host: x, port: {number: 99999}}}]}]
                          """
                              .formatted(NAMESPACE))))
          .isInstanceOf(ApplyException.class)
          .hasMessageContaining("port number 99999 must be in the range 1..65535");
      istiod.scale(2, SOON);
      assertThat(istiod.replicas()).hasSize(2).allMatch(IstiodReplica::ready);
      List<String> before = istiod.replicas().stream().map(IstiodReplica::pod).toList();
      istiod.restart(SOON);
      assertThat(istiod.replicas())
          .extracting(IstiodReplica::pod)
          .hasSize(2)
          .doesNotContainAnyElementsOf(before);
      assertThat(Files.readString(istiod.log())).contains("==> " + before.get(0), "\tdebug\tads");
    }
    assertThat(deployer.revisions()).doesNotContain("whole");
    assertThat(cluster.client().namespaces().withName(NAMESPACE).get()).isNull();
    assertThat(webhooks()).noneMatch(webhook -> webhook.contains(NAMESPACE));
  }

  /** They need a registry: what the manifests say is all that is shown here. */
  @Test
  void releasedImagesAreNamedInTheManifests() {
    InstallSpec released =
        InstallSpec.of(istioctl, Delivery.image("docker.io/istio/pilot:1.29.0"))
            .withNamespace(NAMESPACE);
    // Without a name the charts' own: of an istioctl that is built from source, Istio's latest.
    assertThat(images(rendered(released)))
        .containsExactlyInAnyOrder(
            "docker.io/istio/pilot:1.29.0", "registry.istio.io/testing/proxyv2:latest");

    List<GenericKubernetesResource> named =
        rendered(released.withProxyImage("docker.io/istio", "1.29.0"));
    assertThat(images(named))
        .containsExactlyInAnyOrder(
            "docker.io/istio/pilot:1.29.0", "docker.io/istio/proxyv2:1.29.0");
    assertThat(named)
        .filteredOn(object -> object.getMetadata().getName().startsWith("istio-sidecar-injector"))
        .filteredOn(object -> object.getKind().equals("ConfigMap"))
        .singleElement()
        .matches(
            map -> {
              JsonNode values =
                  Serialization.unmarshal(map.<String>get("data", "values"), JsonNode.class);
              return values.at("/global/hub").asText().equals("docker.io/istio")
                  && values.at("/global/tag").asText().equals("1.29.0");
            },
            "sidecars have the same image");
  }

  private static List<String> images(List<GenericKubernetesResource> objects) {
    return Pattern.compile("\"image\":\"([^\"]+)\"")
        .matcher(Serialization.asJson(objects))
        .results()
        .map(image -> image.group(1))
        .toList();
  }

  /** All objects of an installation, as they would be applied. */
  private static List<GenericKubernetesResource> rendered(InstallSpec install) {
    List<GenericKubernetesResource> objects = new ArrayList<>();
    InstallSpec halting =
        install
            .withProfile("default")
            .withEdit(
                all -> {
                  objects.addAll(all);
                  throw new IllegalStateException("seen enough");
                });
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, halting);
    assertThatThrownBy(() -> deployer.deploy("docker.io/istio/pilot:1.29.0", revision("seen")))
        .hasMessage("seen enough");
    assertThat(deployer.revisions()).doesNotContain("seen");
    return objects;
  }

  @Test
  void aFieldThatTheMeshConfigLacksIsRefusedBeforeAnythingIsDelivered() {
    Delivery never =
        (binary, target, place) -> {
          throw new AssertionError("delivered to " + place);
        };
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, install(never));
    IstiodSpec misspelt = revision("misspelt").withMeshConfig("accessLogFil: ''");
    assertThatThrownBy(() -> deployer.deploy(stock, misspelt))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("no field accessLogFil (did you mean accessLogFile?)");
    assertThat(deployer.revisions()).doesNotContain("misspelt");
  }

  @Test
  void aHotSwapStaysInThePodAndACrashGoesBack() {
    Delivery hotSwap = Deliveries.in(DockerHost.usual()).hotSwap(kind.toolbox());
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, install(hotSwap));
    try (InClusterIstiod istiod = deployer.deploy(stock, revision("swapped"))) {
      String pod = istiod.replicas().get(0).pod();
      assertThatThrownBy(() -> istiod.replaceWith(broken, SOON))
          .isInstanceOf(PilothouseException.class)
          .hasMessageContaining("the old one runs again")
          .hasMessageContaining("CrashLoopBackOff");
      assertThat(istiod.binary()).isEqualTo(stock);
      Replacement replacement = istiod.replaceWith(stock, SOON);
      assertThat(replacement.steps())
          .extracting(Replacement.Step::name)
          .containsExactly("deliver", "swap");
      assertThat(pod).startsWith("istiod-swapped-");
    }
  }

  @Test
  void whatDoesNotGetReadyIsRolledBackAtOnceWithItsReason() {
    AtomicReference<Delivery> next = new AtomicReference<>(Delivery.image(stockImage()));
    Delivery changing = (binary, target, place) -> next.get().deliver(binary, target, place);
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, install(changing));
    try (InClusterIstiod istiod = deployer.deploy(stock, revision("faulty"))) {
      List<IstiodReplica> before = istiod.replicas();
      next.set(
          (binary, target, place) -> new ImageIstiod("localhost/nobody/has:it", "Never", true));
      assertThatThrownBy(() -> istiod.replaceWith(stock, SOON))
          .hasMessageContaining("the old one runs again")
          .hasMessageContaining("ErrImageNeverPull")
          .hasMessageContaining("is not present with pull policy of Never");
      next.set(
          Deliveries.in(DockerHost.usual())
              .nodeArchive(ImageSpec.pilot().withBase(kind.hub() + "/base:" + kind.sampleTag())));
      assertThatThrownBy(() -> istiod.replaceWith(broken, SOON))
          .hasMessageContaining("the old one runs again")
          .hasMessageContaining("CrashLoopBackOff")
          .hasMessageContaining("exited with code 2")
          .hasMessageContaining("The end of the log of istiod-faulty-")
          .hasMessageContaining("unrecognized option '--monitoringAddr");
      assertThat(istiod.replicas()).isEqualTo(before);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> istiod.restart(SOON)).hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
      istiod.restart(SOON);
    }
  }

  @Test
  void tooLittleRoomIsToldAtOnceAndNothingIsLeft() {
    InstallSpec greedy = install().withValues("pilot: {resources: {requests: {cpu: \"100\"}}}");
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, greedy);
    assertThatThrownBy(
            () -> deployer.deploy(stock, revision("greedy").withReadyDeadline(Duration.ofHours(1))))
        .hasMessageContaining("cannot be scheduled")
        .hasMessageContaining("Insufficient cpu")
        .hasMessageContaining("asks for 100 CPU");
    assertThat(deployer.revisions()).doesNotContain("greedy");
  }

  @Test
  void revisionsLiveSideBySideAndTheChartsCanBeEdited() {
    InClusterDeployer plain = IstiodDeployer.inCluster(cluster, install());
    InstallSpec edited =
        install().withEdit(all -> all.stream().map(InClusterIstiodIT::labelled).toList());
    try (InClusterIstiod one = plain.deploy(stock, revision("one"));
        InClusterIstiod two =
            IstiodDeployer.inCluster(cluster, edited).deploy(stock, revision("two"))) {
      assertThat(plain.revisions()).contains("one", "two");
      HasMetadata deployment =
          cluster
              .client()
              .genericKubernetesResources("apps/v1", "Deployment")
              .inNamespace(NAMESPACE)
              .withName(two.deployment())
              .get();
      assertThat(deployment.getMetadata().getAnnotations()).containsEntry("edited", "yes");
      one.uninstall();
      assertThat(plain.revisions()).contains("two").doesNotContain("one");
      assertThat(two.replicas()).allMatch(IstiodReplica::ready);
      assertThatThrownBy(() -> plain.deploy(stock, revision("two")))
          .hasMessageContaining("in the hands of");
    }
  }

  private static GenericKubernetesResource labelled(GenericKubernetesResource resource) {
    resource.getMetadata().setAnnotations(Map.of("edited", "yes"));
    return resource;
  }

  @Test
  void whatIsKeptIsFoundAndTakenOver() {
    InstallSpec kept = install().withLifetime(Lifetime.KEEP);
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, kept);
    deployer.deploy(stock, revision("kept")).close();
    try (InClusterIstiod found = deployer.find("kept").orElseThrow()) {
      assertThat(found.binary().version().tag()).isEqualTo(stock.version().tag());
    }
    assertThat(deployer.revisions()).contains("kept");
    deployer.deploy(stockImage(), revision("kept")).uninstall();
    assertThat(deployer.revisions()).doesNotContain("kept");
  }

  @Test
  void whatAKilledJvmLeftIsTakenAwayByTheNextDeployment() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                InClusterInstaller.class.getName(),
                cluster.kubeconfig().toString(),
                istioctl.toString(),
                stockImage(),
                NAMESPACE,
                "killed",
                SMALL)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("jvm.log").toFile())
            .start();
    try {
      // In the middle: the rest of the manifests, and the wait for the pods, are still to come.
      cluster
          .client()
          .genericKubernetesResources("apps/v1", "Deployment")
          .inNamespace(NAMESPACE)
          .withName("istiod-killed")
          .waitUntilCondition(Objects::nonNull, SOON.toSeconds(), TimeUnit.SECONDS);
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, install());
    assertThat(deployer.revisions()).contains("killed");
    try (InClusterIstiod next = deployer.deploy(stock, revision("next"))) {
      assertThat(next.replicas()).allMatch(IstiodReplica::ready);
      assertThat(deployer.revisions()).contains("next").doesNotContain("killed");
      assertThat(webhooks()).noneMatch(webhook -> webhook.contains("killed"));
    }
  }

  @Test
  void istioctlInstallsItAsAnybodyWould() {
    InstallSpec byIstioctl = install().withInstaller(Installer.ISTIOCTL_INSTALL);
    InClusterDeployer deployer = IstiodDeployer.inCluster(cluster, byIstioctl);
    try (InClusterIstiod istiod = deployer.deploy(stock, revision("ctl"))) {
      assertThat(istiod.replicas()).singleElement().matches(IstiodReplica::ready);
    }
    assertThat(deployer.revisions()).doesNotContain("ctl");
    assertThat(webhooks()).noneMatch(webhook -> webhook.contains(NAMESPACE));
  }

  @Test
  void anIstiodBesideTheClusterLeavesTheOneInItAlone() {
    try (InClusterIstiod inside =
        IstiodDeployer.inCluster(cluster, install()).deploy(stock, revision("inside"))) {
      awaitWebhookInForce("istio-validator-inside-" + NAMESPACE);
      List<String> leaders =
          Poll.require(
              "it leads", SOON, () -> Optional.of(leaders()).filter(all -> !all.isEmpty()));
      List<String> webhooks = webhooks();
      IstiodSpec beside =
          revision("beside")
              .withName("beside")
              .withEnvironment("POD_NAMESPACE", NAMESPACE)
              .withValidation(false);
      try (Istiod outside = IstiodDeployer.beside(cluster).deploy(stock, beside)) {
        assertThat(outside.proxies()).isEmpty();
        assertThat(leaders()).isEqualTo(leaders);
        assertThat(webhooks()).isEqualTo(webhooks);
      }
      assertThat(leaders()).isEqualTo(leaders);
      assertThat(inside.replicas()).allMatch(replica -> replica.restarts() == 0);
    }
  }
}
