package dev.pilothouse.istiod;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.internal.EvenIfInterrupted;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.internal.delve.DelveChange;
import dev.pilothouse.internal.delve.DelvedPod;
import dev.pilothouse.internal.install.Owner;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.source.IstiodBinary;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Deployment that is patched to run its istiod under Delve. */
final class PodDelve implements DebuggedIstiod {
  private static final String PROGRAM = "/usr/local/bin/pilot-discovery";

  private final Switchover switchover;
  private final KubeDeployment deployment;
  private final DelvePatch patch;
  private final DelvedPod delved;
  private final BooleanSupplier abandoned;
  private final Consumer<PodDelve> closing;
  private final Replacement.Clock clock = new Replacement.Clock();
  private final @Nullable IstiodBinary before;

  /**
   * Forwards the port; the Deployment stays as it is.
   *
   * @param abandoned whether nobody wants it any more
   * @param closing is called by {@link #close}, to call {@link #setBack}
   */
  PodDelve(
      Cluster cluster,
      Switchover switchover,
      DelvePatch patch,
      Owner owner,
      BooleanSupplier abandoned,
      Consumer<PodDelve> closing) {
    this.switchover = switchover;
    this.deployment = switchover.deployment();
    this.patch = patch;
    this.delved = new DelvedPod(cluster, deployment, Replicas.CONTAINER, owner, patch.localPort());
    this.abandoned = abandoned;
    this.closing = closing;
    this.before = switchover.delivered();
  }

  /** Patches the Deployment and waits until it is done; sets it back when that fails. */
  void begin(String tried) {
    delved.begin(
        tried,
        () -> switchover.rollout(abandoned).await(tried, patch.deadline()),
        () -> patched(tried));
  }

  private void patched(String tried) {
    long end = System.nanoTime() + patch.deadline().toNanos();
    Optional<DeliveredIstiod> delivered = deliver(tried);
    clock.done("deliver", delivered.map(DeliveredIstiod::image).orElse("the same image"));
    try {
      delved.deployment().patch(new DelveChange(PROGRAM, delivered, patch.guideCompatible()));
      switchover.underDelve(patch);
      switchover.rollout(abandoned).await(tried, TimeLeft.until(end));
      clock.done("rollout", "");
      switchover.prove(tried, patch.binary().orElse(null), TimeLeft.until(end), abandoned);
      clock.done("prove", switchover.binary().version().tag());
      delved.awaitStart(tried, switchover.replicas()::pods, TimeLeft.until(end));
      clock.done("delve", startLines().get(1));
    } catch (RuntimeException e) {
      String words = switchover.goBack(this::undo, null, before, () -> false);
      throw DelvedPod.failure(tried, words, e);
    }
  }

  private Optional<DeliveredIstiod> deliver(String tried) {
    if (patch.image().isPresent()) {
      return patch.image().map(DelveChange::named);
    }
    return patch.binary().map(binary -> switchover.deliver(tried, binary, patch));
  }

  private void undo(KubeDeployment timed) {
    switchover.underDelve(null);
    delved.deployment().undo(timed);
  }

  /** Sets the Deployment back, and waits until istiod runs as before. */
  void setBack() {
    String tried = "setting " + deployment + " back, which was under Delve";
    delved.forward().close();
    EvenIfInterrupted.run(
        () -> {
          undo(deployment);
          switchover.rollout(() -> false).await(tried, patch.deadline());
          switchover.prove(tried, before, patch.deadline(), () -> false);
        });
  }

  /** Sets the Deployment back, and waits for nothing: the whole istiod is being closed. */
  void abandon() {
    delved.abandon(() -> undo(deployment));
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
  public Replacement steps() {
    return clock.replacement();
  }

  @Override
  public void close() {
    closing.accept(this);
  }

  @Override
  public String toString() {
    return "DebuggedIstiod[" + deployment + ", Delve at " + address() + "]";
  }
}
