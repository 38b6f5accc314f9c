package dev.pilothouse.workload;

import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The IPv4 addresses on which somebody on this machine listens, as the kernel tells: without
 * connecting, so that nobody sees a connection that is none.
 *
 * @param addresses as {@code 127.42.0.1:8000}
 */
record ListeningSockets(Set<String> addresses) {
  private static final Path TABLE = Path.of("/proc/net/tcp");
  private static final String LISTEN = "0A";

  static ListeningSockets now() {
    try {
      return parse(Files.readAllLines(TABLE));
    } catch (IOException e) {
      throw new PilothouseException(
          "looking for listening sockets", e.toString(), "local workloads need Linux", null, e);
    }
  }

  /** The table has a line of headings; its addresses are hexadecimal in the machine's order. */
  static ListeningSockets parse(List<String> table) {
    Set<String> addresses = new HashSet<>();
    for (String line : table) {
      String[] columns = line.strip().split("\\s+", -1);
      if (columns.length > 3 && columns[3].equals(LISTEN)) {
        addresses.add(address(columns[1]));
      }
    }
    return new ListeningSockets(addresses);
  }

  boolean has(InetSocketAddress address) {
    return addresses.contains(address.getAddress().getHostAddress() + ":" + address.getPort());
  }

  /** Whether somebody listens at an address that begins so. */
  boolean any(String... prefixes) {
    return addresses.stream()
        .anyMatch(
            address -> {
              for (String prefix : prefixes) {
                if (address.startsWith(prefix)) {
                  return true;
                }
              }
              return false;
            });
  }

  private static String address(String column) {
    int ip = Integer.parseUnsignedInt(column.substring(0, 8), 16);
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      ip = Integer.reverseBytes(ip);
    }
    return (ip >>> 24)
        + "."
        + (ip >>> 16 & 255)
        + "."
        + (ip >>> 8 & 255)
        + "."
        + (ip & 255)
        + ":"
        + Integer.parseInt(column.substring(9), 16);
  }
}
