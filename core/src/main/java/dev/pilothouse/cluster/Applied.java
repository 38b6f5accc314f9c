package dev.pilothouse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** What {@link Cluster#apply} did, and the way back. */
public interface Applied extends AutoCloseable {
  /**
   * The resources as the API server answered them.
   *
   * @return in the order in which they were applied
   */
  List<HasMetadata> resources();

  /**
   * Undoes it, in reverse order: deletes what was created, sets back what was changed. Does nothing
   * the second time, or when the cluster is gone.
   */
  @Override
  void close();
}
