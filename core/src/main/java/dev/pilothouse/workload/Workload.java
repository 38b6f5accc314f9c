package dev.pilothouse.workload;

/** A deployed workload. Safe for use by several threads. */
public interface Workload extends AutoCloseable {
  /**
   * What was asked for.
   *
   * @return the specification
   */
  WorkloadSpec spec();

  /**
   * Its Envoy.
   *
   * @return the proxy
   */
  Proxy proxy();

  /**
   * Sends a request as this workload's application would: through its own Envoy. For a gateway: as
   * a client outside the mesh would, to the gateway's port.
   *
   * @param call the request
   * @return the answer, whatever its status
   * @throws dev.pilothouse.failure.PilothouseException if there is no answer (connection refused or
   *     reset, deadline)
   */
  HttpReply send(HttpCall call);

  /** Ends its processes and removes its resources from the cluster. */
  @Override
  void close();
}
