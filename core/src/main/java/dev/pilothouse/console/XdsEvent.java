package dev.pilothouse.console;

import java.util.OptionalInt;

/** What istiod's log tells of xDS. */
public sealed interface XdsEvent {
  /** When. */
  LogLine line();

  /**
   * Resources were sent to a proxy. Pushes of endpoints alone are logged at level {@code debug} of
   * scope {@code delta} (or {@code ads} for state-of-the-world proxies).
   *
   * @param type {@code CDS}, {@code LDS}, {@code RDS}, {@code EDS}, {@code NDS}, …
   * @param kind why it was sent
   * @param proxyId {@code pod.namespace}
   * @param resources how many resources were sent
   * @param removed how many were removed; empty for a state-of-the-world proxy, which is not told
   * @param size as istiod writes it, rounded: {@code 2.3kB}
   * @param line the log entry
   */
  record Push(
      String type,
      Kind kind,
      String proxyId,
      int resources,
      OptionalInt removed,
      String size,
      LogLine line)
      implements XdsEvent {
    /** The log entry. */
    @Override
    public String toString() {
      return line.raw();
    }

    /** Why resources were sent. */
    public enum Kind {
      /** The answer to a subscription of the proxy. */
      REQUEST,
      /** Configuration changed. */
      PUSH,
      /** Configuration changed, and only what it touched was made anew. */
      INCREMENTAL
    }
  }

  /**
   * A proxy rejected what it was sent (NACK).
   *
   * @param type {@code LDS}, …
   * @param connection istiod's name of the connection: the proxy id and a number
   * @param code as {@code Internal}
   * @param reason Envoy's words
   * @param line the log entry
   */
  record Rejection(String type, String connection, String code, String reason, LogLine line)
      implements XdsEvent {
    /**
     * The proxy.
     *
     * @return {@code pod.namespace}
     */
    public String proxyId() {
      int dash = connection.lastIndexOf('-');
      return dash < 0 ? connection : connection.substring(0, dash);
    }

    /** The log entry. */
    @Override
    public String toString() {
      return line.raw();
    }
  }

  /**
   * Changes were gathered, and a push to all proxies that they concern begins.
   *
   * @param number counts these since istiod started
   * @param events how many changes were gathered
   * @param what {@code config …} with the changed resource and how many more there are, or {@code
   *     reason …}
   * @param line the log entry
   */
  record Debounced(int number, int events, String what, LogLine line) implements XdsEvent {
    /** The log entry. */
    @Override
    public String toString() {
      return line.raw();
    }
  }
}
