package dev.pilothouse.workload;

import dev.pilothouse.failure.PilothouseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names that workloads have taken, and what is open and ends with them. Thread-safe. */
final class OpenWorkloads {
  private static final Logger LOG = LoggerFactory.getLogger(OpenWorkloads.class);

  /** Guarded by this. */
  private final Set<String> names = new HashSet<>();

  /** In the order of their beginning. Guarded by this. */
  private final List<AutoCloseable> open = new ArrayList<>();

  private volatile boolean closed;

  /** Takes a workload's name, before anything is done for it. */
  synchronized void claim(String tried, WorkloadSpec spec) {
    if (closed) {
      throw closedAlready(tried);
    }
    if (!names.add(spec.proxyId())) {
      throw new PilothouseException(
          tried,
          "a workload of that name is deployed already",
          "close that one, or choose another name",
          null,
          null);
    }
  }

  /** Gives the name free again. */
  synchronized void release(WorkloadSpec spec) {
    names.remove(spec.proxyId());
  }

  /**
   * Takes what has been opened.
   *
   * @throws PilothouseException if all was closed meanwhile; it is closed then, too
   */
  void keep(String tried, AutoCloseable handle) {
    if (!add(handle)) {
      close(handle);
      throw closedAlready(tried);
    }
  }

  private synchronized boolean add(AutoCloseable handle) {
    return !closed && open.add(handle);
  }

  /** Called for what is closed by itself. */
  synchronized void forget(AutoCloseable handle) {
    open.remove(handle);
  }

  boolean closed() {
    return closed;
  }

  /**
   * Closes all, what came last first.
   *
   * @return false if that was done before
   */
  boolean close() {
    List<AutoCloseable> all;
    synchronized (this) {
      if (closed) {
        return false;
      }
      closed = true;
      all = new ArrayList<>(open);
    }
    Collections.reverse(all);
    all.forEach(OpenWorkloads::close);
    return true;
  }

  private static void close(AutoCloseable handle) {
    try {
      handle.close();
    } catch (Exception e) {
      LOG.warn("{} cannot be closed", handle, e);
    }
  }

  private static PilothouseException closedAlready(String tried) {
    return new PilothouseException(tried, "these workloads are closed", "", null, null);
  }
}
