package dev.pilothouse.workload;

import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The loopback addresses of one mesh: {@code 127.41.B.N} for what a workload's application sends,
 * {@code 127.42.B.N} for what reaches it.
 *
 * <p>The block number B is reserved by a listening socket of this JVM at {@code 127.41.B.0}. So the
 * kernel itself sees to it that no two meshes of the machine have the same one, whichever JVM, user
 * or run root they belong to, and that a reservation dies with its JVM. Safe for use by several
 * threads.
 */
final class LoopbackBlock implements AutoCloseable {
  private static final int OUTBOUND = 41;
  private static final int INBOUND = 42;
  private static final int BLOCKS = 256;
  private static final int WORKLOADS = 254;

  /**
   * The port that reserves. It is neither in the kernel's ephemeral range nor where run directories
   * reserve ports, so no program gets it by chance.
   */
  private static final int PORT = 14_142;

  private final int number;
  private final ServerSocket reservation;
  private final BitSet taken = new BitSet();

  private LoopbackBlock(int number, ServerSocket reservation) {
    this.number = number;
    this.reservation = reservation;
  }

  /**
   * The two addresses of one workload.
   *
   * @param index N
   * @param outbound where its Envoy listens for its application
   * @param inbound where its Envoy listens for others
   */
  record Addresses(int index, InetAddress outbound, InetAddress inbound) {}

  static LoopbackBlock reserve() {
    // A random start: an Envoy that outlived its killed JVM may still listen in a block whose
    // reservation is gone, and the next attempt should not meet it again.
    return reserve(ThreadLocalRandom.current().nextInt(BLOCKS));
  }

  /**
   * The first free block.
   *
   * @param start where to begin to look
   */
  static LoopbackBlock reserve(int start) {
    ListeningSockets sockets = ListeningSockets.now();
    @Nullable IOException refusal = null;
    for (int i = 0; i < BLOCKS; i++) {
      int number = (start + i) % BLOCKS;
      if (sockets.any(prefix(OUTBOUND, number), prefix(INBOUND, number))) {
        continue;
      }
      try {
        return new LoopbackBlock(number, listen(number));
      } catch (IOException e) {
        refusal = e;
      }
    }
    throw new PilothouseException(
        "reserving loopback addresses for a mesh",
        "none of the "
            + BLOCKS
            + " blocks 127."
            + OUTBOUND
            + ".* is free; seen last: "
            + (refusal == null ? "other programs listen in them" : refusal),
        "local workloads need Linux, where all of 127.0.0.0/8 is the machine's own; see that"
            + " nothing listens on port "
            + PORT
            + " of all addresses (ss -ltn), and close meshes that are not needed",
        null,
        refusal);
  }

  private static ServerSocket listen(int number) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(loopback(OUTBOUND, number, 0), PORT), 1);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** B. */
  int number() {
    return number;
  }

  synchronized Addresses allot() {
    int index = taken.nextClearBit(1);
    if (index > WORKLOADS) {
      throw new PilothouseException(
          "giving a workload its addresses",
          "the mesh has " + WORKLOADS + " workloads already",
          "close those that are not needed",
          null,
          null);
    }
    taken.set(index);
    return new Addresses(
        index, loopback(OUTBOUND, number, index), loopback(INBOUND, number, index));
  }

  synchronized void release(Addresses addresses) {
    taken.clear(addresses.index());
  }

  @Override
  public void close() {
    try {
      reservation.close();
    } catch (IOException e) {
      throw new PilothouseException(
          "giving loopback block " + number + " back", e.toString(), "", null, e);
    }
  }

  private static String prefix(int net, int block) {
    return "127." + net + "." + block + ".";
  }

  /** The address 127.b.c.d. */
  static InetAddress loopback(int b, int c, int d) {
    try {
      return InetAddress.getByAddress(new byte[] {127, (byte) b, (byte) c, (byte) d});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
