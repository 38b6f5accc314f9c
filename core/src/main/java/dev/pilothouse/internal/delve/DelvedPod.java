package dev.pilothouse.internal.delve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.ImageDebugger;
import dev.pilothouse.internal.install.Owner;
import dev.pilothouse.internal.rollout.KubeDeployment;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pod whose program is under Delve for a while: its Deployment, the way to its Delve, and what
 * that said at its start. How one waits for the pod is the caller's.
 */
public final class DelvedPod {
  private static final Logger LOG = LoggerFactory.getLogger(DelvedPod.class);

  private final KubeDeployment deployment;
  private final DelvedDeployment delved;
  private final PortForward forward;
  private volatile List<String> startLines = List.of();

  /**
   * Forwards the port; the Deployment stays as it is.
   *
   * @param cluster where it is
   * @param deployment the Deployment
   * @param container the container whose program goes under Delve
   * @param owner whose doing it is
   * @param localPort where a debugger reaches Delve on this machine's loopback; 0 for a free port
   */
  public DelvedPod(
      Cluster cluster, KubeDeployment deployment, String container, Owner owner, int localPort) {
    this.deployment = deployment;
    this.delved = new DelvedDeployment(deployment, container, owner);
    PodTarget target = PodTarget.deployment(deployment.namespace(), deployment.name());
    this.forward = PortForward.open(cluster, target, ImageDebugger.PORT, localPort);
  }

  /**
   * Puts it under Delve. If that fails, the way to Delve is closed.
   *
   * @param tried what is being done, for the message
   * @param awaitReady waits for the pods, where somebody who is gone had left them under Delve
   * @param patch patches the Deployment and waits until that is done
   */
  public void begin(String tried, Runnable awaitReady, Runnable patch) {
    boolean done = false;
    try {
      if (DelvedDeployment.setBackLeft(deployment)) {
        awaitReady.run();
      }
      delved.requireFree(tried);
      patch.run();
      done = true;
    } finally {
      if (!done) {
        forward.close();
      }
    }
  }

  /**
   * What is done to the Deployment.
   *
   * @return its patch
   */
  public DelvedDeployment deployment() {
    return delved;
  }

  /**
   * The way to Delve.
   *
   * @return the port-forward, which follows the pod
   */
  public PortForward forward() {
    return forward;
  }

  /**
   * What Delve said at its start.
   *
   * @return the two lines; none before {@link #awaitStart}
   */
  public List<String> startLines() {
    return startLines;
  }

  /**
   * Waits for Delve's first words, and keeps them.
   *
   * @param tried what is being done, for the message
   * @param pods the pods at this moment
   * @param deadline how long at most
   */
  public void awaitStart(String tried, Supplier<List<JsonNode>> pods, Duration deadline) {
    startLines = delved.awaitStart(tried, pods, deadline);
  }

  /**
   * That it did not get ready under Delve.
   *
   * @param tried what was being done
   * @param wayBack how setting it back went
   * @param cause why it did not
   * @return the exception to throw
   */
  public static PilothouseException failure(String tried, String wayBack, RuntimeException cause) {
    String words = wayBack + System.lineSeparator() + cause.getMessage();
    return new PilothouseException(tried, words, DelvedDeployment.advice(cause), null, cause);
  }

  /**
   * Closes the way to Delve and sets the Deployment back; waits for nothing, and does not fail: all
   * that is around it is being closed.
   *
   * @param undo sets the Deployment back
   */
  public void abandon(Runnable undo) {
    forward.close();
    try {
      undo.run();
    } catch (PilothouseException e) {
      LOG.warn("{} stays under Delve until somebody finds it there", deployment, e);
    }
  }
}
