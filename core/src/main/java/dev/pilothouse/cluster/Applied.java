package dev.pilothouse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** What {@link Cluster#apply} did, and the way back. Safe for use by several threads. */
public interface Applied extends AutoCloseable {
  /**
   * The resources as the API server answered them.
   *
   * @return in the order in which they were applied
   */
  List<HasMetadata> resources();

  /**
   * Lets it be: from now on {@link #close} does nothing, nor does the JVM's exit undo it. (A
   * cluster that Pilothouse owns takes it along when it ends.)
   */
  void keep();

  /**
   * Undoes it, in reverse order: deletes what was created and waits until it is gone, sets back the
   * fields that were changed (a list as a whole) and gives them back to their owners. What somebody
   * else has changed since stays, and so does an object of the same name that is not ours. Does
   * nothing the second time, or when the cluster is gone.
   *
   * <p>It is undone at the API server then. istiod and the Envoys learn of it a moment later, as
   * they do of an apply: await what should follow.
   *
   * @throws dev.pilothouse.failure.PilothouseException if something cannot be undone; the rest is
   *     undone all the same, and further failures are among the suppressed ones. If the API server
   *     does not answer, it stays open, and closing it again goes on.
   */
  @Override
  void close();
}
