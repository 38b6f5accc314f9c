package dev.pilothouse.delve;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who set a breakpoint. Delve's breakpoints have names of letters and digits: ours tell the
 * machine, the process, when it was started, and the session, so that a later session can know what
 * a killed JVM has left.
 *
 * @param machine a hash of the machine's boot and the process's namespace
 * @param pid the process
 * @param started when it was started, in milliseconds since the epoch
 * @param session the session, counted within the process
 */
record Owner(String machine, long pid, long started, int session) {
  private static final Pattern NAME =
      Pattern.compile("Pilothouse([0-9a-f]{8})P(\\d{1,18})S(\\d{1,18})N(\\d{1,9})X\\d+");

  /** State of the whole JVM, because the names are: a closed session's leftovers have no owner. */
  private static final Set<Integer> OPEN = ConcurrentHashMap.newKeySet();

  private static final AtomicInteger SESSIONS = new AtomicInteger();

  /** A new session of this process. */
  static Owner open() {
    int session = SESSIONS.incrementAndGet();
    OPEN.add(session);
    ProcessHandle self = ProcessHandle.current();
    return new Owner(thisMachine(), self.pid(), startOf(self), session);
  }

  /** The owner that a breakpoint's name tells; empty when it is none of ours. */
  static Optional<Owner> of(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new Owner(
            Objects.requireNonNull(matcher.group(1)),
            Long.parseLong(matcher.group(2)),
            Long.parseLong(matcher.group(3)),
            Integer.parseInt(matcher.group(4))));
  }

  void close() {
    OPEN.remove(session);
  }

  /** The name of its breakpoint of that number. */
  String name(int number) {
    return "Pilothouse%sP%dS%dN%dX%d".formatted(machine, pid, started, session, number);
  }

  /** Whether it is certain that nobody will ever come back to this breakpoint. */
  boolean gone() {
    if (!machine.equals(thisMachine())) {
      return false; // Nothing is known of processes elsewhere.
    }
    ProcessHandle self = ProcessHandle.current();
    if (pid == self.pid() && started == startOf(self)) {
      return !OPEN.contains(session);
    }
    return ProcessHandle.of(pid).filter(p -> p.isAlive() && startOf(p) == started).isEmpty();
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String thisMachine() {
    return Machine.ID;
  }

  /** Looked up once. */
  private static final class Machine {
    static final String ID = "%08x".formatted(describe().hashCode());

    private static String describe() {
      try {
        String boot =
            Files.readString(
                Path.of("/proc/sys/kernel/random/boot_id"), StandardCharsets.ISO_8859_1);
        return boot.strip() + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
      } catch (IOException e) {
        return InetAddress.getLoopbackAddress() + System.getProperty("os.name", "");
      }
    }
  }
}
