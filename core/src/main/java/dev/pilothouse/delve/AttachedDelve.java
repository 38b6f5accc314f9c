package dev.pilothouse.delve;

import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code dlv attach}. Its run is kept: a Delve that is killed while breakpoints are set leaves
 * them in the program, which dies of the first. So it survives this JVM's death, and the next
 * session with the same process finds it and uses it.
 */
final class AttachedDelve implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AttachedDelve.class);
  private static final Duration STOP_GRACE = Duration.ofSeconds(5);
  private static final Duration TO_CONNECT = Duration.ofSeconds(2);
  private static final String PORT = "port";
  private static final int LOG_LINES = 10;
  private static final long SIGTRAP = 1L << 4;

  private final long pid;
  private final RunDirectory directory;
  private final int port;
  private final @Nullable ManagedProcess process;

  private AttachedDelve(
      long pid, RunDirectory directory, int port, @Nullable ManagedProcess process) {
    this.pid = pid;
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  static AttachedDelve to(long pid, Toolbox toolbox) {
    String tried = "attaching to process " + pid;
    ProcessHandle target =
        ProcessHandle.of(pid)
            .orElseThrow(
                () -> new DelveException(Kind.ATTACH, tried, "there is no such process", "", null));
    String name =
        "delve-%d-%d"
            .formatted(pid, target.info().startInstant().map(i -> i.toEpochMilli()).orElse(0L));
    try {
      Optional<AttachedDelve> left =
          RunDirectory.find(RunDirectory.defaultRoot(), name).flatMap(d -> left(pid, d));
      if (left.isPresent()) {
        return left.get();
      }
      Path dlv = toolbox.require(Tool.DLV).path();
      RunDirectory directory = RunDirectory.open(name);
      boolean started = false;
      try {
        AttachedDelve delve = start(pid, dlv, directory);
        started = true;
        return delve;
      } finally {
        if (!started) {
          directory.delete();
        }
      }
    } catch (ToolboxException e) {
      throw new DelveException(Kind.ATTACH, tried, String.valueOf(e.getMessage()), "", e);
    }
  }

  /** What a session that is gone has left; empty when it is of no use, and removed. */
  private static Optional<AttachedDelve> left(long pid, RunDirectory directory) {
    AttachedDelve delve = null;
    try {
      int port = Integer.parseInt(Files.readString(directory.path().resolve(PORT)).strip());
      delve = new AttachedDelve(pid, directory, port, null);
    } catch (IOException | NumberFormatException e) {
      LOG.debug("The JVM was killed before it had started dlv", e);
    }
    if (delve == null || !delve.listens()) {
      LOG.info("Removing what a session that is gone has left of its dlv at process {}", pid);
      directory.delete();
      return Optional.empty();
    }
    LOG.info("Using the dlv that a session that is gone has left at process {}", pid);
    return Optional.of(delve);
  }

  /** Whether somebody takes connections there. */
  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(address(), (int) TO_CONNECT.toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static AttachedDelve start(long pid, Path dlv, RunDirectory directory) {
    int port = directory.reservePort();
    directory.write(PORT, Integer.toString(port));
    directory.keep();
    ProcessSpec spec =
        new ProcessSpec(
            "dlv",
            List.of(
                dlv.toString(),
                "attach",
                Long.toString(pid),
                "--headless",
                "--continue",
                "--accept-multiclient",
                "--api-version=2",
                "--check-go-version=false",
                "--listen=127.0.0.1:" + port),
            // Its settings are nobody's: it would make a folder in the user's.
            Map.of("XDG_CONFIG_HOME", directory.path().toString()),
            directory.path(),
            STOP_GRACE);
    return new AttachedDelve(pid, directory, port, directory.start(spec));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Whether it has ended by itself. */
  boolean gone() {
    return process != null && !process.alive();
  }

  /**
   * Whether a SIGTRAP is on its way to the process, by which Delve stops it when it is asked to. A
   * program that is detached from then dies of it.
   */
  boolean signalPending() {
    Path process = Path.of("/proc", Long.toString(pid));
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      return Stream.concat(Stream.of(process), threads).anyMatch(AttachedDelve::trapPending);
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("Process {} is gone", pid, e);
      return false;
    }
  }

  private static boolean trapPending(Path process) {
    try (Stream<String> status = Files.lines(process.resolve("status"))) {
      return status
          .filter(line -> line.startsWith("SigPnd:") || line.startsWith("ShdPnd:"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & SIGTRAP) != 0);
    } catch (IOException e) {
      return false; // A thread that has ended.
    }
  }

  /** Why nobody can be reached there. */
  DelveException failure(String tried, boolean exited, String seen) {
    List<String> log = process == null ? List.of() : process.logTail(LOG_LINES);
    String words = String.join(System.lineSeparator(), log);
    return new DelveException(
        Kind.ATTACH,
        tried,
        (exited ? "dlv has ended: " : "dlv does not listen (" + seen + "): ") + words,
        advice(words),
        null);
  }

  private static String advice(String words) {
    if (words.contains("ptrace_scope") || words.contains("operation not permitted")) {
      return "tracing takes the same user and kernel.yama.ptrace_scope=0, or root; in a container"
          + " the capability SYS_PTRACE. A program that Delve starts (IstiodSpec.withDelve) needs"
          + " none of that";
    }
    if (words.contains("already being debugged")) {
      return "attach to the debugger that has it, or end that one";
    }
    return "";
  }

  /** Ends it. It has detached by then, or does so when it is asked to end. */
  @Override
  public void close() {
    try {
      if (process != null) {
        process.close();
      }
      directory.delete();
    } catch (ToolboxException e) {
      LOG.warn("The dlv at process {} could not be ended: {}", pid, e.getMessage());
    }
  }
}
