package dev.pilothouse.workload;

/** Deploys workloads into a mesh. */
public interface Workloads {
  /**
   * Deploys a workload and waits until its Envoy has accepted all that istiod sent.
   *
   * @param spec the workload
   * @return the running workload; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException if it does not get that far, with the
   *     Envoy's log tail and the rejection, if there was one; nothing is left behind
   */
  Workload deploy(WorkloadSpec spec);
}
