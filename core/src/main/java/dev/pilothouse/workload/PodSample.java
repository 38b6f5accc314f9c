package dev.pilothouse.workload;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.failure.PilothouseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sample that was applied, and the workloads of it. */
final class PodSample implements DeployedSample {
  private static final Logger LOG = LoggerFactory.getLogger(PodSample.class);

  private final Sample sample;
  private final Applied applied;
  private final Consumer<AutoCloseable> whenClosed;
  private final List<PodWorkload> workloads = new ArrayList<>();

  PodSample(Sample sample, Applied applied, Consumer<AutoCloseable> whenClosed) {
    this.sample = sample;
    this.applied = applied;
    this.whenClosed = whenClosed;
  }

  /** One more that is ready. Before the sample is given away. */
  synchronized void add(PodWorkload workload) {
    workloads.add(workload);
  }

  @Override
  public Sample sample() {
    return sample;
  }

  @Override
  public PodWorkload workload(String deployment) {
    return workloads().stream()
        .filter(workload -> workload.spec().name().equals(deployment))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "sample " + sample.name() + " has no Deployment " + deployment));
  }

  @Override
  public synchronized List<PodWorkload> workloads() {
    return List.copyOf(workloads);
  }

  @Override
  public void close() {
    whenClosed.accept(this);
    workloads().forEach(PodWorkload::close);
    try {
      applied.close();
    } catch (PilothouseException e) {
      LOG.warn("Sample {} cannot be taken out of the cluster", sample.name(), e);
    }
  }

  @Override
  public String toString() {
    return "Sample[" + sample.name() + "]";
  }
}
