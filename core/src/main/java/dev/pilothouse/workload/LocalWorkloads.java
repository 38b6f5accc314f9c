package dev.pilothouse.workload;

/** Workloads whose Envoys are processes of this machine. Safe for use by several threads. */
public interface LocalWorkloads extends Workloads {
  @Override
  LocalWorkload deploy(WorkloadSpec spec);
}
