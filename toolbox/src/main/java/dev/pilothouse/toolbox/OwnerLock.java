package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The lock that a live owner of a run directory holds. The kernel drops it when the owner's JVM
 * dies, however it dies. Only who holds the lock may delete its file, so a lock that was taken on a
 * file which is still there is good.
 *
 * <p>These locks belong to the JVM, not to a handle on the file: whoever in this JVM closes any
 * handle on the file drops the lock. Hence the JVM-wide state: a file whose lock this JVM holds
 * must not be opened again, not even to try.
 */
final class OwnerLock implements AutoCloseable {
  private static final Set<OpenOption> READ_WRITE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final Set<Path> HELD = new HashSet<>();

  /** Files locked by another copy of this class (another class loader): must stay open. */
  private static final Map<Path, FileChannel> HELD_BY_ANOTHER_COPY = new HashMap<>();

  private final Path file;
  private final FileChannel channel;

  private OwnerLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Makes a new lock file and takes its lock; empty if there is one or it was swept meanwhile. */
  static Optional<OwnerLock> create(Path file) throws IOException {
    synchronized (HELD) {
      try {
        Files.createFile(file, PrivateFiles.FILE_MODE);
      } catch (FileAlreadyExistsException e) {
        return Optional.empty();
      }
      try {
        return take(file);
      } catch (IOException e) {
        Files.deleteIfExists(file);
        throw e;
      }
    }
  }

  /** Takes the lock of a file that is there; empty if somebody holds it or the file has gone. */
  static Optional<OwnerLock> take(Path file) throws IOException {
    synchronized (HELD) {
      if (HELD.contains(file)) {
        return Optional.empty();
      }
      forgetDeleted();
      FileChannel channel = HELD_BY_ANOTHER_COPY.remove(file);
      try {
        return lock(file, channel != null ? channel : FileChannel.open(file, READ_WRITE));
      } catch (NoSuchFileException e) {
        return Optional.empty();
      }
    }
  }

  private static Optional<OwnerLock> lock(Path file, FileChannel channel) throws IOException {
    boolean keepOpen = false;
    try {
      if (channel.tryLock() == null || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
      HELD.add(file);
      keepOpen = true;
      return Optional.of(new OwnerLock(file, channel));
    } catch (OverlappingFileLockException e) {
      HELD_BY_ANOTHER_COPY.put(file, channel);
      keepOpen = true;
      return Optional.empty();
    } finally {
      if (!keepOpen) {
        channel.close();
      }
    }
  }

  /** A file that its holder has deleted protects nothing any more. */
  private static void forgetDeleted() throws IOException {
    for (Path file : Set.copyOf(HELD_BY_ANOTHER_COPY.keySet())) {
      FileChannel channel = HELD_BY_ANOTHER_COPY.get(file);
      if (channel != null && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        HELD_BY_ANOTHER_COPY.remove(file);
        channel.close();
      }
    }
  }

  /** Who holds a lock that could not be taken, for messages. */
  static String holder(Path file) {
    synchronized (HELD) {
      if (HELD.contains(file) || HELD_BY_ANOTHER_COPY.containsKey(file)) {
        return "this JVM";
      }
      try {
        return "process " + Files.readString(file);
      } catch (IOException e) {
        return "an unknown process (" + e + ")";
      }
    }
  }

  /** Deletes the file; then nobody can take the lock any more. */
  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  /** Lets go of the lock; the file stays. */
  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      HELD.remove(file);
      channel.close();
    }
  }
}
