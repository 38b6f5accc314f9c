package dev.pilothouse.cluster;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Tells a client that has sent all and still reads from one that has gone: to a socket both look
 * alike. The kernel knows, and Linux tells: what nobody holds any more has no inode.
 */
final class LoopbackPeer {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final int LOCAL_ADDRESS = 1;
  private static final int REMOTE_ADDRESS = 2;
  private static final int INODE = 9;
  private static final String NONE = "0";

  private final String local;
  private final String remote;

  /** The other end of a socket that both ends hold on this machine. */
  LoopbackPeer(Socket socket) {
    this.local = suffix(socket.getPort());
    this.remote = suffix(socket.getLocalPort());
  }

  /** Whether no process has it any more; false also where the system does not tell. */
  boolean gone() {
    try {
      for (Path table : TABLES) {
        for (String line : Files.readAllLines(table)) {
          String[] fields = line.strip().split("\\s+", -1);
          if (fields.length > INODE
              && fields[LOCAL_ADDRESS].endsWith(local)
              && fields[REMOTE_ADDRESS].endsWith(remote)
              && fields[INODE].equals(NONE)) {
            return true;
          }
        }
      }
    } catch (IOException e) {
      return false; // not Linux
    }
    return false; // A table that changes while it is read may lack a line.
  }

  private static String suffix(int port) {
    return String.format(Locale.ROOT, ":%04X", port);
  }
}
