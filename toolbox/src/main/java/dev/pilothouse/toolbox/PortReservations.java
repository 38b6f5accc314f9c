package dev.pilothouse.toolbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports given out to run directories. A reservation is a symbolic link {@code <port> -> <run>}:
 * made in one step, or not at all when there is one already. Only who owns the run deletes it.
 */
final class PortReservations {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 65_535;
  private static final int DEFAULT_EPHEMERAL_LOW = 32_768;
  private static final int ENOUGH = 1_000;

  private final Path directory;

  PortReservations(Path directory) {
    this.directory = directory;
  }

  int reserve(String run) throws IOException {
    Range range = range();
    int size = range.last() - range.first() + 1;
    int start = ThreadLocalRandom.current().nextInt(size);
    for (int i = 0; i < size; i++) {
      int port = range.first() + (start + i) % size;
      Path entry = directory.resolve(Integer.toString(port));
      try {
        Files.createSymbolicLink(entry, Path.of(run));
      } catch (FileAlreadyExistsException e) {
        continue;
      }
      if (free(port)) {
        return port;
      }
      Files.deleteIfExists(entry);
    }
    throw new IOException("all ports from " + range.first() + " to " + range.last() + " are taken");
  }

  void release(String run) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (owner(entry).equals(run)) {
          Files.deleteIfExists(entry);
        }
      }
    }
  }

  /** The runs that have ports. */
  Set<String> owners() throws IOException {
    Set<String> runs = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        runs.add(owner(entry));
      }
    }
    runs.remove("");
    return runs;
  }

  private static String owner(Path entry) {
    try {
      return Files.readSymbolicLink(entry).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return ""; // Released meanwhile.
    }
  }

  /** On loopback, and on all addresses: Envoy and others may bind either. */
  private static boolean free(int port) {
    return canBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        && canBind(new InetSocketAddress(port));
  }

  private static boolean canBind(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  record Range(int first, int last) {}

  private static Range range() {
    String text;
    try {
      text = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
    } catch (IOException e) {
      text = DEFAULT_EPHEMERAL_LOW + " 60999";
    }
    return range(text);
  }

  /**
   * Where to look, given the kernel's ephemeral range: below it, else above it. Where it leaves no
   * room we stay inside: the probe still finds a port that is free now.
   */
  static Range range(String ephemeral) {
    String[] ends = ephemeral.strip().split("\\s+", 2);
    int low = Integer.parseInt(ends[0]);
    int high = Integer.parseInt(ends[1]);
    if (low - LOWEST >= ENOUGH) {
      return new Range(LOWEST, low - 1);
    }
    if (HIGHEST - high >= ENOUGH) {
      return new Range(high + 1, HIGHEST);
    }
    return new Range(LOWEST, DEFAULT_EPHEMERAL_LOW - 1);
  }
}
