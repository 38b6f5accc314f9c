package dev.pilothouse.istiod;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.install.Installation;
import dev.pilothouse.internal.install.Owner;
import dev.pilothouse.internal.rollout.ContainerLog;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An istiod that runs in a cluster. */
final class ClusterIstiod implements InClusterIstiod {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterIstiod.class);
  private static final int XDS = 15010;
  private static final int SECURE_XDS = 15012;

  private final Cluster cluster;
  private final IstiodSpec spec;
  private final KubeDeployment deployment;
  private final Replicas replicas;
  private final PodLogs logs;
  private final Switchover switchover;
  private final RunDirectory directory;
  private final PortForward monitoring;
  private final PortForward xds;
  private final PortForward secureXds;

  /** What Pilothouse installed; null where it was somebody else. */
  private final @Nullable Installation installation;

  /** What becomes of the installation when this is closed. */
  private final Consumer<Installation> parting;

  /** Held while the pods are being changed. */
  private final ReentrantLock changing = new ReentrantLock();

  /** What has it under Delve; null while nothing has. */
  private volatile @Nullable PodDelve debugged;

  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread atJvmExit = new Thread(this::endAtExit, "pilothouse-istiod-exit");
  private final ProxyWait.Asked asked = new Asked();

  /**
   * Istiod runs already.
   *
   * @param switchover replaces it
   * @param directory closed with this
   */
  ClusterIstiod(
      Cluster cluster,
      IstiodSpec spec,
      Switchover switchover,
      RunDirectory directory,
      @Nullable Installation installation,
      Consumer<Installation> parting) {
    this.cluster = cluster;
    this.spec = spec;
    this.deployment = switchover.deployment();
    this.replicas = switchover.replicas();
    this.switchover = switchover;
    this.directory = directory;
    this.installation = installation;
    this.parting = parting;
    this.logs = new PodLogs(deployment, directory);
    PodTarget target = PodTarget.deployment(deployment.namespace(), deployment.name());
    this.monitoring = PortForward.open(cluster, target, Replicas.MONITORING);
    this.xds = PortForward.open(cluster, target, XDS);
    this.secureXds = PortForward.open(cluster, target, SECURE_XDS);
    Runtime.getRuntime().addShutdownHook(atJvmExit);
    logs.look(replicas.pods());
  }

  @Override
  public IstiodSpec spec() {
    return spec;
  }

  @Override
  public String namespace() {
    return deployment.namespace();
  }

  @Override
  public String deployment() {
    return deployment.name();
  }

  @Override
  public IstiodBinary binary() {
    return switchover.binary();
  }

  @Override
  public int xdsPort() {
    return xds.address().getPort();
  }

  @Override
  public int secureXdsPort() {
    return secureXds.address().getPort();
  }

  @Override
  public URI monitoring() {
    return monitoring.http();
  }

  @Override
  public URI monitoring(String pod) {
    String tried = "reaching replica " + pod + " of " + deployment;
    requireOpen(tried);
    for (JsonNode candidate : replicas.pods()) {
      if (candidate.at("/metadata/name").asText().equals(pod)) {
        return replicas.monitoring(candidate);
      }
    }
    List<String> others = replicas.table().stream().map(IstiodReplica::pod).toList();
    throw new PilothouseException(tried, "the replicas are " + others, "", null, null);
  }

  @Override
  public Path log() {
    requireOpen("reading the log of " + deployment);
    logs.look(replicas.pods());
    return logs.file();
  }

  @Override
  public List<IstiodReplica> replicas() {
    requireOpen("listing the replicas of " + deployment);
    return replicas.table();
  }

  @Override
  public List<IstiodInstance> instances() {
    requireOpen("reaching the replicas of " + deployment);
    List<JsonNode> pods = replicas.pods();
    logs.look(pods);
    return pods.stream()
        .filter(Replicas::runs)
        .map(pod -> replicas.instance(pod, logs.file(pod)))
        .toList();
  }

  @Override
  public Replacement replaceWith(IstiodBinary binary, Duration deadline) {
    Replacement.Clock clock = new Replacement.Clock();
    String tried = "replacing " + deployment + " with " + binary.path();
    change(tried, () -> switchover.to(tried, binary, deadline, clock, closed::get));
    return clock.replacement();
  }

  @Override
  public void restart(Duration deadline) {
    String tried = "restarting " + deployment;
    change(tried, () -> switchover.restart(tried, deadline, closed::get));
  }

  @Override
  public void scale(int count, Duration deadline) {
    if (count < 1) {
      throw new IllegalArgumentException("istiod has at least one replica, not " + count);
    }
    String tried = "scaling " + deployment + " to " + count;
    change(tried, () -> switchover.scale(tried, count, deadline, closed::get));
  }

  @Override
  public DebuggedIstiod debug(DelvePatch patch) {
    String tried = "putting " + deployment + " under Delve";
    Owner owner = Owner.of(directory);
    return changed(
        tried,
        () -> {
          patch.binary().ifPresent(binary -> DebugInformation.require(tried, binary));
          PodDelve delve =
              new PodDelve(cluster, switchover, patch, owner, closed::get, this::endDebugging);
          delve.begin(tried);
          debugged = delve;
          return delve;
        });
  }

  private void endDebugging(PodDelve delve) {
    changing.lock();
    try {
      if (debugged == delve) {
        debugged = null;
        delve.setBack();
        logs.look(replicas.pods());
      }
    } finally {
      changing.unlock();
    }
  }

  @Override
  public List<ProxySync> proxies() {
    String tried = "asking " + deployment + " for its proxies";
    requireOpen(tried);
    try {
      return replicas.proxies();
    } catch (IOException e) {
      String toDo = AdminApi.advice(e, debugged != null);
      throw new PilothouseException(tried, e.toString(), toDo, null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException(tried, "this thread was interrupted", "", null, e);
    }
  }

  @Override
  public ProxySync await(String proxyId, Predicate<ProxySync> condition, Duration deadline) {
    requireOpen("waiting for proxy " + proxyId);
    return new ProxyWait(this, asked, proxyId, condition).until(deadline);
  }

  /** From the API server: what is followed into the file may be late. */
  @Override
  public List<String> logTail(int lines) {
    requireOpen("reading the log of " + deployment);
    List<JsonNode> pods = replicas.pods();
    List<String> tail = new ArrayList<>();
    for (JsonNode pod : pods) {
      if (pods.size() > 1) {
        tail.add("==> " + pod.at("/metadata/name").asText() + " <==");
      }
      tail.addAll(new ContainerLog(deployment.server(), pod, Replicas.CONTAINER).tail(lines));
    }
    return tail;
  }

  @Override
  public void uninstall() {
    if (installation == null) {
      throw new PilothouseException(
          "uninstalling " + deployment,
          "Pilothouse has not installed it",
          "uninstall it as it was installed, for example with istioctl uninstall --revision "
              + spec.revision(),
          null,
          null);
    }
    forgetExit();
    end(Installation::uninstall);
  }

  @Override
  public void close() {
    if (!closed.get() && forgetExit()) {
      end(parting);
    }
  }

  /** False if the JVM is exiting, and its hook does it. */
  private boolean forgetExit() {
    try {
      return Runtime.getRuntime().removeShutdownHook(atJvmExit) || !closed.get();
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private void endAtExit() {
    try {
      end(parting);
    } catch (PilothouseException e) {
      LOG.warn("At the exit of the JVM {} stays", deployment, e);
    }
  }

  private void end(Consumer<Installation> fate) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    // An interrupt does not keep it from ending what it has begun. Whoever changes the pods sees
    // that it is closed, and stops.
    boolean interrupted = Thread.interrupted();
    changing.lock();
    try {
      PodDelve delve = debugged;
      if (delve != null) {
        debugged = null;
        delve.abandon();
      }
      logs.close();
      List.of(monitoring, xds, secureXds).forEach(PortForward::close);
      replicas.close();
      if (installation != null) {
        fate.accept(installation);
      }
    } finally {
      changing.unlock();
      directory.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void change(String tried, Runnable action) {
    boolean unused =
        changed(
            tried,
            () -> {
              action.run();
              return true;
            });
  }

  private <T> T changed(String tried, Supplier<T> action) {
    changing.lock();
    try {
      requireOpen(tried);
      T result = action.get();
      logs.look(replicas.pods());
      return result;
    } catch (ToolboxException e) {
      throw new PilothouseException(tried, String.valueOf(e.getMessage()), "", null, e);
    } finally {
      changing.unlock();
    }
  }

  private void requireOpen(String tried) {
    if (closed.get()) {
      throw new PilothouseException(tried, "it is closed", "", null, null);
    }
  }

  /** Kubernetes starts an istiod again that exits. */
  private final class Asked implements ProxyWait.Asked {
    @Override
    public List<ProxySync> proxies() throws IOException, InterruptedException {
      return replicas.proxies();
    }

    @Override
    public boolean gone() {
      return closed.get();
    }

    @Override
    public String exitText() {
      return "it was closed";
    }
  }

  @Override
  public String toString() {
    return "Istiod[%s, revision %s, xds 127.0.0.1:%d, %s]"
        .formatted(deployment, spec.revision(), xdsPort(), monitoring());
  }
}
