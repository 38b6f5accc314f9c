package dev.pilothouse.workload;

import dev.pilothouse.workload.LoopbackBlock.Addresses;
import dev.pilothouse.workload.WorkloadSpec.Port;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Where a workload's Envoy listens.
 *
 * @param addresses the workload's own loopback addresses
 * @param lowPorts whether an Envoy of ours can listen on ports below 1024
 */
record Site(Addresses addresses, boolean lowPorts) {
  private static final int FIRST_UNPRIVILEGED = 1024;

  /** What is added to a low port: the address is the workload's own, so the port is free. */
  private static final int HIGH = 10_000;

  InetAddress inboundAddress() {
    return addresses.inbound();
  }

  InetAddress outboundAddress() {
    return addresses.outbound();
  }

  InetSocketAddress outbound(int port) {
    return new InetSocketAddress(addresses.outbound(), port);
  }

  InetSocketAddress inbound(int port) {
    return new InetSocketAddress(addresses.inbound(), inboundPort(port));
  }

  /** Whether an Envoy of ours listens for its application on this port of a service. */
  boolean serves(int port) {
    return lowPorts || port >= FIRST_UNPRIVILEGED;
  }

  /**
   * The port behind a Service's port, as a pod listens on 8080 behind port 80: the same on every
   * machine, whether or not low ports can be had there.
   */
  static int inboundPort(int port) {
    return port < FIRST_UNPRIVILEGED ? HIGH + port : port;
  }

  static int inboundPort(Port port) {
    return inboundPort(port.number());
  }
}
