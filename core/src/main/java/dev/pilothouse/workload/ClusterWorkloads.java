package dev.pilothouse.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.ToolboxException;
import dev.pilothouse.workload.WorkloadSpec.Port;
import dev.pilothouse.workload.WorkloadSpec.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workloads in pods of a cluster. */
final class ClusterWorkloads implements PodWorkloads {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterWorkloads.class);

  private final Cluster cluster;
  private final PodOptions options;
  private final ApiServer server;
  private final RunDirectory run;
  private final Namespaces namespaces;
  private final SharedServices services;

  /** Guarded by this. */
  private final Set<String> ids = new HashSet<>();

  /** Guarded by this. */
  private final List<AutoCloseable> open = new ArrayList<>();

  private volatile boolean closed;

  private ClusterWorkloads(Cluster cluster, PodOptions options, RunDirectory run) {
    this.cluster = cluster;
    this.options = options;
    this.server = new ApiServer(cluster.client());
    this.run = run;
    this.namespaces = new Namespaces(cluster.client());
    this.services = new SharedServices(cluster);
  }

  static ClusterWorkloads open(Cluster cluster, PodOptions options) {
    RunDirectory run;
    try {
      run = RunDirectory.open("workloads");
    } catch (ToolboxException e) {
      throw new PilothouseException(
          "opening workloads in cluster " + cluster.name(), e.summary(), "", null, e);
    }
    boolean opened = false;
    try {
      // After the run was opened: that has ended what dead runs of this machine left.
      new Leftovers(cluster.client()).remove();
      ClusterWorkloads workloads = new ClusterWorkloads(cluster, options, run);
      opened = true;
      return workloads;
    } finally {
      if (!opened) {
        run.close();
      }
    }
  }

  @Override
  public PodWorkload deploy(WorkloadSpec spec) {
    String tried = "deploying workload " + spec.proxyId() + " in cluster " + cluster.name();
    refuseApplications(tried, spec);
    claim(tried, spec);
    Undo undo = new Undo();
    undo.add("releasing its name", () -> release(spec));
    boolean done = false;
    try {
      ClusterWorkload workload = deploy(tried, spec, undo);
      done = keep(workload);
      if (!done) {
        throw closedAlready(tried);
      }
      return workload;
    } finally {
      if (!done) {
        undo.all((what, e) -> LOG.warn("After {} has failed, {} failed too", tried, what, e));
      }
    }
  }

  private ClusterWorkload deploy(String tried, WorkloadSpec spec, Undo undo) {
    namespaces.make(tried, spec.namespace(), options.namespaceLabels());
    namespaces.refuseAmbient(tried, spec.namespace());
    KubeDeployment deployment = new KubeDeployment(server, spec.namespace(), spec.name());
    requireFree(tried, deployment);
    PodManifests manifests = new PodManifests(spec, options, Leftovers.run(run.path()));
    if (!spec.ports().isEmpty()) {
      services.use(spec, manifests.service());
      undo.add("removing its Service", () -> services.leave(spec));
    }
    Applied own = cluster.apply(manifests.own());
    undo.add("removing its resources", own::close);
    InjectedPods pods = new InjectedPods(deployment, () -> closed);
    pods.awaitReady(tried, deadline(spec));
    return new ClusterWorkload(cluster, spec, deployment, undo, this::forget);
  }

  @Override
  public DeployedSample deploy(Sample sample, String namespace) {
    String tried = "deploying sample " + sample.name() + " in namespace " + namespace;
    namespaces.make(tried, namespace, options.namespaceLabels());
    namespaces.refuseAmbient(tried, namespace);
    for (Sample.Part part : sample.parts()) {
      requireFree(tried, new KubeDeployment(server, namespace, part.deployment()));
    }
    String owner = Leftovers.run(run.path());
    Applied applied = cluster.apply(sample.manifests(namespace, options.podLabels(), owner));
    PodSample deployed = new PodSample(sample, applied, this::forget);
    boolean done = false;
    try {
      for (Sample.Part part : sample.parts()) {
        KubeDeployment deployment = new KubeDeployment(server, namespace, part.deployment());
        new InjectedPods(deployment, () -> closed).awaitReady(tried, options.readyDeadline());
        WorkloadSpec spec =
            WorkloadSpec.client(part.deployment())
                .withNamespace(namespace)
                .withService(part.service())
                .withLabel("version", part.version());
        deployed.add(new ClusterWorkload(cluster, spec, deployment, new Undo(), workload -> {}));
      }
      done = keep(deployed);
      if (!done) {
        throw closedAlready(tried);
      }
      return deployed;
    } finally {
      if (!done) {
        deployed.close();
      }
    }
  }

  private Duration deadline(WorkloadSpec spec) {
    Duration own = spec.readyDeadline();
    return own.compareTo(options.readyDeadline()) > 0 ? own : options.readyDeadline();
  }

  private static void refuseApplications(String tried, WorkloadSpec spec) {
    for (Port port : spec.ports()) {
      if (port.application().isPresent()) {
        throw new PilothouseException(
            tried,
            "port " + port.name() + " has an application of yours on 127.0.0.1 of this machine",
            "in a cluster an application is an image: apply a Deployment of your own, and take it"
                + " by PodWorkloads.find",
            null,
            null);
      }
    }
  }

  private static void requireFree(String tried, KubeDeployment deployment) {
    JsonNode other = deployment.find();
    if (other != null) {
      String run = other.at("/metadata/annotations").path(Leftovers.RUN).asText();
      throw new PilothouseException(
          tried,
          "there is a "
              + deployment
              + " already, "
              + (run.isEmpty() ? "not ours" : "of run " + run),
          "choose another name, or take that one by PodWorkloads.find",
          null,
          null);
    }
  }

  @Override
  public PodWorkload find(String namespace, String name) {
    String tried = "finding deployment " + namespace + "/" + name + " in cluster " + cluster.name();
    KubeDeployment deployment = new KubeDeployment(server, namespace, name);
    JsonNode found = deployment.find();
    if (found == null) {
      throw new PilothouseException(tried, "there is no such Deployment", "", null, null);
    }
    List<JsonNode> pods =
        deployment.pods(found).stream().filter(pod -> !PodView.terminating(pod)).toList();
    if (pods.isEmpty()) {
      throw new PilothouseException(tried, "it has no pods", "scale it up", null, null);
    }
    JsonNode pod = pods.get(0);
    namespaces.refuseAmbient(tried, namespace);
    if (pod.at("/metadata/labels").path("gateway.istio.io/managed").asText().contains("mesh")) {
      throw new PilothouseException(
          tried, "it is a waypoint, of an ambient mesh", "take sidecars or gateways", null, null);
    }
    if (!PodView.injected(pod)) {
      throw new PilothouseException(
          tried,
          "no proxy is in its pod " + pod.at("/metadata/name").asText(),
          "label the namespace (PodWorkloads.injectedNamespace) and restart the Deployment",
          null,
          null);
    }
    ClusterWorkload workload =
        new ClusterWorkload(
            cluster, spec(namespace, name, pod), deployment, new Undo(), this::forget);
    if (!keep(workload)) {
      throw closedAlready(tried);
    }
    return workload;
  }

  /** What a Deployment of somebody else's would be, had it been asked for here. */
  private static WorkloadSpec spec(String namespace, String name, JsonNode pod) {
    Map<String, String> labels = new HashMap<>();
    pod.at("/metadata/labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    labels.remove(WorkloadSpec.APP);
    WorkloadSpec client = WorkloadSpec.client(name).withNamespace(namespace);
    return new WorkloadSpec(
        client.name(),
        namespace,
        client.service(),
        PodView.gateway(pod) ? Role.GATEWAY : Role.SIDECAR,
        labels,
        List.of(),
        client.security(),
        client.readyDeadline());
  }

  @Override
  public Applied injectedNamespace(String name) {
    String tried = "making " + name + " a namespace with sidecars";
    namespaces.refuseAmbient(tried, name);
    Map<String, Object> namespace =
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "Namespace",
            "metadata",
            Map.of("name", name, "labels", options.namespaceLabels()));
    return cluster.apply(WorkloadManifests.manifests(List.of(namespace)));
  }

  @Override
  public List<PodStatus> pods(String namespace) {
    List<PodStatus> pods = new ArrayList<>();
    server
        .get("/api/v1/namespaces/" + namespace + "/pods")
        .path("items")
        .forEach(pod -> pods.add(PodView.status(pod)));
    pods.sort(Comparator.comparing(PodStatus::name));
    return pods;
  }

  private synchronized void claim(String tried, WorkloadSpec spec) {
    if (closed) {
      throw closedAlready(tried);
    }
    if (!ids.add(spec.proxyId())) {
      throw new PilothouseException(
          tried,
          "a workload of that name is deployed already",
          "close that one, or choose another name",
          null,
          null);
    }
  }

  private synchronized boolean keep(AutoCloseable handle) {
    if (!closed) {
      open.add(handle);
    }
    return !closed;
  }

  private synchronized void release(WorkloadSpec spec) {
    ids.remove(spec.proxyId());
  }

  private synchronized void forget(AutoCloseable handle) {
    open.remove(handle);
  }

  @Override
  public void close() {
    List<AutoCloseable> all;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      all = new ArrayList<>(open);
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      close(all.get(i));
    }
    try {
      run.close();
    } catch (ToolboxException e) {
      throw new PilothouseException(
          "closing workloads in cluster " + cluster.name(), e.summary(), "", null, e);
    }
  }

  private static void close(AutoCloseable handle) {
    try {
      handle.close();
    } catch (Exception e) {
      LOG.warn("{} cannot be closed", handle, e);
    }
  }

  private static PilothouseException closedAlready(String tried) {
    return new PilothouseException(tried, "these workloads are closed", "", null, null);
  }
}
