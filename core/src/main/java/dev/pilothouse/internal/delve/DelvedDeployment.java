package dev.pilothouse.internal.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.install.Owner;
import dev.pilothouse.internal.rollout.KubeDeployment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Deployment that is patched to run a program under Delve, and set back. */
public final class DelvedDeployment {
  private static final Logger LOG = LoggerFactory.getLogger(DelvedDeployment.class);

  private final KubeDeployment deployment;
  private final String container;
  private final Owner owner;

  /**
   * Nothing is changed yet.
   *
   * @param deployment the Deployment
   * @param container the container whose program goes under Delve
   * @param owner whose doing it is
   */
  public DelvedDeployment(KubeDeployment deployment, String container, Owner owner) {
    this.deployment = deployment;
    this.container = container;
    this.owner = owner;
  }

  /**
   * Refuses a Deployment that somebody has under Delve, or that cannot have one replica.
   *
   * @param tried what is being done, for the message
   */
  public void requireFree(String tried) {
    Optional<DelveMark> mark = DelveMark.on(deployment.get());
    if (mark.isPresent()) {
      throw new PilothouseException(
          tried,
          "it is under Delve already, in the hands of " + mark.get().owner(),
          "close it there; or, if nobody has it any more, set it back by hand, as the Javadoc of"
              + " DebuggedPod says",
          null,
          null);
    }
    requireOneIsEnough(tried);
  }

  private void requireOneIsEnough(String tried) {
    String path =
        "/apis/autoscaling/v2/namespaces/" + deployment.namespace() + "/horizontalpodautoscalers";
    JsonNode scalers = deployment.server().find(path);
    if (scalers == null) {
      return;
    }
    for (JsonNode scaler : scalers.path("items")) {
      int least = scaler.at("/spec/minReplicas").asInt(1);
      JsonNode target = scaler.at("/spec/scaleTargetRef");
      if (least > 1
          && target.path("kind").asText().equals("Deployment")
          && target.path("name").asText().equals(deployment.name())) {
        throw new PilothouseException(
            tried,
            "the HorizontalPodAutoscaler "
                + scaler.at("/metadata/name").asText()
                + " wants "
                + least
                + " replicas at least, and a debugger has one",
            "set its minReplicas to 1, or delete it, for as long as you debug",
            null,
            null);
      }
    }
  }

  /**
   * Patches it, going by the container that it has.
   *
   * @param change what the container becomes
   */
  public void patch(DelveChange change) {
    JsonNode now = deployment.get();
    patch(now, change.of(DelveMark.container(now, container)));
  }

  /**
   * Patches it where the container is an injector's: what the Deployment says of it is laid over
   * what is injected.
   *
   * @param change what the container becomes
   * @param injected the container of a pod
   */
  public void patch(DelveChange change, JsonNode injected) {
    patch(deployment.get(), change.of(injected));
  }

  private void patch(JsonNode now, ObjectNode fields) {
    DelveMark mark = DelveMark.of(owner, container, now, fields);
    JsonNode unused = deployment.patch(ApiServer.JSON_PATCH, mark.patch(now, fields));
  }

  /**
   * Sets it back, if it is our doing; what is no longer there needs nothing.
   *
   * @param timed the same Deployment, with the deadline of this
   */
  public void undo(KubeDeployment timed) {
    JsonNode now = timed.find();
    if (now != null) {
      DelveMark.on(now)
          .filter(mark -> mark.owner().equals(owner))
          .ifPresent(mark -> timed.patch(ApiServer.JSON_PATCH, mark.undo(now)));
    }
  }

  /**
   * Waits for Delve's first words.
   *
   * @param tried what is being done, for the message
   * @param pods the pods at this moment; the first one's log is read
   * @param deadline how long at most
   * @return the line that says what was launched, and the line that says where it listens
   */
  public List<String> awaitStart(String tried, Supplier<List<JsonNode>> pods, Duration deadline) {
    return DelveStart.await(tried, deployment.server(), pods, container, deadline);
  }

  /**
   * Sets back what an owner has left that is gone.
   *
   * @param deployment the Deployment, which need not be there
   * @return whether there was anything
   */
  public static boolean setBackLeft(KubeDeployment deployment) {
    JsonNode now = deployment.find();
    if (now == null) {
      return false;
    }
    Optional<DelveMark> mark = DelveMark.on(now).filter(left -> left.owner().gone());
    if (mark.isEmpty()) {
      return false;
    }
    LOG.info("Setting {} back, which {} has left under Delve", deployment, mark.get().owner());
    JsonNode unused = deployment.patch(ApiServer.JSON_PATCH, mark.get().undo(now));
    return true;
  }

  /** What to do about a failure; empty where the failure's words say it themselves. */
  static String advice(RuntimeException failure) {
    String words = String.valueOf(failure.getMessage());
    if (words.contains("/usr/local/bin/dlv") && words.contains("no such file")) {
      return "put Delve into the image: ImageSpec.withDebugger(ImageDebugger.onLoopback("
          + "toolbox.provision(Tool.DLV).path()))";
    }
    return "";
  }
}
