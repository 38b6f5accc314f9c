package dev.pilothouse.istiod;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.NodeIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.internal.rollout.PodJudge;
import dev.pilothouse.internal.rollout.Rollout;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import dev.pilothouse.toolbox.ToolboxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Switches the pods of an istiod to another build, and back when that does not get ready. */
final class Switchover {
  private static final Logger LOG = LoggerFactory.getLogger(Switchover.class);
  private static final Path IN_THE_IMAGE = Path.of("/usr/local/bin/pilot-discovery");

  /** How long an API server may take to say that it is there for the way back. */
  private static final Duration PRESENT = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Delivery delivery;
  private final KubeDeployment deployment;
  private final Replicas replicas;
  private final Consumer<IstiodBinary> check;
  private final Duration wayBack;

  /** What was delivered last; null where it came with an image. */
  private volatile @Nullable IstiodBinary delivered;

  private volatile @Nullable BuildVersion runs;

  /** How it was put under Delve; null while it is not. */
  private volatile @Nullable DelvePatch underDelve;

  /**
   * Changes nothing yet.
   *
   * @param check refuses a binary that does not know the settings
   * @param wayBack how long the old one may take to come back
   */
  Switchover(
      Cluster cluster,
      Delivery delivery,
      KubeDeployment deployment,
      Consumer<IstiodBinary> check,
      Duration wayBack) {
    this.cluster = cluster;
    this.delivery = delivery;
    this.deployment = deployment;
    this.replicas = new Replicas(cluster, deployment);
    this.check = check;
    this.wayBack = wayBack;
  }

  KubeDeployment deployment() {
    return deployment;
  }

  Replicas replicas() {
    return replicas;
  }

  /** Where deliveries go. */
  static String place(KubeDeployment deployment) {
    return deployment.namespace() + "/" + deployment.name();
  }

  /** What was delivered last; null where it came with an image. */
  @Nullable IstiodBinary delivered() {
    return delivered;
  }

  /** Deliveries are the patch's from now on; null for the usual ones. */
  void underDelve(@Nullable DelvePatch patch) {
    underDelve = patch;
  }

  /** Brings a debug build to where it runs under Delve. */
  DeliveredIstiod deliver(String tried, IstiodBinary binary, DelvePatch patch) {
    DebugInformation.require(tried, binary);
    Delivery with =
        patch
            .delivery()
            .orElseThrow(
                () ->
                    new PilothouseException(
                        tried,
                        "it is under Delve, and nobody has said how to bring another one there",
                        "use DelvePatch.deliver, or close the DebuggedIstiod first",
                        null,
                        null));
    DeliveredIstiod there = with.deliver(binary, cluster, place(deployment));
    if (there instanceof NodeIstiod) {
      throw new PilothouseException(
          tried,
          "a hot swap brings no Delve along",
          "deliver an image with Delve in it, for example by Deliveries.nodeArchive",
          null,
          null);
    }
    return there;
  }

  IstiodBinary binary() {
    IstiodBinary known = delivered;
    BuildVersion says = runs;
    if (known != null) {
      return known;
    }
    if (says == null) {
      throw new IllegalStateException("nobody has looked what runs");
    }
    return new IstiodBinary(IN_THE_IMAGE, says, Flavor.STOCK);
  }

  /** Insists that what runs is a build, and remembers it; null for whatever runs. */
  void prove(
      String tried, @Nullable IstiodBinary binary, Duration limit, BooleanSupplier abandoned) {
    prove(tried, binary, limit, false, abandoned);
  }

  private void prove(
      String tried,
      @Nullable IstiodBinary binary,
      Duration limit,
      boolean swap,
      BooleanSupplier abandoned) {
    runs = replicas.prove(tried, binary, limit, swap, abandoned);
    delivered = binary;
  }

  Rollout rollout(BooleanSupplier abandoned) {
    return new Rollout(deployment, Replicas.CONTAINER, StartupLog::tail, abandoned);
  }

  void to(
      String tried,
      IstiodBinary binary,
      Duration limit,
      Replacement.Clock clock,
      BooleanSupplier abandoned) {
    long end = System.nanoTime() + limit.toNanos();
    KubeDeployment timed = deployment.until(end);
    IstiodBinary old = delivered;
    check.accept(binary);
    JsonNode before = timed.get();
    DelvePatch delve = underDelve;
    DeliveredIstiod next =
        delve == null
            ? delivery.deliver(binary, cluster, place(deployment))
            : deliver(tried, binary, delve);
    clock.done("deliver", (next.changed() ? "" : "was there: ") + next.image());
    boolean swap = false;
    try {
      JsonNode change = delve == null ? TemplatePatch.of(next) : TemplatePatch.image(next);
      JsonNode after = timed.patch(ApiServer.STRATEGIC_PATCH, change);
      boolean samePods = generation(after) == generation(before);
      swap = samePods && next instanceof NodeIstiod;
      if (samePods && !swap) {
        // The image has the same name: whether it is the same image, nobody knows.
        timed.restart();
      }
      if (!swap) {
        rollout(abandoned).await(tried, TimeLeft.until(end));
        clock.done("rollout", "");
      }
      prove(tried, binary, TimeLeft.until(end), swap, abandoned);
      clock.done(swap ? "swap" : "prove", binary.version().tag());
    } catch (PilothouseException | ToolboxException e) {
      Consumer<KubeDeployment> undo =
          swap ? same -> {} : there -> there.replaceTemplate(template(before));
      String words = goBack(undo, next, old, abandoned);
      throw new PilothouseException(
          tried, words + System.lineSeparator() + e.getMessage(), "", null, e);
    }
  }

  void restart(String tried, Duration limit, BooleanSupplier abandoned) {
    long end = System.nanoTime() + limit.toNanos();
    deployment.until(end).restart();
    rollout(abandoned).await(tried, TimeLeft.until(end));
    prove(tried, delivered, TimeLeft.until(end), false, abandoned);
  }

  void scale(String tried, int count, Duration limit, BooleanSupplier abandoned) {
    long end = System.nanoTime() + limit.toNanos();
    KubeDeployment timed = deployment.until(end);
    int before = timed.get().at("/spec/replicas").asInt(1);
    try {
      timed.scale(count);
      rollout(abandoned).await(tried, TimeLeft.until(end));
      prove(tried, delivered, TimeLeft.until(end), false, abandoned);
    } catch (PilothouseException e) {
      Consumer<KubeDeployment> undo = there -> there.scale(before);
      String words = goBack(undo, null, delivered, abandoned);
      throw new PilothouseException(
          tried, words + System.lineSeparator() + e.getMessage(), "", null, e);
    }
  }

  /**
   * Sets back what was changed, waits for the old istiod, and says how that went. It takes as long
   * as the way back may; but where the API server does not answer, there is no way back.
   */
  String goBack(
      Consumer<KubeDeployment> undo,
      @Nullable DeliveredIstiod failed,
      @Nullable IstiodBinary old,
      BooleanSupplier abandoned) {
    if (abandoned.getAsBoolean()) {
      return "it was closed meanwhile";
    }
    // An interrupt ends the waiting for the new one, not the way back.
    boolean interrupted = Thread.interrupted();
    String tried = "going back to the istiod of before";
    try {
      long start = System.nanoTime();
      long end = start + wayBack.toNanos();
      JsonNode unused = deployment.until(start + PRESENT.toNanos()).get();
      undo.accept(deployment.until(end));
      if (failed != null && failed.changed() && underDelve == null) {
        takeBack(failed);
        // A container that crashed is started again later and later, a new pod at once.
        replacePodsThatCrash(deployment.until(end));
      }
      rollout(abandoned).await(tried, TimeLeft.until(end));
      prove(tried, old, TimeLeft.until(end), true, abandoned);
      return "the new one did not get ready, the old one runs again";
    } catch (ApiServer.NoAnswer e) {
      return "the new one did not get ready, and which one runs cannot be seen: " + e.getMessage();
    } catch (PilothouseException | ToolboxException e) {
      return "the new one did not get ready, and the old one did not come back: " + e.getMessage();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void takeBack(DeliveredIstiod failed) {
    try {
      delivery.rollBack(failed, cluster);
    } catch (ImageException e) {
      if (e.reason() != ImageException.Reason.NOTHING_BEFORE) {
        throw e;
      }
      LOG.debug("The first delivery to {}: the pods of before do not use it", deployment, e);
    }
  }

  private void replacePodsThatCrash(KubeDeployment timed) {
    PodJudge judge = new PodJudge(timed.server());
    for (JsonNode pod : Replicas.pods(timed)) {
      if (judge.hopeless(pod).isPresent()) {
        timed.deletePod(pod);
      }
    }
  }

  private static long generation(JsonNode object) {
    return object.at("/metadata/generation").asLong();
  }

  private static JsonNode template(JsonNode object) {
    return object.at("/spec/template");
  }
}
