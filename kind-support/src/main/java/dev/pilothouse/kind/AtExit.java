package dev.pilothouse.kind;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something when the JVM exits, unless it is closed before. */
final class AtExit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AtExit.class);

  private final Thread hook;

  AtExit(String what, Runnable work) {
    hook =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                LOG.warn("At the exit of the JVM something stays: {}", what, e);
              }
            },
            "pilothouse-exit-" + what);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("The JVM exits already: {} does its work", hook.getName());
    }
  }
}
