package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder that holds run directories, and our books about them:
 *
 * <pre>
 * mesh-3fk2a9/                             a run directory
 * .pilothouse/locks/mesh-3fk2a9            locked by its owner; older than the folder, and outlives it
 * .pilothouse/ports/20731 -> mesh-3fk2a9   a port that it has
 * .pilothouse/kept/mesh -> mesh-3fk2a9     it is kept, under this name
 * .pilothouse/self/id -> 1x9k0qz7          tells this root from all others
 * </pre>
 *
 * <p>A lock lies beside its folder and not in it, because whoever copies the folder within the
 * owner's JVM would open the file, and so drop the lock (see {@link OwnerLock}). A folder that the
 * books do not know is not ours, and never touched. Whatever names a run is deleted only by who
 * holds its lock, and no two runs ever have the same folder name; so no further lock is needed.
 */
final class RunRoot {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}");

  /** A name, and what makes it unique. */
  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,60}");

  private static final String ID = "id";

  /** A sweep may hold a lock for a moment, to look whether a kept run still lives. */
  private static final Duration LOCK_DEADLINE = Duration.ofSeconds(2);

  private final Path path;
  private final Path locks;
  private final RunLinks keeps;
  private final RunLinks portLinks;
  private final PortReservations ports;
  private final String id;

  private RunRoot(Path path) throws IOException {
    this.path = path;
    Path books = path.resolve(".pilothouse");
    this.locks = PrivateFiles.makeDirectories(path, books.resolve("locks"));
    this.keeps = new RunLinks(PrivateFiles.makeDirectories(path, books.resolve("kept")));
    this.portLinks = new RunLinks(PrivateFiles.makeDirectories(path, books.resolve("ports")));
    this.ports = new PortReservations(portLinks, PortReservations.Range.ofThisMachine());
    this.id = id(new RunLinks(PrivateFiles.makeDirectories(path, books.resolve("self"))));
  }

  private static String id(RunLinks links) throws IOException {
    Optional<String> known = links.owner(ID);
    if (known.isEmpty()) {
      links.claim(ID, random());
      known = links.owner(ID); // of whoever was first
    }
    return known.orElseThrow(() -> new IOException("its id cannot be read"));
  }

  private static String random() {
    return Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
  }

  static Path defaultPath() {
    String chosen = System.getenv("PILOTHOUSE_RUN_ROOT");
    if (chosen != null && !chosen.isEmpty()) {
      return Path.of(chosen).toAbsolutePath();
    }
    String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
    return Path.of(System.getProperty("java.io.tmpdir"), "pilothouse-" + user).toAbsolutePath();
  }

  /** Makes the folder if it is missing, and refuses one that others can meddle with. */
  static RunRoot at(Path root) {
    String tried = "opening the folder of run directories " + root;
    if (!MarkedProcesses.supported()) {
      String text = "there is no /proc/self/environ to find processes by";
      String toDo = "run processes on Linux (or WSL 2), with /proc mounted";
      throw new ToolboxException(tried, text, toDo, null, null);
    }
    try {
      Path absolute = root.toAbsolutePath().normalize();
      if (!Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
        make(absolute);
      }
      refuseForeign(absolute);
      return new RunRoot(absolute.toRealPath());
    } catch (IOException e) {
      String toDo = "mend it, or name another in the environment variable PILOTHOUSE_RUN_ROOT";
      throw new ToolboxException(tried, ToolboxException.reason(e), toDo, null, e);
    }
  }

  private static void make(Path root) throws IOException {
    Path parent = root.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(root, PrivateFiles.DIRECTORY_MODE);
    } catch (FileAlreadyExistsException e) {
      return; // Another process was quicker; whether it is good is looked at next.
    }
  }

  private static void refuseForeign(Path root) throws IOException {
    if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("it is no folder (a symbolic link to one is refused too)");
    }
    Object owner = Files.getAttribute(root, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!owner.equals(self)) {
      throw new IOException("it belongs to user id " + owner + ", and we are user id " + self);
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(root, LinkOption.NOFOLLOW_LINKS);
    if (mode.contains(PosixFilePermission.GROUP_WRITE)
        || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException("others can write to it (chmod 700 mends that)");
    }
  }

  Path path() {
    return path;
  }

  Path directory(String run) {
    return path.resolve(run);
  }

  Path lockFile(String run) {
    return locks.resolve(run);
  }

  RunLinks keeps() {
    return keeps;
  }

  PortReservations ports() {
    return ports;
  }

  String id(String run) {
    return id + "." + run;
  }

  RunDirectory.Owner ownerOf(String runId) {
    String run = runId.startsWith(id("")) ? runId.substring(id("").length()) : "";
    if (!RUN.matcher(run).matches()) {
      return RunDirectory.Owner.UNKNOWN;
    }
    try {
      Path lockFile = lockFile(run);
      if (!Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS)) {
        return RunDirectory.Owner.DEAD;
      }
      Optional<OwnerLock> lock = OwnerLock.take(lockFile);
      if (lock.isPresent()) {
        lock.get().close();
        return RunDirectory.Owner.DEAD;
      }
      return RunDirectory.Owner.ALIVE;
    } catch (IOException e) {
      String tried = "looking who owns the run " + runId + " under " + path;
      throw new ToolboxException(tried, ToolboxException.reason(e), "", path, e);
    }
  }

  /** All runs that the books name. */
  Set<String> knownRuns() throws IOException {
    try (Stream<Path> files = Files.list(locks)) {
      Set<String> runs =
          files
              .map(file -> file.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new));
      runs.addAll(keeps.all().values());
      runs.addAll(portLinks.all().values());
      return runs;
    }
  }

  LocalRunDirectory open(String name) {
    String tried = "opening the run directory " + name + " under " + path;
    if (!NAME.matcher(name).matches()) {
      String text = "a name is 1 to 40 letters, digits, '.', '_', '-', and begins with no sign";
      throw new ToolboxException(tried, text, "", null, null);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new ToolboxException(tried, "this thread was interrupted", "", null, null);
    }
    new Sweep(this).all();
    try {
      while (true) {
        String run = name + "-" + random();
        Optional<OwnerLock> lock = OwnerLock.create(lockFile(run));
        if (lock.isPresent()) {
          return open(name, run, lock.get());
        }
      }
    } catch (IOException e) {
      throw new ToolboxException(tried, ToolboxException.reason(e), "", path, e);
    }
  }

  private LocalRunDirectory open(String name, String run, OwnerLock lock) throws IOException {
    try {
      Path directory = Files.createDirectory(directory(run), PrivateFiles.DIRECTORY_MODE);
      return new LocalRunDirectory(this, name, directory, lock, false);
    } catch (IOException | RuntimeException e) {
      try (lock) {
        remove(run, lock);
      }
      throw e;
    }
  }

  Optional<RunDirectory> find(String name) {
    String tried = "taking over the kept run " + name + " under " + path;
    try {
      Optional<String> run = NAME.matcher(name).matches() ? keeps.owner(name) : Optional.empty();
      if (run.isEmpty()) {
        return Optional.empty();
      }
      Path directory = directory(run.get());
      long deadline = System.nanoTime() + LOCK_DEADLINE.toNanos();
      while (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        Path lockFile = lockFile(run.get());
        Optional<OwnerLock> lock =
            Files.exists(lockFile) ? OwnerLock.take(lockFile) : OwnerLock.create(lockFile);
        if (lock.isPresent()) {
          return Optional.of(new LocalRunDirectory(this, name, directory, lock.get(), true));
        }
        if (System.nanoTime() > deadline) {
          String text = directory + " is owned by " + OwnerLock.holder(lockFile);
          throw new ToolboxException(tried, text, "close it there first", null, null);
        }
        Thread.sleep(5);
      }
      return Optional.empty(); // It was deleted meanwhile.
    } catch (IOException e) {
      throw new ToolboxException(tried, ToolboxException.reason(e), "", path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolboxException(tried, "this thread was interrupted", "", null, e);
    }
  }

  List<String> kept() {
    try {
      return List.copyOf(keeps.all().keySet());
    } catch (IOException e) {
      String tried = "listing the kept runs under " + path;
      throw new ToolboxException(tried, ToolboxException.reason(e), "", path, e);
    }
  }

  /** Only for who holds the run's lock. */
  void keep(String name, String run) {
    String tried = "keeping the run " + directory(run) + " under the name " + name;
    try {
      Optional<String> other = keeps.owner(name);
      if (other.isPresent() && !other.get().equals(run)) {
        new Sweep(this).one(other.get()); // It may be dead.
      }
      if (!keeps.claim(name, run) && !keeps.owner(name).equals(Optional.of(run))) {
        String text = "a run of that name is kept already";
        throw new ToolboxException(tried, text, "find and delete it first", path, null);
      }
    } catch (IOException e) {
      throw new ToolboxException(tried, ToolboxException.reason(e), "", path, e);
    }
  }

  /** Deletes a run whose processes are gone, and all that names it; the lock's file last. */
  void remove(String run, OwnerLock lock) throws IOException {
    portLinks.releaseAll(run);
    PrivateFiles.deleteTree(directory(run));
    keeps.releaseAll(run);
    lock.delete();
  }
}
