package dev.pilothouse.istiod;

import dev.pilothouse.cluster.PortForward;

/** Where a debugger reaches an istiod, or the pilot-agent of a pod. */
public sealed interface DebugEndpoint {
  /**
   * A Delve that runs it listens here. Whoever reaches this port may run any code: it is loopback.
   *
   * @param host the address
   * @param port the port, for JSON-RPC and DAP
   */
  record Delve(String host, int port) implements DebugEndpoint {}

  /**
   * A process of this machine that no debugger has.
   *
   * @param pid its process id
   */
  record Pid(long pid) implements DebugEndpoint {}

  /**
   * A Delve in a pod.
   *
   * @param forward leads to its port; not closed by a session
   */
  record Pod(PortForward forward) implements DebugEndpoint {}
}
