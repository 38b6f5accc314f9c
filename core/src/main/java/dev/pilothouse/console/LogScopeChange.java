package dev.pilothouse.console;

import java.util.List;

/**
 * Log levels that were changed for a while. Several changes of one scope must be closed in the
 * reverse order, as nested try blocks do. Safe for use by several threads.
 */
public interface LogScopeChange extends AutoCloseable {
  /**
   * What closing sets again.
   *
   * @return the scopes that were set, as they were before
   */
  List<LogScope> before();

  /**
   * Sets each scope back on each replica that was changed. A replica that is gone is left out: a
   * new one starts with the levels of its flags. Further calls do nothing.
   *
   * @throws dev.pilothouse.failure.PilothouseException if a replica that runs does not take a
   *     level, after the others were set back
   */
  @Override
  void close();
}
