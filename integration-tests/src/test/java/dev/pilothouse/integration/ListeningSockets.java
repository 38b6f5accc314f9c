package dev.pilothouse.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The TCP addresses that processes listen on, from {@code /proc}. */
final class ListeningSockets {
  /** 127.0.0.1, as the kernel writes it on a little-endian machine. */
  static final String LOOPBACK = "0100007F";

  /** Number, local address and port, remote address, state (0A listens), …, inode. */
  private static final Pattern LISTENING =
      Pattern.compile(
          "\\s*\\d+: (\\p{XDigit}+):\\p{XDigit}{4} \\S+ 0A \\S+ \\S+ \\S+\\s+\\d+\\s+\\d+ (\\d+) .*");

  private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

  private ListeningSockets() {}

  /** The addresses, without ports, of all processes whose working directory is a folder. */
  static List<String> addressesOf(Path folder) throws IOException {
    Set<String> inodes = new HashSet<>();
    for (ProcessHandle process : Processes.below(folder)) {
      try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
        for (Path file : files.toList()) {
          Matcher socket = SOCKET.matcher(target(file));
          if (socket.matches()) {
            inodes.add(socket.group(1));
          }
        }
      }
    }
    List<String> addresses = new ArrayList<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        Matcher listening = LISTENING.matcher(line);
        if (listening.matches() && inodes.contains(listening.group(2))) {
          addresses.add(listening.group(1));
        }
      }
    }
    return addresses;
  }

  private static String target(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException closed) {
      return "";
    }
  }
}
