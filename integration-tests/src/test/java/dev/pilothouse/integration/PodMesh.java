package dev.pilothouse.integration;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.istiod.InClusterDeployer;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.workload.PodOptions;
import dev.pilothouse.workload.PodWorkload;
import dev.pilothouse.workload.PodWorkloads;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.Workloads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** An istiod in the tests' kind cluster, with a namespace of its own for workloads. */
final class PodMesh implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(3);

  private final KindFixture kind = KindFixture.require();
  private final String name;
  private final Delivery delivery;
  private final IstiodBinary binary;
  private final String meshConfig;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private InClusterIstiod istiod;
  private PodWorkloads workloads;

  private PodMesh(String name, Delivery delivery, IstiodBinary binary, String meshConfig) {
    this.name = name;
    this.delivery = delivery;
    this.binary = binary;
    this.meshConfig = meshConfig;
  }

  /**
   * Starts one with the testbed's istiod; its name is that of the revision and of the namespace.
   */
  static PodMesh start(String name) {
    return start(name, "");
  }

  /** Starts one with the testbed's istiod and some MeshConfig. */
  static PodMesh start(String name, String meshConfig) {
    return started(new PodMesh(name, null, null, meshConfig));
  }

  /** Starts one with an istiod that is delivered. */
  static PodMesh start(String name, Delivery delivery, IstiodBinary binary) {
    return started(new PodMesh(name, delivery, binary, ""));
  }

  private static PodMesh started(PodMesh mesh) {
    boolean started = false;
    try {
      mesh.open();
      started = true;
      return mesh;
    } finally {
      if (!started) {
        mesh.close();
      }
    }
  }

  /** The image of the testbed's istiod. */
  private String pilot() {
    return kind.hub() + "/pilot:" + kind.istioTag();
  }

  /** Installs istiod, by a delivery, or finds it. */
  static InClusterDeployer deployer(KindFixture kind, Cluster cluster, Delivery delivery) {
    InstallSpec install =
        InstallSpec.of(kind.toolbox().provision(Tool.ISTIOCTL).path(), delivery)
            .withProfile("minimal")
            .withProxyImage(kind.hub(), kind.istioTag())
            .withValues(
                "{pilot: {resources: {requests: {cpu: 10m, memory: 64Mi}}},"
                    + " global: {proxy: {resources: {requests: {cpu: 10m, memory: 64Mi}}}}}");
    return IstiodDeployer.inCluster(cluster, install);
  }

  private void open() {
    IstiodSpec spec =
        IstiodSpec.defaults()
            .withRevision(name)
            .withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS)
            .withValidation(false)
            .withMeshConfig(meshConfig)
            .withReadyDeadline(READY);
    istiod =
        binary == null
            ? deployer(kind, cluster(), Delivery.image(pilot())).deploy(pilot(), spec)
            : deployer(kind, cluster(), delivery).deploy(binary, spec);
    open.push(istiod);
    workloads = Workloads.inCluster(cluster(), options());
    open.push(workloads);
    open.push(workloads.injectedNamespace(name));
  }

  PodOptions options() {
    return PodOptions.defaults()
        .withRevision(name)
        .withApplicationImage(perlAndCurl())
        .withClientImage(perlAndCurl())
        .withReadyDeadline(READY);
  }

  /** An image with perl and curl. */
  String perlAndCurl() {
    return kind.hub() + "/curl:" + kind.sampleTag();
  }

  KindCluster cluster() {
    return kind.cluster();
  }

  InClusterIstiod istiod() {
    return istiod;
  }

  PodWorkloads workloads() {
    return workloads;
  }

  String namespace() {
    return name;
  }

  /** Deploys several at once, in the mesh's namespace. */
  List<PodWorkload> deploy(WorkloadSpec... specs) {
    return List.of(specs).parallelStream()
        .map(spec -> workloads.deploy(spec.withNamespace(name)))
        .toList();
  }

  /** Applies YAML; it goes with the namespace. */
  Applied apply(String yaml) {
    return cluster().apply(Manifests.yaml(yaml.replace("NAMESPACE", name)));
  }

  /**
   * Applies a Deployment that does nothing, as somebody else's would be.
   *
   * @param metadata more of its pods' metadata, as {@code annotations: {…}}; may be empty
   */
  Applied sleeper(String app, String labels, String metadata) {
    return apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: APP, namespace: NAMESPACE}
        spec:
          selector: {matchLabels: {app: APP}}
          template:
            metadata: {labels: {app: APP, LABELS}, METADATA}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: sleep, image: IMAGE, command: [sleep, infinity]}]
        """
            .replace("APP", app)
            .replace("LABELS", labels)
            .replace("METADATA", metadata)
            .replace("IMAGE", perlAndCurl()));
  }

  /** Waits until a Deployment has a pod, ready or not. */
  void awaitPod(String app) {
    cluster()
        .client()
        .pods()
        .inNamespace(name)
        .withLabel("app", app)
        .waitUntilCondition(Objects::nonNull, 1, TimeUnit.MINUTES);
  }

  /** The names of the Deployments of the mesh's namespace. */
  List<String> deployments() {
    return cluster().client().apps().deployments().inNamespace(name).list().getItems().stream()
        .map(deployment -> deployment.getMetadata().getName())
        .toList();
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        failure = failure == null ? new IllegalStateException("closing a pod mesh", e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
