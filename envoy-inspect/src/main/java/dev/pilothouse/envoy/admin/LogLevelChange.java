package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.EnvoyConfigException;
import java.util.SortedMap;

/**
 * Log levels that were changed for a while. Several changes of one logger must be closed in the
 * reverse order, as nested try blocks do. Safe for use by several threads.
 */
public interface LogLevelChange extends AutoCloseable {
  /**
   * The levels that closing sets again.
   *
   * @return by the logger's name; only the loggers that this change was asked to set
   */
  SortedMap<String, LogLevel> before();

  /**
   * Sets each logger back to the level that it had. Further calls do nothing, unless the one before
   * failed; then they try again.
   *
   * @throws EnvoyConfigException if Envoy does not answer, or a logger has another level afterwards
   */
  @Override
  void close();
}
