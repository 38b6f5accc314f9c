package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that holds run directories, and our books about them:
 *
 * <pre>
 * mesh-3fk2a9/                a run directory
 * .pilothouse/locks/mesh-3fk2a9    locked by its owner; there before the folder and after it
 * .pilothouse/ports/20731 -> mesh-3fk2a9
 * .pilothouse/kept/mesh -> mesh-3fk2a9
 * </pre>
 *
 * <p>A lock lies beside its folder and not in it, because whoever copies the folder within the
 * owner's JVM would open the file, and so drop the lock (see {@link OwnerLock}). A folder that the
 * books do not know is not ours, and never touched. Whatever names a run is deleted only by who
 * holds its lock; names are never used twice; so no further lock is needed.
 */
final class RunRoot {
  private static final Logger LOG = LoggerFactory.getLogger(RunRoot.class);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}");
  private static final Duration LOCK_DEADLINE = Duration.ofSeconds(2);

  private final Path path;
  private final Path locks;
  private final Path keeps;
  private final PortReservations ports;

  private RunRoot(Path path) throws IOException {
    this.path = path;
    Path books = path.resolve(".pilothouse");
    this.locks = books.resolve("locks");
    this.keeps = books.resolve("kept");
    PrivateFiles.makeDirectories(path, locks);
    PrivateFiles.makeDirectories(path, keeps);
    PrivateFiles.makeDirectories(path, books.resolve("ports"));
    this.ports = new PortReservations(books.resolve("ports"));
  }

  static Path defaultPath() {
    String chosen = System.getenv("PILOTHOUSE_RUN_ROOT");
    return chosen != null && !chosen.isEmpty()
        ? Path.of(chosen).toAbsolutePath()
        : Path.of(
                System.getProperty("java.io.tmpdir"),
                "pilothouse-" + System.getProperty("user.name"))
            .toAbsolutePath();
  }

  static RunRoot at(Path root) {
    if (!MarkedProcesses.supported()) {
      throw new ToolboxException(
          "opening a run directory under " + root,
          "there is no /proc/self/environ to find processes by",
          "run processes on Linux (or WSL 2), with /proc mounted",
          null,
          null);
    }
    try {
      Path absolute = root.toAbsolutePath().normalize();
      if (!Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
        Path parent = absolute.getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        try {
          Files.createDirectory(absolute, PrivateFiles.DIRECTORY_MODE);
        } catch (FileAlreadyExistsException e) {
          LOG.debug("Another process has just made {}", absolute, e);
        }
      }
      refuseForeign(absolute);
      return new RunRoot(absolute.toRealPath());
    } catch (IOException e) {
      throw new ToolboxException(
          "opening the folder of run directories " + root,
          reason(e),
          "name another in the environment variable PILOTHOUSE_RUN_ROOT",
          null,
          e);
    }
  }

  private static void refuseForeign(Path root) throws IOException {
    if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("it is no folder (a symbolic link to one is refused too)");
    }
    Object owner = Files.getAttribute(root, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!owner.equals(self)) {
      throw new IOException("it belongs to the user " + owner + ", and we are " + self);
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(root, LinkOption.NOFOLLOW_LINKS);
    if (mode.contains(PosixFilePermission.GROUP_WRITE)
        || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException("others can write to it (chmod 700 mends that)");
    }
  }

  PortReservations ports() {
    return ports;
  }

  LocalRunDirectory open(String name) {
    String tried = "opening the run directory " + name + " under " + path;
    if (!NAME.matcher(name).matches()) {
      String text =
          "a name is 1 to 40 letters, digits, '.', '_' and '-', and begins with one of the first two";
      throw new ToolboxException(tried, text, "", null, null);
    }
    sweep();
    try {
      while (true) {
        String random = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
        String folder = name + "-" + random;
        Optional<OwnerLock> lock = OwnerLock.create(locks.resolve(folder));
        if (lock.isPresent()) {
          return open(name, folder, lock.get());
        }
      }
    } catch (IOException e) {
      throw new ToolboxException(tried, reason(e), "", path, e);
    }
  }

  private LocalRunDirectory open(String name, String folder, OwnerLock lock) throws IOException {
    try {
      Path directory = Files.createDirectory(path.resolve(folder), PrivateFiles.DIRECTORY_MODE);
      return new LocalRunDirectory(this, name, directory, lock, false);
    } catch (IOException | RuntimeException e) {
      try (lock) {
        remove(folder, lock);
      }
      throw e;
    }
  }

  Optional<RunDirectory> find(String name) {
    String tried = "taking over the kept run " + name + " under " + path;
    try {
      Path keep = keeps.resolve(name);
      if (!NAME.matcher(name).matches() || !Files.isSymbolicLink(keep)) {
        return Optional.empty();
      }
      String folder = Files.readSymbolicLink(keep).toString();
      Path lockFile = locks.resolve(folder);
      // A sweep in another JVM may hold the lock for a moment, to look whether the run still lives.
      long deadline = System.nanoTime() + LOCK_DEADLINE.toNanos();
      Optional<OwnerLock> lock = OwnerLock.take(lockFile);
      while (lock.isEmpty() && Files.exists(lockFile)) {
        if (System.nanoTime() > deadline) {
          String text = path.resolve(folder) + " is owned by " + OwnerLock.holder(lockFile);
          throw new ToolboxException(tried, text, "close it there first", null, null);
        }
        Thread.sleep(5);
        lock = OwnerLock.take(lockFile);
      }
      return lock.map(l -> new LocalRunDirectory(this, name, path.resolve(folder), l, true));
    } catch (IOException e) {
      throw new ToolboxException(tried, reason(e), "", path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolboxException(tried, "this thread was interrupted", "", null, e);
    }
  }

  List<String> kept() {
    try {
      return List.copyOf(names(keeps));
    } catch (IOException e) {
      throw new ToolboxException("listing the kept runs under " + path, reason(e), "", path, e);
    }
  }

  /** Called by who holds the run's lock. */
  void keep(String name, String folder) {
    String tried = "keeping the run " + path.resolve(folder) + " as " + name;
    Path keep = keeps.resolve(name);
    try {
      for (int attempt = 0; attempt < 2; attempt++) {
        try {
          Files.createSymbolicLink(keep, Path.of(folder));
          return;
        } catch (FileAlreadyExistsException e) {
          String other = Files.readSymbolicLink(keep).toString();
          if (other.equals(folder)) {
            return;
          }
          sweep(other); // It may be one that lives no more.
        }
      }
      throw new ToolboxException(
          tried, "a run of that name is kept already", "find and delete it first", keep, null);
    } catch (IOException e) {
      throw new ToolboxException(tried, reason(e), "", path, e);
    }
  }

  /** Deletes what names the run, and the run; the lock's file last. Its processes are gone. */
  void remove(String folder, OwnerLock lock) throws IOException {
    ports.release(folder);
    PrivateFiles.deleteTree(path.resolve(folder));
    for (String name : names(keeps)) {
      Path keep = keeps.resolve(name);
      if (Files.readSymbolicLink(keep).toString().equals(folder)) {
        Files.deleteIfExists(keep);
      }
    }
    lock.delete();
  }

  /** Ends what dead owners have left under this root. */
  private void sweep() {
    try {
      Set<String> runs = names(locks);
      runs.addAll(ports.owners());
      for (String value : MarkedProcesses.values(MarkedProcesses.RUN)) {
        Path run = Path.of(value);
        if (path.equals(run.getParent())) {
          runs.add(run.getFileName().toString());
        }
      }
      for (String run : runs) {
        sweep(run);
      }
    } catch (IOException e) {
      LOG.warn("Cannot look for leftovers under {}", path, e);
    }
  }

  private void sweep(String folder) {
    Path directory = path.resolve(folder);
    Path lockFile = locks.resolve(folder);
    if (directory.toString().equals(System.getenv(MarkedProcesses.RUN))) {
      return; // This JVM itself is a process of that run.
    }
    try {
      boolean locked = Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS);
      if (!locked && Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        return; // Somebody has deleted the lock's file: nothing tells that the owner is dead.
      }
      Optional<OwnerLock> lock = locked ? OwnerLock.take(lockFile) : OwnerLock.create(lockFile);
      if (lock.isEmpty()) {
        return;
      }
      try (OwnerLock held = lock.get()) {
        String run = directory.toString();
        if (isKept(folder) && !MarkedProcesses.with(MarkedProcesses.RUN, run).isEmpty()) {
          return;
        }
        Ending.end(run, () -> MarkedProcesses.with(MarkedProcesses.RUN, run), Duration.ZERO);
        remove(folder, held);
        LOG.info("Removed {}, which a dead process had left", directory);
      }
    } catch (IOException | ToolboxException e) {
      LOG.warn("Cannot remove the leftover {}: {}", directory, e.toString());
    }
  }

  private boolean isKept(String folder) throws IOException {
    for (String name : names(keeps)) {
      if (Files.readSymbolicLink(keeps.resolve(name)).toString().equals(folder)) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> names(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    }
    return names;
  }

  /** The system's own words; the file is named where the exception knows it. */
  static String reason(IOException e) {
    String text = e.getMessage();
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return e.getClass().getSimpleName() + ": " + text;
    }
    return text == null ? e.toString() : text;
  }
}
