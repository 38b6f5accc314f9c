package dev.pilothouse.kind;

/**
 * A port of a node that is published on the loopback interface of the machine. What answers there
 * is a NodePort Service of that port.
 *
 * @param containerPort the port in the node, for NodePort Services 30000 to 32767
 * @param hostPort the port on 127.0.0.1, or 0 for a free one
 */
public record PortMapping(int containerPort, int hostPort) {
  private static final int HIGHEST_PORT = 65_535;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if they are no ports
   */
  public PortMapping {
    if (containerPort < 1 || containerPort > HIGHEST_PORT) {
      throw new IllegalArgumentException("a port in the node is 1 to 65535: " + containerPort);
    }
    if (hostPort < 0 || hostPort > HIGHEST_PORT) {
      throw new IllegalArgumentException("a port of the machine is 0 to 65535: " + hostPort);
    }
  }
}
