package dev.pilothouse.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.EvenIfInterrupted;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.internal.delve.DelveChange;
import dev.pilothouse.internal.delve.DelvedPod;
import dev.pilothouse.internal.install.Owner;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.istiod.DebuggedPod;
import dev.pilothouse.istiod.DelvePatch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A Deployment whose injected proxy's pilot-agent runs under Delve. The injector takes over what a
 * container of the proxy's name has in the Deployment, also where it makes an init container of it.
 */
final class AgentDelve implements DebuggedPod {
  private static final String PROGRAM = "/usr/local/bin/pilot-agent";

  private final KubeDeployment deployment;
  private final DelvePatch patch;
  private final DelvedPod delved;
  private final InjectedPods pods;
  private final Consumer<AgentDelve> whenClosed;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Forwards the port; the Deployment stays as it is.
   *
   * @param abandoned whether nobody wants it any more
   */
  AgentDelve(
      Cluster cluster,
      KubeDeployment deployment,
      DelvePatch patch,
      Owner owner,
      BooleanSupplier abandoned,
      Consumer<AgentDelve> whenClosed) {
    if (patch.binary().isPresent()) {
      throw new IllegalArgumentException(
          "that patch delivers an istiod: build an image of the proxy (ImageBuilder.buildProxy),"
              + " bring it to the nodes, and name it by DelvePatch.image");
    }
    this.deployment = deployment;
    this.patch = patch;
    this.delved = new DelvedPod(cluster, deployment, PodView.PROXY, owner, patch.localPort());
    this.pods = new InjectedPods(deployment, abandoned);
    this.whenClosed = whenClosed;
  }

  /** Patches the Deployment and waits until it is done; sets it back when that fails. */
  void begin() {
    String tried = "putting the pilot-agent of " + deployment + " under Delve";
    delved.begin(tried, () -> pods.awaitReady(tried, patch.deadline()), () -> patched(tried));
  }

  private void patched(String tried) {
    long end = System.nanoTime() + patch.deadline().toNanos();
    JsonNode injected = injected(tried);
    try {
      delved.deployment().patch(change(injected), injected);
      pods.awaitReady(tried, TimeLeft.until(end));
      delved.awaitStart(tried, pods::now, TimeLeft.until(end));
    } catch (RuntimeException e) {
      throw DelvedPod.failure(tried, goBack(), e);
    }
  }

  /** The proxy's container as it is now: its probes and its image are the injector's. */
  private JsonNode injected(String tried) {
    return pods.now().stream()
        .filter(pod -> !PodView.terminating(pod))
        .map(PodView::proxy)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(
            () ->
                new PilothouseException(
                    tried,
                    "it has no pod with a proxy",
                    "scale it up, or see that its pods are injected",
                    null,
                    null));
  }

  /** A container has to have an image, also one that the injector completes. */
  private DelveChange change(JsonNode injected) {
    String image = patch.image().orElse(injected.path("image").asText());
    return new DelveChange(PROGRAM, Optional.of(DelveChange.named(image)), patch.guideCompatible());
  }

  private String goBack() {
    try {
      setBack("going back to the pods of before");
      return "it did not get ready, and was set back";
    } catch (PilothouseException e) {
      return "it did not get ready, and the pods of before did not come back: " + e.getMessage();
    }
  }

  private void setBack(String tried) {
    EvenIfInterrupted.run(
        () -> {
          delved.deployment().undo(deployment);
          pods.awaitReady(tried, patch.deadline());
        });
  }

  @Override
  public DebugEndpoint.Pod debug() {
    return new DebugEndpoint.Pod(delved.forward());
  }

  @Override
  public List<String> startLines() {
    return delved.startLines();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      whenClosed.accept(this);
      delved.forward().close();
      setBack("setting " + deployment + " back, whose pilot-agent was under Delve");
    }
  }

  /** Sets the Deployment back, and waits for nothing: the whole workload is being closed. */
  void abandon() {
    if (closed.compareAndSet(false, true)) {
      delved.abandon(() -> delved.deployment().undo(deployment));
    }
  }

  @Override
  public String toString() {
    return "DebuggedPod[" + deployment + ", Delve at " + address() + "]";
  }
}
