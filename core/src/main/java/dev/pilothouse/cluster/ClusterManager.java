package dev.pilothouse.cluster;

import java.util.List;
import java.util.Optional;

/**
 * Opens clusters of one kind.
 *
 * @param <S> what is asked for
 * @param <C> what is got
 */
public interface ClusterManager<S, C extends Cluster> {
  /**
   * Opens a cluster and waits until it can be used.
   *
   * @param spec what is asked for
   * @return the cluster; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException if it cannot be opened
   */
  C open(S spec);

  /**
   * Finds a cluster that is there already.
   *
   * @param name its name
   * @return the cluster, or empty when there is none of that name
   */
  Optional<C> find(String name);

  /**
   * The clusters that are there.
   *
   * @return their names, sorted
   */
  List<String> list();
}
