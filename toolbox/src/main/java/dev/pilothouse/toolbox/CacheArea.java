package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A part of the toolbox's cache for folders that others make: sources, build results. A folder is
 * known by a key that names all that went in; it is made once, however many threads and JVMs ask at
 * a time, appears by one rename, complete, and never changes. What a killed JVM left half-made is
 * deleted by the next one.
 *
 * <p>Safe for use by several threads and JVMs.
 *
 * <pre>{@code
 * CacheArea area = CacheArea.of(toolbox, "istiod");
 * Path made = area.provide(key, () -> {}, folder -> compileInto(folder));
 * area.prune(10, entry -> false);
 * }</pre>
 */
public final class CacheArea {
  /** A few locks serve all keys, so that they do not pile up as keys come and go. */
  private static final int LOCK_NAME_LENGTH = 2;

  private final Cache cache;

  private CacheArea(Cache cache) {
    this.cache = cache;
  }

  /**
   * An area of the cache.
   *
   * @param toolbox whose cache
   * @param name the area's name; a file name
   * @return the area
   */
  public static CacheArea of(Toolbox toolbox, String name) {
    return new CacheArea(new Cache(toolbox.cacheDirectory().resolve(name)));
  }

  /** Fills a new folder. */
  @FunctionalInterface
  public interface Maker {
    /**
     * Fills the folder. If it throws, the folder is deleted.
     *
     * @param folder an empty folder, readable by its owner alone
     * @throws IOException if it cannot be written
     */
    void make(Path folder) throws IOException;
  }

  /**
   * Looks for a folder, and marks it as used now.
   *
   * @param key its key
   * @return the folder, or empty when it is not there
   * @throws ToolboxException if the cache cannot be read
   */
  public Optional<Path> find(String key) {
    Optional<Path> entry = cache.entry(key);
    try {
      if (entry.isPresent()) {
        Files.setLastModifiedTime(entry.get(), FileTime.from(Instant.now()));
      }
      // Looked at again: pruning that did not see the mark yet has taken it away by now.
      return entry.filter(Files::isDirectory);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Finds a folder, or makes it.
   *
   * @param key its key: letters, digits and dashes, the more alike the fewer at the start
   * @param waiting is run when another thread or JVM is making a folder, before waiting for it
   * @param maker fills the folder if it is not there
   * @return the folder; not to be written to
   * @throws ToolboxException if the cache cannot be written, or the thread is interrupted while it
   *     waits; and whatever the maker throws
   */
  public Path provide(String key, Runnable waiting, Maker maker) {
    Optional<Path> entry = find(key);
    return entry.isPresent() ? entry.get() : make(key, waiting, maker);
  }

  private Path make(String key, Runnable waiting, Maker maker) {
    String lockName = lockName(key);
    CacheLock lock = lock(lockName, waiting);
    try {
      Optional<Path> madeMeanwhile = find(key);
      if (madeMeanwhile.isPresent()) {
        return madeMeanwhile.get();
      }
      try (RunDirectory draft = cache.newDraft(lockName)) {
        Path folder =
            Files.createDirectory(draft.path().resolve("out"), PrivateFiles.DIRECTORY_MODE);
        maker.make(folder);
        return cache.publish(folder, key);
      }
    } catch (IOException e) {
      throw new ToolboxException(
          "making " + key + " in " + cache.directory(), e.toString(), "", cache.directory(), e);
    } finally {
      lock.close();
    }
  }

  private CacheLock lock(String lockName, Runnable waiting) {
    try {
      return cache.lock(lockName, waiting);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolboxException(
          "waiting for another use of the cache", "this thread was interrupted", "", null, e);
    }
  }

  /**
   * Deletes the folders that were not used for longest. One that is being used at this moment is
   * not deleted.
   *
   * @param keep how many to keep, the last used ones
   * @param inUse says of a folder whether it is to be kept in any case
   * @return the folders that were deleted
   * @throws ToolboxException if the cache cannot be read or written
   */
  public List<Path> prune(int keep, Predicate<Path> inUse) {
    return cache.all().stream()
        .sorted(Comparator.comparing(CacheArea::used).reversed())
        .skip(keep)
        .filter(inUse.negate())
        .filter(this::removeUnlessUsed)
        .toList();
  }

  private boolean removeUnlessUsed(Path entry) {
    FileTime used = used(entry);
    String lockName = lockName(entry.getFileName().toString());
    try (CacheLock lock = cache.tryLock(lockName).orElse(null)) {
      if (lock == null) {
        return false; // Somebody makes this one, or one beside it: next time.
      }
      try (RunDirectory draft = cache.newDraft(lockName)) {
        Path taken =
            Files.move(entry, draft.path().resolve("pruned"), StandardCopyOption.ATOMIC_MOVE);
        if (used(taken).equals(used)) {
          return true;
        }
        Files.move(taken, entry, StandardCopyOption.ATOMIC_MOVE); // Found a moment ago.
        return false;
      } catch (NoSuchFileException e) {
        return false; // Another JVM was quicker.
      }
    } catch (IOException e) {
      throw new ToolboxException("deleting " + entry, e.toString(), "", entry, e);
    }
  }

  private static FileTime used(Path entry) {
    try {
      return Files.getLastModifiedTime(entry);
    } catch (IOException e) {
      return FileTime.fromMillis(0); // Another JVM has just deleted it.
    }
  }

  private static String lockName(String key) {
    return key.substring(0, Math.min(LOCK_NAME_LENGTH, key.length()));
  }
}
