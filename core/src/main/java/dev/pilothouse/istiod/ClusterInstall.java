package dev.pilothouse.istiod;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.Manifests.Document;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.internal.install.Installation;
import dev.pilothouse.internal.install.Istioctl;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.internal.rollout.Rollout;
import dev.pilothouse.istiod.InstallSpec.Installer;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.RunDirectory;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One installation while it is being made. Used once, by one thread. */
final class ClusterInstall {
  private final Cluster cluster;
  private final InstallSpec install;
  private final IstiodSpec spec;
  private final MeshConfig meshConfig;
  private final RunDirectory directory;
  private final Installation installation;
  private final Switchover switchover;
  private final List<Applied> applied = new ArrayList<>();
  private final long end;

  ClusterInstall(
      Cluster cluster,
      InstallSpec install,
      IstiodSpec spec,
      MeshConfig meshConfig,
      RunDirectory directory,
      Installation installation,
      Switchover switchover) {
    this.cluster = cluster;
    this.install = install;
    this.spec = spec;
    this.meshConfig = meshConfig;
    this.directory = directory;
    this.installation = installation;
    this.switchover = switchover;
    this.end = System.nanoTime() + spec.readyDeadline().toNanos();
  }

  /**
   * Does it all.
   *
   * @param binary what must run then; null for whatever was delivered
   * @param deliver delivers to a place
   */
  void install(
      String tried, @Nullable IstiodBinary binary, Function<String, DeliveredIstiod> deliver) {
    KubeDeployment deployment = switchover.deployment();
    String place = Switchover.place(deployment);
    DeliveredIstiod delivered = deliver.apply(place);
    Path file =
        directory.write(
            "istio-operator.yaml", new OperatorFile(install, spec, meshConfig, delivered).yaml());
    Istioctl istioctl =
        new Istioctl(install.istioctl(), cluster.kubeconfig(), install.charts().orElse(null));
    List<GenericKubernetesResource> manifests =
        manifests(istioctl.render(file, install.settings()));
    AmbientCheck.refuse(tried, manifests);
    installation.plan(manifests);
    if (install.installer() == Installer.ISTIOCTL_INSTALL) {
      byIstioctl(tried, istioctl, file);
    } else {
      bySteps(tried, manifests);
    }
    switchover.prove(tried, binary, left(), ClusterInstall::abandoned);
    requireSettings(tried);
    if (spec.validation()) {
      new ValidationProbe(deployment.server(), install.namespace(), spec).await(tried, left());
    }
    installation.completed(manifests);
    applied.forEach(Applied::keep);
  }

  /** What was not there before goes; what was taken over becomes what it was. */
  void undo() {
    Collections.reverse(applied);
    applied.forEach(Applied::close);
    if (installation.takenOver()) {
      installation.release();
    } else {
      installation.uninstall();
    }
  }

  private List<GenericKubernetesResource> manifests(String yaml) {
    List<GenericKubernetesResource> manifests = new ArrayList<>();
    for (Document document : Manifests.yaml(yaml).documents()) {
      manifests.add(Serialization.unmarshal(document.text(), GenericKubernetesResource.class));
    }
    return install.edit() == null ? manifests : List.copyOf(install.edit().apply(manifests));
  }

  /** Gateways are injected by istiod, so they come when it is ready. */
  private void bySteps(String tried, List<GenericKubernetesResource> manifests) {
    apply(manifests, manifest -> !isOtherWorkload(manifest));
    switchover.rollout(ClusterInstall::abandoned).await(tried, left());
    if (manifests.stream().anyMatch(this::isOtherWorkload)) {
      apply(manifests, this::isOtherWorkload);
      for (GenericKubernetesResource manifest : manifests) {
        if (isOtherWorkload(manifest) && manifest.getKind().equals("Deployment")) {
          awaitGateway(tried, manifest);
        }
      }
    }
  }

  private void apply(
      List<GenericKubernetesResource> manifests, Predicate<GenericKubernetesResource> which) {
    List<Document> documents = new ArrayList<>();
    for (GenericKubernetesResource manifest : manifests) {
      if (which.test(manifest)) {
        String place =
            manifest.getKind() + " " + manifest.getMetadata().getName() + " of Istio's charts";
        documents.add(new Document(place, 1, Serialization.asJson(manifest)));
      }
    }
    applied.add(cluster.apply(new Manifests(documents)));
  }

  private void awaitGateway(String tried, GenericKubernetesResource gateway) {
    KubeDeployment deployment =
        new KubeDeployment(
            switchover.deployment().server(),
            gateway.getMetadata().getNamespace(),
            gateway.getMetadata().getName());
    String words = tried + ", with " + deployment;
    new Rollout(deployment, "istio-proxy", ClusterInstall::tail, ClusterInstall::abandoned)
        .await(words, left());
  }

  private static List<String> tail(List<String> log, int count) {
    return log.subList(Math.max(0, log.size() - count), log.size());
  }

  private boolean isOtherWorkload(GenericKubernetesResource manifest) {
    boolean workload =
        List.of("Deployment", "DaemonSet", "StatefulSet").contains(manifest.getKind());
    return workload && !manifest.getMetadata().getName().equals(switchover.deployment().name());
  }

  /** istioctl waits until its deadline whatever happens; so the pods are watched meanwhile. */
  private void byIstioctl(String tried, Istioctl istioctl, Path file) {
    Rollout rollout = switchover.rollout(ClusterInstall::abandoned);
    try (ManagedProcess process = istioctl.install(directory, file, install.settings(), left())) {
      String[] verdict = {""};
      Poll.Outcome<Integer> outcome =
          Poll.until(
              tried,
              left(),
              () -> !verdict[0].isEmpty(),
              () -> {
                verdict[0] = rollout.hopelessNow().orElse("");
                return process.exitCode().isPresent()
                    ? Optional.of(process.exitCode().getAsInt())
                    : Optional.empty();
              });
      Integer code = outcome.value();
      if (code == null || code != 0) {
        String words =
            outcome.hopeless()
                ? verdict[0]
                : code == null ? "istioctl install is not done in time" : "istioctl install failed";
        throw new PilothouseException(
            tried,
            words + rollout.evidence() + System.lineSeparator() + Istioctl.words(process),
            "",
            null,
            null);
      }
    }
    rollout.await(tried, left());
  }

  private void requireSettings(String tried) {
    if (meshConfig.isEmpty()) {
      return;
    }
    JsonNode pod = switchover.replicas().pods().get(0);
    try {
      AdminApi admin = switchover.replicas().admin(pod);
      List<String> unknown = meshConfig.unknownFields(admin.meshConfig());
      if (!unknown.isEmpty()) {
        throw new PilothouseException(
            tried,
            "istiod ignores fields of the mesh config that it does not know: "
                + String.join(", ", unknown),
            "correct IstiodSpec.meshConfig",
            null,
            null);
      }
    } catch (IOException e) {
      throw new PilothouseException(tried, "it does not answer: " + e.getMessage(), "", null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException(tried, "this thread was interrupted", "", null, e);
    }
  }

  /** Nobody can close it before it is there. */
  private static boolean abandoned() {
    return false;
  }

  private Duration left() {
    return TimeLeft.until(end);
  }
}
