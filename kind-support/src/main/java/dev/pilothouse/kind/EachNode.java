package dev.pilothouse.kind;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does something in all nodes of a cluster at once. */
final class EachNode {
  private EachNode() {}

  /** What is done in one node. */
  interface Work<N, T> {
    T in(N node) throws IOException, InterruptedException;
  }

  /**
   * Does it everywhere, and comes back when all nodes are through with it.
   *
   * @return what came of it, in the order of the nodes
   * @throws IOException or what else the first node failed with that did; what others failed with
   *     is among the suppressed
   * @throws InterruptedException if this thread is interrupted; the work is interrupted then, and
   *     its end waited for
   */
  static <N, T> List<T> all(List<N> nodes, Work<N, T> work)
      throws IOException, InterruptedException {
    if (nodes.size() == 1) {
      return List.of(work.in(nodes.get(0)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(nodes.size(), EachNode::daemon);
    try {
      List<Callable<T>> tasks = new ArrayList<>();
      nodes.forEach(node -> tasks.add(() -> work.in(node)));
      return results(threads.invokeAll(tasks));
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
    }
  }

  /** Of those that were interrupted. */
  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        boolean unused = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** For those who were promised that events come one at a time. */
  static <E> Consumer<E> oneAtATime(Consumer<E> listener) {
    Object lock = new Object();
    return event -> {
      synchronized (lock) {
        listener.accept(event);
      }
    };
  }

  private static <T> List<T> results(List<Future<T>> futures)
      throws IOException, InterruptedException {
    List<T> results = new ArrayList<>();
    @Nullable Throwable failure = null;
    for (Future<T> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (failure == null) {
          failure = cause;
        } else {
          failure.addSuppressed(cause);
        }
      }
    }
    if (failure == null) {
      return results;
    }
    if (failure instanceof RuntimeException known) {
      throw known;
    }
    if (failure instanceof IOException broken) {
      throw broken;
    }
    if (failure instanceof InterruptedException interrupted) {
      throw interrupted;
    }
    throw new IllegalStateException(failure);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "pilothouse-delivery");
    thread.setDaemon(true);
    return thread;
  }
}
