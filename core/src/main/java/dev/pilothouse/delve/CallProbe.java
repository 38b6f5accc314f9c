package dev.pilothouse.delve;

import java.time.Duration;

/**
 * Counts and reads the calls of a function while something happens.
 *
 * <pre>{@code
 * Calls calls = debug.on("…/route.BuildDefaultHTTPOutboundRoute")
 *     .where("len(clusterName) > 20")
 *     .when(() -> cluster.apply(rule), Duration.ofSeconds(10));
 * assert calls.reached();
 * assert calls.first().argument("clusterName").text().equals("outbound|8000||httpbin");
 *
 * debug.on("xds.(*CdsGenerator).Generate").when(this::applyRouteAndAwaitAck).requireNone();
 * }</pre>
 */
public interface CallProbe {
  /**
   * Counts only calls for which an expression is true.
   *
   * @param condition a Go expression in the function's scope
   * @return a probe with the condition
   */
  CallProbe where(String condition);

  /**
   * Reads arguments with other limits.
   *
   * @param limits how much is read
   * @return a probe with the limits
   */
  CallProbe loading(LoadLimits limits);

  /**
   * Reads the stack too.
   *
   * @param frames how many frames
   * @return a probe that reads them
   */
  CallProbe withStack(int frames);

  /**
   * The calls from when the action begins until it returns. For "was not called" the action itself
   * has to wait for its effect, as for the proxy's acknowledgement.
   *
   * @param action what to do meanwhile; what it throws is thrown
   * @return the calls
   */
  Calls when(Runnable action);

  /**
   * The calls from when the action begins until the first one, or until patience is over when none
   * comes; until the action returns in any case.
   *
   * @param action what to do meanwhile; what it throws is thrown
   * @param patience how long to wait for a call after the action
   * @return the calls
   */
  Calls when(Runnable action, Duration patience);
}
