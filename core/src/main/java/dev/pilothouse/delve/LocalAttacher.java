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
      return open("attaching to Delve at " + address, address, options, Optional.empty());
    }
    long pid = ((DebugEndpoint.Pid) endpoint).pid();
    AttachedDelve delve = AttachedDelve.to(pid, toolbox);
    boolean open = false;
    try {
      String tried = "attaching to process " + pid;
      DelveSession session = open(tried, delve.address(), options, Optional.of(delve));
      open = true;
      return session;
    } finally {
      if (!open) {
        delve.close();
      }
    }
  }

  private static DelveSession open(
      String tried, InetSocketAddress at, DelveOptions options, Optional<AttachedDelve> attached) {
    return new LiveSession(Connection.open(tried, at, options, attached));
  }
}
