package dev.pilothouse.kind;

import java.time.Duration;

/**
 * What {@link KindClusters} tells while it opens a cluster. Events of one opening come one at a
 * time, in order, on the thread that opens; a listener should be quick.
 *
 * <p>A failure is no event: it is the exception of the call.
 */
public sealed interface KindEvent {
  /**
   * The cluster's name.
   *
   * @return as {@link KindSpec#name()}
   */
  String cluster();

  /**
   * kind begins a cluster.
   *
   * @param cluster its name
   */
  record Creating(String cluster) implements KindEvent {}

  /**
   * kind printed a line.
   *
   * @param cluster the cluster's name
   * @param line what it printed, as {@code ✓ Starting control-plane}
   */
  record Output(String cluster, String line) implements KindEvent {}

  /**
   * kind is done, and the cluster's own parts are awaited: nodes, CoreDNS, default service account.
   *
   * @param cluster its name
   */
  record AwaitingReadiness(String cluster) implements KindEvent {}

  /**
   * A cluster of the same request is there and is used again.
   *
   * @param cluster its name
   */
  record Reused(String cluster) implements KindEvent {}

  /**
   * The cluster can be used.
   *
   * @param cluster its name
   * @param took how long the whole opening took
   */
  record Ready(String cluster, Duration took) implements KindEvent {}

  /**
   * A cluster that a dead JVM had left was deleted.
   *
   * @param cluster its name
   */
  record Swept(String cluster) implements KindEvent {}
}
