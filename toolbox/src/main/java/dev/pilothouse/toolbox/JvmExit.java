package dev.pilothouse.toolbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what is still open when the JVM exits, by itself or by SIGTERM. State of the whole JVM,
 * which cannot be avoided: the JVM's exit is one for all, and processes do not end with it of
 * themselves. One hook serves all; it is registered by the first who needs it.
 */
final class JvmExit {
  private static final Logger LOG = LoggerFactory.getLogger(JvmExit.class);
  private static final Set<Runnable> OPEN = new LinkedHashSet<>();
  private static boolean hooked;
  private static boolean exiting;

  private JvmExit() {}

  /**
   * Runs {@code end} at the JVM's exit, unless it is removed before.
   *
   * @throws ToolboxException if the JVM is exiting already
   */
  static void add(Runnable end) {
    synchronized (OPEN) {
      if (exiting) {
        throw exiting();
      }
      if (!hooked) {
        try {
          Runtime.getRuntime().addShutdownHook(new Thread(JvmExit::endAll, "pilothouse-exit"));
        } catch (IllegalStateException e) {
          throw exiting();
        }
        hooked = true;
      }
      OPEN.add(end);
    }
  }

  static void remove(Runnable end) {
    synchronized (OPEN) {
      OPEN.remove(end);
    }
  }

  private static ToolboxException exiting() {
    return new ToolboxException(
        "starting a process", "the JVM is shutting down", "start it earlier", null, null);
  }

  private static void endAll() {
    List<Runnable> newestFirst;
    synchronized (OPEN) {
      exiting = true;
      newestFirst = new ArrayList<>(OPEN);
    }
    Collections.reverse(newestFirst);
    for (Runnable end : newestFirst) {
      try {
        end.run();
      } catch (RuntimeException e) {
        LOG.warn("At the exit of the JVM something could not be ended", e);
      }
    }
  }
}
