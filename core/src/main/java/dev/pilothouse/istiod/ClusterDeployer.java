package dev.pilothouse.istiod;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.ImageIstiod;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.delve.DelvedDeployment;
import dev.pilothouse.internal.install.Installation;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.ToolboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs istiod in a cluster. */
final class ClusterDeployer implements InClusterDeployer {
  private static final String DEFAULT = "default";
  private static final String RUN_NAME = "istiod-in-cluster";

  private final Cluster cluster;
  private final InstallSpec install;
  private final ApiServer server;
  private final OptionCheck options = new OptionCheck();

  ClusterDeployer(Cluster cluster, InstallSpec install) {
    this.cluster = cluster;
    this.install = install;
    this.server = new ApiServer(cluster.client());
  }

  @Override
  public InClusterIstiod deploy(IstiodBinary binary, IstiodSpec spec) {
    return deploy(binary, place -> install.delivery().deliver(binary, cluster, place), spec);
  }

  @Override
  public InClusterIstiod deploy(String image, IstiodSpec spec) {
    ImageIstiod named = new ImageIstiod(image, DeliveredIstiod.IF_NOT_PRESENT, false);
    return deploy(null, place -> named, spec);
  }

  private InClusterIstiod deploy(
      @Nullable IstiodBinary binary, Function<String, DeliveredIstiod> deliver, IstiodSpec wanted) {
    IstiodSpec spec = inOurNamespace(wanted);
    String tried =
        "deploying istiod of revision " + spec.revision() + " in the cluster " + cluster.name();
    MeshConfig meshConfig = MeshConfig.of(spec.profile(), spec.meshConfig());
    AmbientCheck.refuse(tried, install);
    try {
      RunDirectory directory = RunDirectory.open(RUN_NAME);
      return orElse(
          directory::close,
          () -> {
            if (binary != null) {
              options.require(binary, wanted, directory.path());
            }
            return install(tried, binary, deliver, wanted, spec, meshConfig, directory);
          });
    } catch (ToolboxException | ApiServer.NoAnswer e) {
      throw new PilothouseException(tried, String.valueOf(e.getMessage()), "", null, e);
    }
  }

  private InClusterIstiod install(
      String tried,
      @Nullable IstiodBinary binary,
      Function<String, DeliveredIstiod> deliver,
      IstiodSpec wanted,
      IstiodSpec spec,
      MeshConfig meshConfig,
      RunDirectory directory) {
    Installation.sweep(server);
    KubeDeployment deployment = deployment(install.namespace(), spec.revision());
    requireOurs(tried, deployment, spec.revision());
    boolean unused = DelvedDeployment.setBackLeft(deployment);
    boolean keep = install.lifetime() == Lifetime.KEEP;
    Installation installation =
        Installation.begin(server, install.namespace(), spec.revision(), directory, keep);
    Switchover switchover = switchover(deployment, wanted, directory);
    ClusterInstall work =
        new ClusterInstall(cluster, install, spec, meshConfig, directory, installation, switchover);
    return orElse(
        () -> {
          switchover.replicas().close();
          work.undo();
        },
        () -> {
          work.install(tried, binary, deliver);
          Consumer<Installation> parting = keep ? Installation::release : Installation::uninstall;
          return new ClusterIstiod(cluster, spec, switchover, directory, installation, parting);
        });
  }

  @Override
  public Optional<InClusterIstiod> find(String revision) {
    Optional<JsonNode> found = deployments().stream().filter(d -> has(d, revision)).findFirst();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    String tried = "attaching to istiod of revision " + revision + " in " + cluster.name();
    String namespace = found.get().at("/metadata/namespace").asText();
    KubeDeployment deployment =
        new KubeDeployment(server, namespace, found.get().at("/metadata/name").asText());
    IstiodSpec spec = spec(revision, namespace, found.get());
    RunDirectory directory = RunDirectory.open(RUN_NAME);
    Switchover switchover = switchover(deployment, IstiodSpec.defaults(), directory);
    InClusterIstiod istiod =
        orElse(
            () -> {
              switchover.replicas().close();
              directory.close();
            },
            () -> {
              if (DelvedDeployment.setBackLeft(deployment)) {
                switchover.rollout(() -> false).await(tried, spec.readyDeadline());
              }
              switchover.prove(tried, null, spec.readyDeadline(), () -> false);
              Installation ours = Installation.find(server, namespace, revision).orElse(null);
              return new ClusterIstiod(cluster, spec, switchover, directory, ours, none -> {});
            });
    return Optional.of(istiod);
  }

  /** What the cluster tells. */
  private IstiodSpec spec(String revision, String namespace, JsonNode deployment) {
    IstiodSpec spec =
        IstiodSpec.defaults().withRevision(revision).withProfile(MeshProfile.ISTIO_DEFAULTS);
    String name = revision.equals(DEFAULT) ? "istio" : "istio-" + revision;
    JsonNode map = server.find("/api/v1/namespaces/" + namespace + "/configmaps/" + name);
    if (map != null) {
      spec = spec.withMeshConfig(map.path("data").path("mesh").asText());
    }
    for (JsonNode container : deployment.at("/spec/template/spec/containers")) {
      if (container.path("name").asText().equals(Replicas.CONTAINER)) {
        for (JsonNode variable : container.path("env")) {
          if (variable.has("value")) {
            spec =
                spec.withEnvironment(
                    variable.path("name").asText(), variable.path("value").asText());
          }
        }
      }
    }
    return spec.withEnvironment("POD_NAMESPACE", namespace);
  }

  @Override
  public List<String> revisions() {
    TreeSet<String> revisions = new TreeSet<>();
    deployments().forEach(deployment -> revisions.add(revision(deployment)));
    return List.copyOf(revisions);
  }

  /** Checks binaries against what the user asked for, not against what we add. */
  private Switchover switchover(
      KubeDeployment deployment, IstiodSpec wanted, RunDirectory directory) {
    return new Switchover(
        cluster,
        install.delivery(),
        deployment,
        binary -> options.require(binary, wanted, directory.path()),
        wanted.readyDeadline());
  }

  private KubeDeployment deployment(String namespace, String revision) {
    String name = revision.equals(DEFAULT) ? "istiod" : "istiod-" + revision;
    return new KubeDeployment(server, namespace, name);
  }

  /** The charts name it, and it lies where it is installed. */
  private IstiodSpec inOurNamespace(IstiodSpec spec) {
    String namespace = install.namespace();
    if (spec.environment().containsKey("POD_NAMESPACE") && !spec.namespace().equals(namespace)) {
      throw new IllegalArgumentException(
          "POD_NAMESPACE is where istiod is installed, and that is "
              + namespace
              + ": see InstallSpec.withNamespace");
    }
    if (!spec.name().equals("istiod")) {
      throw new IllegalArgumentException(
          "Istio's charts name istiod by its revision; it cannot be named " + spec.name());
    }
    return namespace.equals(spec.namespace())
        ? spec
        : spec.withEnvironment("POD_NAMESPACE", namespace);
  }

  private void requireOurs(String tried, KubeDeployment deployment, String revision) {
    boolean ours = Installation.find(server, deployment.namespace(), revision).isPresent();
    if (!ours && deployments().stream().anyMatch(other -> has(other, revision))) {
      throw new PilothouseException(
          tried,
          "an istiod of that revision runs there, and Pilothouse has not installed it",
          "attach to it with find(\""
              + revision
              + "\"), or give this one a revision of its own (IstiodSpec.withRevision)",
          null,
          null);
    }
  }

  private List<JsonNode> deployments() {
    List<JsonNode> items = new ArrayList<>();
    JsonNode list = server.find("/apis/apps/v1/deployments?labelSelector=app%3Distiod");
    if (list != null) {
      list.path("items").forEach(items::add);
    }
    return items;
  }

  private static boolean has(JsonNode deployment, String revision) {
    return revision(deployment).equals(revision);
  }

  private static String revision(JsonNode deployment) {
    return deployment.path("metadata").path("labels").path("istio.io/rev").asText(DEFAULT);
  }

  /** Takes back what was begun if the next step fails; an interrupt does not keep it from that. */
  private static <T> T orElse(Runnable takeBack, Supplier<T> step) {
    try {
      return step.get();
    } catch (RuntimeException | Error e) {
      boolean interrupted = Thread.interrupted();
      try {
        takeBack.run();
      } catch (RuntimeException failed) {
        e.addSuppressed(failed);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
      throw e;
    }
  }
}
