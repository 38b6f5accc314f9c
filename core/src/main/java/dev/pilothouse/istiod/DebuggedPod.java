package dev.pilothouse.istiod;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * A pod whose Deployment is patched to run its program under Delve, until this is closed: that of
 * an istiod is a {@link DebuggedIstiod}; in others the program is the pilot-agent of the injected
 * proxy ({@code PodWorkload.debugAgent}).
 *
 * <p>The patch: the container's command is Delve with the program under it; its image, if another
 * one is given; of its probes no failure counts, so that a program that stands still is neither
 * killed nor taken out of its Service; one replica. With {@link DelvePatch#asInTheGuide()} the
 * guide's security context too. Arguments, environment and everything else stay.
 *
 * <p>What was there before lies in the Deployment's annotation {@code pilothouse.dev/before-delve}.
 * If this JVM is killed, who finds that Deployment next from this machine ({@link
 * InClusterDeployer#find}, {@code deploy}, {@code PodWorkloads.find}, or another debugging) sets it
 * back. By hand: {@code kubectl rollout undo} and {@code kubectl scale} of that Deployment, and
 * {@code kubectl annotate deployment NAME pilothouse.dev/before-delve-}.
 *
 * <p>When the program ends by itself, Delve and the pod stay, for somebody to look at what is left.
 * When the pod is replaced, sessions end with a {@code DelveException} that says so, and {@code
 * DelveSession.reconnect} goes on with the new one.
 *
 * <p>Safe for use by several threads.
 */
public interface DebuggedPod extends Debuggable, AutoCloseable {
  /**
   * Where a debugger reaches it.
   *
   * @return the port-forward to its Delve, which follows the pod
   */
  @Override
  DebugEndpoint.Pod debug();

  /**
   * Where a debugger, as an IDE, reaches it.
   *
   * @return an address of this machine's loopback
   */
  default InetSocketAddress address() {
    return debug().forward().address();
  }

  /**
   * The pod that runs it now.
   *
   * @return its name
   * @throws dev.pilothouse.failure.PilothouseException if none is ready, with what there is instead
   */
  default String pod() {
    return debug().forward().pod();
  }

  /**
   * What Delve said at its start, as Istio's guide has one look for it: that it launched the
   * program, and where it listens.
   *
   * @return the two lines, without times
   */
  List<String> startLines();

  /**
   * Sets the Deployment back, and waits until its pods run as before. Close sessions first: this
   * ends the program that they debug. Does nothing the second time.
   *
   * @throws dev.pilothouse.failure.PilothouseException if it cannot be set back, or does not become
   *     ready
   */
  @Override
  void close();
}
