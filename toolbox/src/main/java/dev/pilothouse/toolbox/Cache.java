package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that keeps what was provided. An entry is a folder under {@code entries}; it appears
 * there by one rename, complete, and never changes. It is made under {@code drafts} by the owner of
 * the lock of the same name under {@code locks}; a draft whose lock is free was left behind.
 */
final class Cache {
  private static final Logger LOG = LoggerFactory.getLogger(Cache.class);
  private static final char DRAFT_SEPARATOR = '~';

  private final Path directory;

  Cache(Path directory) {
    this.directory = directory;
  }

  /** {@code PILOTHOUSE_CACHE}, else {@code pilothouse} in the user's cache folder. */
  static Path defaultDirectory(Map<String, String> environment) {
    String own = environment.getOrDefault("PILOTHOUSE_CACHE", "");
    if (!own.isEmpty()) {
      return Path.of(own).toAbsolutePath();
    }
    String user = environment.getOrDefault("XDG_CACHE_HOME", "");
    if (user.isEmpty()) {
      String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
      user = Path.of(home, ".cache").toString();
    }
    return Path.of(user, "pilothouse").toAbsolutePath();
  }

  Path directory() {
    return directory;
  }

  Path probes() {
    return directory.resolve("probes");
  }

  /**
   * A complete entry. The name of an entry is its key and, after a dash, the toolchain that made
   * it; any toolchain's will do, the newest is preferred.
   */
  Optional<Path> entry(String key) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(entries(), key + "*")) {
      return StreamSupport.stream(entries.spliterator(), false)
          .filter(entry -> isNamed(entry, key))
          .max(Comparator.naturalOrder());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("looking into the cache", e);
    }
  }

  private static boolean isNamed(Path entry, String key) {
    String name = entry.getFileName().toString();
    return name.equals(key) || name.startsWith(key + "-");
  }

  /** Takes the lock for making the entries of one recipe. */
  CacheLock lock(String name, Runnable whenTaken) throws InterruptedException {
    try {
      Path file = makeDirectory("locks").resolve(name);
      Optional<CacheLock> lock = CacheLock.tryTake(file);
      if (lock.isPresent()) {
        return lock.get();
      }
      whenTaken.run();
      return CacheLock.take(file);
    } catch (java.nio.channels.FileLockInterruptionException e) {
      throw new InterruptedException("interrupted while waiting for another provisioning");
    } catch (IOException e) {
      throw failed("locking " + name, e);
    }
  }

  /** Takes the lock if it is free at this moment. */
  Optional<CacheLock> tryLock(String name) throws IOException {
    return CacheLock.tryTake(makeDirectory("locks").resolve(name));
  }

  /** All complete entries. */
  List<Path> all() {
    return children(entries());
  }

  /** A new folder to make entries in; the caller owns the lock of this name. */
  Path newDraft(String lockName) {
    try {
      return Files.createTempDirectory(makeDirectory("drafts"), lockName + DRAFT_SEPARATOR);
    } catch (IOException e) {
      throw failed("making a folder for a build", e);
    }
  }

  /** Deletes what killed JVMs left: drafts whose lock is free, or owned by the caller. */
  void sweep(String ownLockName) {
    Path drafts = directory.resolve("drafts");
    for (Path draft : children(drafts)) {
      String lockName = lockNameOf(draft);
      if (lockName.equals(ownLockName)) {
        deleteLeftover(draft);
        continue;
      }
      try (CacheLock lock =
          CacheLock.tryTake(directory.resolve("locks").resolve(lockName)).orElse(null)) {
        if (lock != null) {
          deleteLeftover(draft);
        }
      } catch (IOException e) {
        LOG.warn("Cannot tell whether {} is still in use", draft, e);
      }
    }
  }

  private static String lockNameOf(Path draft) {
    String name = draft.getFileName().toString();
    int separator = name.lastIndexOf(DRAFT_SEPARATOR);
    return separator < 0 ? name : name.substring(0, separator);
  }

  private void deleteLeftover(Path draft) {
    LOG.info("Deleting {}, which a killed process left", draft);
    discard(draft);
  }

  /** Makes a finished folder an entry. The caller owns the lock, so no other can be in its way. */
  Path publish(Path finished, String name) {
    try {
      Path entry = makeDirectory("entries").resolve(name);
      return Files.move(finished, entry, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed("putting " + name + " into the cache", e);
    }
  }

  /** Takes an entry out of the cache, by one rename first. */
  void remove(Path entry, String ownLockName) {
    Path draft = newDraft(ownLockName);
    try {
      Files.move(entry, draft.resolve("damaged"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed("removing the damaged " + entry, e);
    }
    discard(draft);
  }

  /** Deletes a draft; one that cannot be deleted is left to the next sweep. */
  void discard(Path draft) {
    try {
      PrivateFiles.deleteTree(draft);
    } catch (IOException e) {
      LOG.warn("Cannot delete {}", draft, e);
    }
  }

  private List<Path> children(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("looking into " + folder, e);
    }
  }

  private Path entries() {
    return directory.resolve("entries");
  }

  private Path makeDirectory(String name) throws IOException {
    return Files.createDirectories(directory.resolve(name), PrivateFiles.DIRECTORY_MODE);
  }

  private ToolboxException failed(String tried, IOException e) {
    return new ToolboxException(
        tried + " (cache " + directory + ")",
        e.toString(),
        "the cache has to be a writable folder with space for about 2 GB; PILOTHOUSE_CACHE names"
            + " another one",
        directory,
        e);
  }
}
