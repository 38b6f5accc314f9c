package dev.pilothouse.cluster;

import java.nio.file.Path;

/** A cluster that Pilothouse made, and ends. */
public interface OwnedCluster extends Cluster {
  /** Ends the cluster and deletes all that it left. Does nothing when it is gone already. */
  void delete();

  /**
   * Copies the logs of the cluster's components.
   *
   * @param directory where to; made if missing
   */
  void exportLogs(Path directory);

  /** Deletes the cluster, unless it was opened with {@link Lifetime#KEEP}. */
  @Override
  void close();
}
