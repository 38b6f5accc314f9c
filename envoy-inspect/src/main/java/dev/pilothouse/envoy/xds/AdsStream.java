package dev.pilothouse.envoy.xds;

import java.util.Set;

/**
 * One stream to a control plane, in one of the two protocols. It is told what to ask for and what
 * to acknowledge by one thread at a time.
 */
interface AdsStream {
  /** Hears what comes by the stream, one call at a time, on a thread of the connection's. */
  interface Listener {
    void received(AdsStream stream, Update update);

    /** It has ended, and why. */
    void ended(AdsStream stream, String reason);
  }

  /** Opens the stream. */
  void open();

  /** Asks for what a subscription wants, which differs from before by these names. */
  void ask(Subscription subscription, Set<String> added, Set<String> removed);

  /** Says that a response was taken; or, if the fault is not empty, that it was not. */
  void answer(Subscription subscription, Update update, String fault);

  /** Ends it; the listener hears of that, or not. */
  void cancel();
}
