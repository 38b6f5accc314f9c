package dev.pilothouse.delve;

import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.failure.PilothouseException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * Where a Delve listens.
 *
 * @param address the address
 * @param whereabouts what has become of it, asked when a connection is lost; empty when nothing is
 *     known
 */
record Peer(InetSocketAddress address, Supplier<String> whereabouts) {
  static Peer at(InetSocketAddress address) {
    return new Peer(address, () -> "");
  }

  /** In a pod, which may go. */
  static Peer behind(PortForward forward) {
    String first = podOf(forward);
    return new Peer(forward.address(), () -> whereabouts(first, forward));
  }

  private static String whereabouts(String first, PortForward forward) {
    try {
      String now = forward.pod();
      if (first.equals(now)) {
        return "pod " + now + " is there; see its log whether Delve has ended";
      }
      return first.isEmpty()
          ? "pod " + now + " is ready now"
          : "pod " + first + " is gone, and " + now + " has taken its place";
    } catch (RuntimeException e) { // A client that was closed throws others, too.
      return (first.isEmpty() ? "" : "pod " + first + " is gone; ") + e.getMessage();
    }
  }

  private static String podOf(PortForward forward) {
    try {
      return forward.pod();
    } catch (PilothouseException e) {
      return ""; // The connection waits for one.
    }
  }
}
