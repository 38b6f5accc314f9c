package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What one apply has done so far. */
final class AppliedResources implements Applied {
  private final ApiServer server;
  private final KubernetesSerialization serialization;
  private final BooleanSupplier clusterGone;
  private final List<AppliedResource> steps = new ArrayList<>();
  private boolean closed;
  private Runnable whenClosed = () -> {};

  AppliedResources(
      ApiServer server, KubernetesSerialization serialization, BooleanSupplier clusterGone) {
    this.server = server;
    this.serialization = serialization;
    this.clusterGone = clusterGone;
  }

  synchronized void add(AppliedResource step) {
    steps.add(step);
  }

  /** Names what to do when it is closed. */
  synchronized void whenClosed(Runnable action) {
    whenClosed = action;
  }

  @Override
  public synchronized List<HasMetadata> resources() {
    return steps.stream()
        .map(step -> (HasMetadata) serialization.unmarshal(String.valueOf(step.after())))
        .toList();
  }

  @Override
  public synchronized void keep() {
    if (!closed) {
      closed = true;
      whenClosed.run();
    }
  }

  @Override
  public synchronized void close() {
    if (closed || clusterGone.getAsBoolean()) {
      return;
    }
    closed = true;
    whenClosed.run();
    // A thread that is being interrupted must still take away what it brought.
    boolean interrupted = Thread.interrupted();
    try {
      undo();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void undo() {
    @Nullable PilothouseException failure = null;
    for (int i = steps.size() - 1; i >= 0; i--) {
      try {
        steps.get(i).undo(server);
      } catch (PilothouseException e) {
        if (clusterGone.getAsBoolean()) {
          return;
        }
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
