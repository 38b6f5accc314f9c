package dev.pilothouse.internal;

import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Says who has a port that somebody asked for. */
public final class PortInUse {
  private static final String LISTENING = "0A";
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private PortInUse() {}

  /**
   * Throws if the port is taken; 0 never is.
   *
   * @param tried what was tried, for the message
   * @param port the port on loopback
   * @throws PilothouseException if it is taken, saying by whom as far as this user may see it
   */
  public static void refuse(String tried, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      String words = "port " + port + " is taken" + owner(port).map(who -> " by " + who).orElse("");
      String toDo = "end that process, or choose another port (0 takes a free one)";
      throw new PilothouseException(tried, words, toDo, null, e);
    }
  }

  /** The process that listens on the port, as far as this user may see it. */
  static Optional<String> owner(int port) {
    try {
      Set<String> sockets = new HashSet<>();
      addListeners(Path.of("/proc/net/tcp"), port, sockets);
      addListeners(Path.of("/proc/net/tcp6"), port, sockets);
      return ProcessHandle.allProcesses()
          .filter(process -> holdsOne(process.pid(), sockets))
          .map(
              process -> "pid " + process.pid() + " (" + process.info().command().orElse("?") + ")")
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // no /proc here: the port is taken all the same
    }
  }

  private static void addListeners(Path table, int port, Set<String> sockets) throws IOException {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    for (String line : Files.readAllLines(table)) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length > INODE
          && fields[LOCAL_ADDRESS].endsWith(suffix)
          && fields[STATE].equals(LISTENING)) {
        sockets.add("socket:[" + fields[INODE] + "]");
      }
    }
  }

  private static boolean holdsOne(long pid, Set<String> sockets) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path file : files) {
        if (Files.isSymbolicLink(file)
            && sockets.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // another user's, or gone by now
    }
    return false;
  }
}
