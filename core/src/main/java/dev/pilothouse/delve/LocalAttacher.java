package dev.pilothouse.delve;

import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.toolbox.Toolbox;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Connects to a Delve that listens, or starts one for a process. */
final class LocalAttacher implements DelveAttacher {
  private final Toolbox toolbox;

  LocalAttacher(Toolbox toolbox) {
    this.toolbox = toolbox;
  }

  @Override
  public DelveSession attach(DebugEndpoint endpoint, DelveOptions options) {
    if (endpoint instanceof DebugEndpoint.Delve delve) {
      InetSocketAddress address = new InetSocketAddress(delve.host(), delve.port());
      String tried = "attaching to Delve at " + address;
      return open(tried, Peer.at(address), options, Optional.empty());
    }
    if (endpoint instanceof DebugEndpoint.Pod pod) {
      String tried = "attaching to Delve in " + pod.forward().target();
      return open(tried, Peer.behind(pod.forward()), options, Optional.empty());
    }
    long pid = ((DebugEndpoint.Pid) endpoint).pid();
    AttachedDelve delve = AttachedDelve.to(pid, toolbox);
    boolean open = false;
    try {
      String tried = "attaching to process " + pid;
      DelveSession session = open(tried, Peer.at(delve.address()), options, Optional.of(delve));
      open = true;
      return session;
    } finally {
      if (!open) {
        delve.close();
      }
    }
  }

  private static DelveSession open(
      String tried, Peer at, DelveOptions options, Optional<AttachedDelve> attached) {
    return new LiveSession(Connection.open(tried, at, options, attached));
  }
}
