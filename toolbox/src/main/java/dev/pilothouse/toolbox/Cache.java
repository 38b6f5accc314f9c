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

/**
 * The folder that keeps what was provided. An entry is a folder under {@code entries}; it appears
 * there by one rename, complete, and never changes. It is made in a run directory under {@code
 * drafts} (so that nothing stays when the JVM is killed), by the owner of a lock under {@code
 * locks}.
 */
final class Cache {
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
   * A complete entry. The name of an entry is its key and perhaps, after an @, the toolchain that
   * made it; any toolchain's will do, the newest is preferred.
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
    return name.equals(key) || name.startsWith(key + "@");
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
    try (Stream<Path> entries = Files.list(entries())) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("looking into the cache", e);
    }
  }

  /** A new folder to make entries in; what killed JVMs left of theirs is removed first. */
  RunDirectory newDraft(String name) {
    return RunDirectory.open(directory.resolve("drafts"), name);
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

  /** Takes an entry out of the cache, by one rename too. */
  void remove(Path entry) {
    try (RunDirectory draft = newDraft("damaged")) {
      Files.move(entry, draft.path().resolve("entry"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed("removing the damaged " + entry, e);
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
        ToolboxException.reason(e),
        "the cache has to be a writable folder with space for about 2 GB; PILOTHOUSE_CACHE names"
            + " another one",
        directory,
        e);
  }
}
