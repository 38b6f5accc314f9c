package dev.pilothouse.integration;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
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

/** An istiod in the tests' kind cluster, with a namespace of its own for workloads. */
final class PodMesh implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(3);

  private final KindFixture kind = KindFixture.require();
  private final String name;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private InClusterIstiod istiod;
  private PodWorkloads workloads;

  private PodMesh(String name) {
    this.name = name;
  }

  /** Starts it; its name is that of the revision and of the namespace. */
  static PodMesh start(String name) {
    PodMesh mesh = new PodMesh(name);
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

  private void open() {
    String pilot = kind.hub() + "/pilot:" + kind.istioTag();
    InstallSpec install =
        InstallSpec.of(kind.toolbox().provision(Tool.ISTIOCTL).path(), Delivery.image(pilot))
            .withProfile("minimal")
            .withProxyImage(kind.hub(), kind.istioTag())
            .withValues(
                "{pilot: {resources: {requests: {cpu: 10m, memory: 64Mi}}},"
                    + " global: {proxy: {resources: {requests: {cpu: 10m, memory: 64Mi}}}}}");
    istiod =
        IstiodDeployer.inCluster(cluster(), install)
            .deploy(
                pilot,
                IstiodSpec.defaults()
                    .withRevision(name)
                    .withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS)
                    .withValidation(false)
                    .withReadyDeadline(READY));
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

  Cluster cluster() {
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
