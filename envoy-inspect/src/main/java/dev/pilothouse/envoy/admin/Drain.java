package dev.pilothouse.envoy.admin;

/**
 * How listeners drain.
 *
 * @param inboundOnly whether only listeners whose {@code traffic_direction} is {@code INBOUND}
 *     drain
 * @param graceful whether Envoy first asks the peers to go, for its drain time ({@code
 *     --drain-time-s}), and stops the listeners then; else it stops them at once
 * @param skipExit whether the listeners stay open all the same; older Envoys than 1.40 refuse it
 *     without graceful
 */
public record Drain(boolean inboundOnly, boolean graceful, boolean skipExit) {
  /**
   * Stops all listeners at once.
   *
   * @return the drain
   */
  public static Drain now() {
    return new Drain(false, false, false);
  }

  /**
   * Asks the peers to go, and stops all listeners after Envoy's drain time.
   *
   * @return the drain
   */
  public static Drain gracefully() {
    return new Drain(false, true, false);
  }

  /**
   * The same for inbound listeners alone.
   *
   * @return a new drain
   */
  public Drain ofInboundOnly() {
    return new Drain(true, graceful, skipExit);
  }

  /**
   * The same, but the listeners stay open.
   *
   * @return a new drain
   */
  public Drain thatKeepsListening() {
    return new Drain(inboundOnly, graceful, true);
  }

  String path() {
    String query =
        (graceful ? "&graceful" : "")
            + (skipExit ? "&skip_exit" : "")
            + (inboundOnly ? "&inboundonly" : "");
    return "/drain_listeners" + query.replaceFirst("&", "?");
  }
}
