package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
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

  /** How many steps need not be taken back any more, counted from the last. */
  private int undone;

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
    // A thread that is being interrupted must still take away what it brought.
    boolean interrupted = Thread.interrupted();
    try {
      undo();
    } finally {
      closed = undone == steps.size();
      if (closed) {
        whenClosed.run();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void undo() {
    @Nullable PilothouseException failure = null;
    while (undone < steps.size()) {
      try {
        if (undone == 0) {
          // Quickly, and once: a deletion may take longer than a question to find nobody there.
          Answer unused = server.call("GET", "/version", ApiServer.JSON, null);
        }
        steps.get(steps.size() - 1 - undone).undo(server);
      } catch (PilothouseException e) {
        if (clusterGone.getAsBoolean()) {
          return;
        }
        if (e instanceof ApiServer.NoAnswer) {
          throw unanswered(e);
        }
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
      undone++;
    }
    if (failure != null) {
      throw failure;
    }
  }

  private PilothouseException unanswered(PilothouseException cause) {
    return new PilothouseException(
        "taking back what was applied",
        (steps.size() - undone) + " resources stay: " + cause.getMessage(),
        "close it again when the API server answers",
        null,
        cause);
  }
}
