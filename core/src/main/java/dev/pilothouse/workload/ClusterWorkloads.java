package dev.pilothouse.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.delve.DelvedDeployment;
import dev.pilothouse.internal.install.Owner;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.ToolboxException;
import dev.pilothouse.workload.WorkloadSpec.Port;
import dev.pilothouse.workload.WorkloadSpec.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workloads in pods of a cluster. */
final class ClusterWorkloads implements PodWorkloads {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterWorkloads.class);

  /** What istiod writes on the pods that it makes for a Gateway, and on a waypoint's. */
  private static final String GATEWAY_OF = "gateway.istio.io/managed";

  private static final String WAYPOINTS = "istio.io-mesh-controller";
  private static final String WAYPOINT_CLASS = "istio-waypoint";

  private final Cluster cluster;
  private final PodOptions options;
  private final ApiServer server;
  private final RunDirectory run;
  private final Namespaces namespaces;
  private final SharedServices services;

  private final OpenWorkloads open = new OpenWorkloads();

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
    Namespaces.refuseAmbient(tried, "the workload", spec.labels());
    open.claim(tried, spec);
    Undo undo = new Undo();
    undo.add("releasing its name", () -> open.release(spec));
    boolean done = false;
    try {
      ClusterWorkload workload = deploy(tried, spec, undo);
      open.keep(tried, workload);
      done = true;
      return workload;
    } catch (ApiServer.NoAnswer e) {
      throw new PilothouseException(tried, String.valueOf(e.getMessage()), "", null, e);
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
    InjectedPods pods = new InjectedPods(deployment, open::closed);
    pods.awaitReady(tried, deadline(spec));
    return new ClusterWorkload(cluster, spec, deployment, Owner.of(run), undo, open::forget);
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
    PodSample deployed = new PodSample(sample, applied, open::forget);
    boolean done = false;
    try {
      for (Sample.Part part : sample.parts()) {
        KubeDeployment deployment = new KubeDeployment(server, namespace, part.deployment());
        new InjectedPods(deployment, open::closed).awaitReady(tried, options.readyDeadline());
        WorkloadSpec spec =
            WorkloadSpec.client(part.deployment())
                .withNamespace(namespace)
                .withService(part.service())
                .withLabel("version", part.version());
        deployed.add(
            new ClusterWorkload(
                cluster, spec, deployment, Owner.of(run), new Undo(), workload -> {}));
      }
      open.keep(tried, deployed);
      done = true;
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
    refuseWaypoint(tried, namespace, name);
    JsonNode found = deployment.find();
    if (found == null) {
      throw new PilothouseException(tried, "there is no such Deployment", "", null, null);
    }
    if (DelvedDeployment.setBackLeft(deployment)) {
      new InjectedPods(deployment, open::closed).awaitReady(tried, options.readyDeadline());
    }
    List<JsonNode> pods =
        deployment.pods(found).stream().filter(pod -> !PodView.terminating(pod)).toList();
    if (pods.isEmpty()) {
      throw new PilothouseException(tried, "it has no pods", "scale it up", null, null);
    }
    JsonNode pod = pods.get(0);
    namespaces.refuseAmbient(tried, namespace);
    Namespaces.refuseAmbient(tried, "its pod", PodView.labels(pod));
    if (PodView.labels(pod).getOrDefault(GATEWAY_OF, "").equals(WAYPOINTS)) {
      throw waypoint(tried, "it is");
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
            cluster,
            spec(namespace, name, pod),
            deployment,
            Owner.of(run),
            new Undo(),
            open::forget);
    open.keep(tried, workload);
    return workload;
  }

  /** Its Deployment has the Gateway's name; an istiod that knows no waypoints makes none. */
  private void refuseWaypoint(String tried, String namespace, String name) {
    String path =
        "/apis/gateway.networking.k8s.io/v1/namespaces/" + namespace + "/gateways/" + name;
    ApiServer.Answer gateway = server.call("GET", path, ApiServer.JSON, null);
    if (gateway.ok()
        && gateway.body().at("/spec/gatewayClassName").asText().equals(WAYPOINT_CLASS)) {
      throw waypoint(tried, "the Gateway of that name has the class " + WAYPOINT_CLASS + ": it is");
    }
  }

  private static PilothouseException waypoint(String tried, String how) {
    return new PilothouseException(
        tried, how + " a waypoint, of an ambient mesh", "take sidecars or gateways", null, null);
  }

  /** What a Deployment of somebody else's would be, had it been asked for here. */
  private static WorkloadSpec spec(String namespace, String name, JsonNode pod) {
    Map<String, String> labels = PodView.labels(pod);
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

  @Override
  public void close() {
    if (!open.close()) {
      return;
    }
    try {
      run.close();
    } catch (ToolboxException e) {
      throw new PilothouseException(
          "closing workloads in cluster " + cluster.name(), e.summary(), "", null, e);
    }
  }
}
