package dev.pilothouse.workload;

import java.net.InetSocketAddress;

/** A workload whose Envoy is a process of this machine. Safe for use by several threads. */
public interface LocalWorkload extends Workload {
  /**
   * Where this workload's application reaches the mesh: its own Envoy's listener for a port of any
   * service. For clients other than {@link #send}, as gRPC or TCP ones; HTTP requests need the
   * service's name as their Host.
   *
   * @param port the service's port, as {@code 8000} of {@code http://httpbin:8000}
   * @return an address of this machine's loopback, whether or not somebody listens there
   * @throws IllegalStateException if this is a gateway: no application is beside it
   */
  InetSocketAddress outbound(int port);

  /**
   * Where others reach this workload: its Envoy's listener for one of its own ports. A request that
   * is sent here comes from outside the mesh.
   *
   * @param port the port of its Service; for a gateway any port that a Gateway resource opens
   * @return an address of this machine's loopback, whether or not somebody listens there
   */
  InetSocketAddress inbound(int port);
}
