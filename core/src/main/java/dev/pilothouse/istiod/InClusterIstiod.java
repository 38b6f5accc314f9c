package dev.pilothouse.istiod;

import dev.pilothouse.source.IstiodBinary;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * An istiod that runs in pods of a cluster. Its ports are port-forwards on loopback: each
 * connection goes to a replica that is ready. Safe for use by several threads.
 */
public interface InClusterIstiod extends Istiod {
  /**
   * The namespace that it runs in.
   *
   * @return as {@code istio-system}
   */
  String namespace();

  /**
   * The name of its Deployment, and of its Service.
   *
   * @return {@code istiod}, or {@code istiod-} and the revision
   */
  String deployment();

  /**
   * What runs.
   *
   * @return the binary that was delivered last; of an istiod that was attached to, or that came
   *     with an image, what it says of itself, at its path within the container
   */
  @Override
  IstiodBinary binary();

  /**
   * Its replicas, as they are now.
   *
   * @return one entry a pod, those that are on their way out excluded
   */
  List<IstiodReplica> replicas();

  /**
   * Changes the number of replicas and waits until they are ready.
   *
   * @param replicas how many, at least one
   * @param deadline how long it may take
   * @throws dev.pilothouse.failure.PilothouseException if they do not become ready, at once where
   *     there is no hope; the number of before is set again then
   */
  void scale(int replicas, Duration deadline);

  /**
   * Delivers another binary and runs it in place of this one: by new pods of another image, or in
   * the pods that run, as the {@link InstallSpec#delivery} has it. Waits until every replica says
   * the new binary's version. When that does not come about, everything is set back, the pods of
   * before are waited for, and the failure says why.
   *
   * <p>No answer of the API server is waited for beyond the deadline. The way back has a time of
   * its own, {@link IstiodSpec#readyDeadline}; an API server that does not answer within ten
   * seconds then is left alone, and the failure says that nobody knows which istiod runs.
   *
   * @param binary the new binary
   * @param deadline how long it may take to become ready, its delivery included
   * @return what was done, and how long each step took
   * @throws dev.pilothouse.failure.PilothouseException if the new one does not become ready, at
   *     once where there is no hope: with the pods' states, events and the end of the log
   */
  @Override
  Replacement replaceWith(IstiodBinary binary, Duration deadline);

  /**
   * Replaces the pods by new ones of the same image, as {@code kubectl rollout restart}.
   *
   * @param deadline how long it may take
   */
  @Override
  void restart(Duration deadline);

  /**
   * The proxies that are connected to any of the replicas.
   *
   * @return one entry a connection
   */
  @Override
  List<ProxySync> proxies();

  /**
   * The plain HTTP port of one replica: {@code /version}, {@code /metrics} and {@code /debug} of
   * that istiod alone.
   *
   * @param pod the replica's pod
   * @return a port-forward's address, until the pod or this is gone
   * @throws dev.pilothouse.failure.PilothouseException if there is no such replica
   */
  URI monitoring(String pod);

  /**
   * Puts it under Delve: patches its Deployment, waits until the patched istiod is ready and Delve
   * has said that it listens, and forwards a port to it. Also where somebody else has installed it.
   *
   * <p>What a killed JVM of this machine has left of an earlier patch is set back first.
   *
   * @param patch how
   * @return the istiod under Delve; the caller closes it, which sets the Deployment back. So does
   *     closing this
   * @throws dev.pilothouse.failure.PilothouseException if the local port is taken; if somebody has
   *     it under Delve already; if there is no Delve in the image, the binary has no debug
   *     information, or it does not become ready: with the reason, and the Deployment is set back
   */
  DebuggedIstiod debug(DelvePatch patch);

  /**
   * Uninstalls it: what Pilothouse created for it and nothing else, and closes this. CRDs of which
   * there are resources stay, and so does the namespace when something of somebody else's lies in
   * it. Does nothing when it is uninstalled.
   *
   * @throws dev.pilothouse.failure.PilothouseException if it was not installed by Pilothouse, or
   *     something cannot be deleted
   */
  void uninstall();

  /**
   * Ends the port-forwards, and {@linkplain #uninstall uninstalls} it unless it is kept ({@link
   * InstallSpec#lifetime}) or was attached to.
   */
  @Override
  void close();
}
