package dev.pilothouse.toolbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** Gives ports to runs. */
final class PortReservations {
  private final RunLinks given;
  private final Range range;

  PortReservations(RunLinks given, Range range) {
    this.given = given;
    this.range = range;
  }

  /** Begins at a random place, so that two who use different books seldom meet. */
  int reserve(String run) throws IOException {
    int size = range.last() - range.first() + 1;
    int start = ThreadLocalRandom.current().nextInt(size);
    for (int i = 0; i < size; i++) {
      int port = range.first() + (start + i) % size;
      String name = Integer.toString(port);
      if (given.claim(name, run)) {
        if (free(port)) {
          return port;
        }
        given.release(name);
      }
    }
    throw new IOException("all ports from " + range.first() + " to " + range.last() + " are taken");
  }

  /** On loopback, and on all addresses: Envoy and others may bind either. */
  private static boolean free(int port) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    return canBind(new InetSocketAddress(loopback, port)) && canBind(new InetSocketAddress(port));
  }

  private static boolean canBind(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Ports to give out.
   *
   * @param first the lowest
   * @param last the highest, included
   */
  record Range(int first, int last) {
    private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int LOWEST = 20_000;

    /** From here on Kubernetes gives out node ports; a kind cluster may publish them here. */
    private static final int NODE_PORTS = 30_000;

    private static final int HIGHEST = 65_535;
    private static final int ENOUGH = 1_000;

    static Range ofThisMachine() {
      // Not Files.readString: it begins with a read of one byte, and sysctl files answer one read.
      try (InputStream in = Files.newInputStream(EPHEMERAL)) {
        return outside(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
      } catch (IOException e) {
        return outside("32768 60999"); // Linux's default; some sandboxes hide the file.
      }
    }

    /**
     * Below the kernel's ephemeral range, else above it. Where it leaves no room we stay inside:
     * the probe still finds a port that is free now.
     */
    static Range outside(String ephemeral) {
      String[] ends = ephemeral.strip().split("\\s+", 2);
      int below = Math.min(Integer.parseInt(ends[0]), NODE_PORTS) - 1;
      int above = Integer.parseInt(ends[1]) + 1;
      if (below - LOWEST >= ENOUGH) {
        return new Range(LOWEST, below);
      }
      if (HIGHEST - above >= ENOUGH) {
        return new Range(above, HIGHEST);
      }
      return new Range(LOWEST, NODE_PORTS - 1);
    }
  }
}
