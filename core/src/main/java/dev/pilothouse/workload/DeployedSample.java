package dev.pilothouse.workload;

import java.util.List;

/** A {@link Sample} that runs in a cluster. Safe for use by several threads. */
public interface DeployedSample extends AutoCloseable {
  /**
   * What was asked for.
   *
   * @return the sample
   */
  Sample sample();

  /**
   * One of its Deployments.
   *
   * @param deployment its name, as {@code reviews-v2}
   * @return the workload; it ends with the sample
   * @throws IllegalArgumentException if the sample has no such Deployment
   */
  PodWorkload workload(String deployment);

  /**
   * All of its Deployments.
   *
   * @return in the sample's order
   */
  List<PodWorkload> workloads();

  /** Takes it out of the cluster. Does nothing the second time. */
  @Override
  void close();
}
