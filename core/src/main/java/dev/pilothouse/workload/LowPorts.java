package dev.pilothouse.workload;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether a process that this JVM starts can listen on ports below 1024. */
final class LowPorts {
  private static final Path FIRST_UNPRIVILEGED =
      Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
  private static final Path STATUS = Path.of("/proc/self/status");

  /** The bit of CAP_NET_BIND_SERVICE. */
  private static final int BIND_SERVICE = 10;

  private LowPorts() {}

  static boolean allowed() {
    try {
      // Not Files.readString: it begins with a read of one byte, and sysctl files answer one read.
      return allowed(Files.readAllLines(FIRST_UNPRIVILEGED).get(0), Files.readAllLines(STATUS));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * From what the kernel says.
   *
   * @param first the first port that needs no privilege
   * @param status of this process
   */
  static boolean allowed(String first, List<String> status) {
    if (Integer.parseInt(first.strip()) <= 1) {
      return true;
    }
    // Root's programs have what root has; others inherit ambient capabilities alone.
    boolean root = field(status, "Uid:").split("\\s+", -1)[1].equals("0");
    String capabilities = field(status, root ? "CapEff:" : "CapAmb:");
    return new BigInteger(capabilities, 16).testBit(BIND_SERVICE);
  }

  private static String field(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElse("0 0");
  }
}
