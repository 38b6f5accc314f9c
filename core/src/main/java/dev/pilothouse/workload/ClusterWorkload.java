package dev.pilothouse.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.install.Owner;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.istiod.DebuggedPod;
import dev.pilothouse.istiod.DelvePatch;
import dev.pilothouse.workload.NoReplyException.Reason;
import dev.pilothouse.workload.WorkloadSpec.Role;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A workload that is a Deployment, ours or somebody else's. */
final class ClusterWorkload implements PodWorkload {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterWorkload.class);

  /** What an exec may take beside the request itself. */
  private static final Duration EXEC_SLACK = Duration.ofSeconds(20);

  private final Cluster cluster;
  private final WorkloadSpec spec;
  private final KubeDeployment deployment;
  private final PodTarget target;
  private final ForwardedProxy proxy;
  private final Owner owner;
  private final Undo undo;
  private final Consumer<AutoCloseable> whenClosed;
  private final RequestSender sender = new RequestSender();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** What has its agent under Delve. */
  private final Queue<AgentDelve> debugged = new ConcurrentLinkedQueue<>();

  /** By the pod's port. Guarded by itself. */
  private final Map<Integer, PortForward> forwards = new HashMap<>();

  ClusterWorkload(
      Cluster cluster,
      WorkloadSpec spec,
      KubeDeployment deployment,
      Owner owner,
      Undo undo,
      Consumer<AutoCloseable> whenClosed) {
    this.cluster = cluster;
    this.spec = spec;
    this.deployment = deployment;
    this.target = PodTarget.deployment(spec.namespace(), spec.name());
    this.proxy = new ForwardedProxy(cluster, target);
    this.owner = owner;
    this.undo = undo;
    this.whenClosed = whenClosed;
  }

  @Override
  public WorkloadSpec spec() {
    return spec;
  }

  @Override
  public PodProxy proxy() {
    return proxy;
  }

  @Override
  public List<PodStatus> pods() {
    return new InjectedPods(deployment, closed::get).statuses();
  }

  @Override
  public void reinject(Duration deadline) {
    String tried = "replacing the pods of " + deployment;
    JsonNode unused = deployment.restart();
    new InjectedPods(deployment, closed::get).awaitReady(tried, deadline);
  }

  @Override
  public DebuggedPod debugAgent(DelvePatch patch) {
    AgentDelve delve =
        new AgentDelve(cluster, deployment, patch, owner, closed::get, debugged::remove);
    delve.begin();
    debugged.add(delve);
    if (closed.get()) {
      delve.abandon(); // Who closed the workload has not seen it.
    }
    return delve;
  }

  @Override
  public PortForward forward(int port) {
    boolean ours = spec.ports().stream().anyMatch(known -> known.number() == port);
    // Somebody else's gateway: which of its ports is behind the Service's, the Service says.
    int podPort = ours ? Site.inboundPort(port) : servicePort(port);
    synchronized (forwards) {
      if (closed.get()) {
        throw new PilothouseException(
            "opening a port-forward to " + target, "the workload is closed", "", null, null);
      }
      return forwards.computeIfAbsent(
          podPort, missing -> PortForward.open(cluster, target, podPort));
    }
  }

  /** The port of the pods behind a port of a Service that selects them, or the same. */
  private int servicePort(int port) {
    JsonNode labels = deployment.get().at("/spec/template/metadata/labels");
    JsonNode services =
        deployment.server().get("/api/v1/namespaces/" + spec.namespace() + "/services");
    for (JsonNode service : services.path("items")) {
      JsonNode selector = service.at("/spec/selector");
      boolean selects =
          !selector.isEmpty()
              && selector.properties().stream()
                  .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()));
      for (JsonNode candidate : service.at("/spec/ports")) {
        if (selects
            && candidate.path("port").asInt() == port
            && candidate.path("targetPort").isInt()) {
          return candidate.path("targetPort").asInt();
        }
      }
    }
    return port;
  }

  @Override
  public HttpReply send(HttpCall call) {
    return spec.role() == Role.GATEWAY ? sendFromOutside(call) : sendFromPod(call);
  }

  private HttpReply sendFromOutside(HttpCall call) {
    PortForward forward = forward(call.port());
    try {
      return sender.send(call, forward.address());
    } catch (RequestSender.Failure e) {
      if (e.reason() == Reason.INTERRUPTED) {
        Thread.currentThread().interrupt();
      }
      String why = forward.lastFailure().map(f -> "; " + f.getMessage()).orElse("");
      String toDo =
          "see that a Gateway selects this gateway and has a server on port " + call.port();
      throw noReply(e.reason(), call, e.getMessage() + why, toDo, e.getCause());
    }
  }

  private HttpReply sendFromPod(HttpCall call) {
    CurlRequest request = new CurlRequest(call);
    PodExec.Result result;
    try {
      JsonNode pod = readyPod();
      result =
          new PodExec(cluster.client())
              .run(
                  spec.namespace(),
                  pod.at("/metadata/name").asText(),
                  PodView.application(pod),
                  call.deadline().plus(EXEC_SLACK),
                  request.command());
    } catch (PilothouseException e) {
      boolean interrupted = Thread.currentThread().isInterrupted();
      Reason reason = interrupted ? Reason.INTERRUPTED : Reason.OTHER;
      throw noReply(reason, call, String.valueOf(e.getMessage()), "", e);
    }
    if (result.exitCode() != 0) {
      String words = "curl ends with code " + result.exitCode() + ": " + result.errors().strip();
      throw noReply(CurlRequest.reason(result.exitCode()), call, words, "", null);
    }
    return CurlRequest.reply(result.output().toByteArray());
  }

  private JsonNode readyPod() {
    String name = proxy.pod();
    return deployment.server().get("/api/v1/namespaces/" + spec.namespace() + "/pods/" + name);
  }

  private NoReplyException noReply(
      Reason reason, HttpCall call, String cameBack, String toDo, @Nullable Throwable cause) {
    return new NoReplyException(
        reason,
        "sending " + call + " from " + spec.proxyId(),
        closed.get() ? "the workload is closed" : cameBack,
        toDo,
        null,
        cause);
  }

  @Override
  public HttpReply await(HttpCall call, Predicate<HttpReply> wanted, Duration deadline) {
    return new ReplyWait(this::send, e -> closed.get() || e.reason() == Reason.INTERRUPTED)
        .await(spec.proxyId(), call, wanted, deadline);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      whenClosed.accept(this);
      proxy.close();
      debugged.forEach(AgentDelve::abandon);
      synchronized (forwards) {
        forwards.values().forEach(PortForward::close);
      }
      synchronized (undo) {
        undo.all((what, e) -> LOG.warn("Closing workload {}: {} failed", spec.proxyId(), what, e));
      }
    }
  }

  @Override
  public String toString() {
    return "Workload[%s, %s, %s]"
        .formatted(spec.proxyId(), spec.role().name().toLowerCase(Locale.ROOT), target);
  }
}
