package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock among the threads of all JVMs. The file lock is between processes, and the system frees it
 * when its owner dies, however it dies. Threads of one JVM queue before it at a lock in memory:
 * they share the file lock, and closing one channel would free it for all. The file stays, because
 * deleting it would let two owners lock two files of one name.
 */
final class CacheLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CacheLock.class);
  private static final Map<Path, ReentrantLock> IN_THIS_JVM = new ConcurrentHashMap<>();

  /** Files locked by a copy of this class in another class loader: closing one would free it. */
  private static final Queue<FileChannel> KEPT_OPEN = new ConcurrentLinkedQueue<>();

  private final ReentrantLock thread;
  private final FileChannel channel;

  private CacheLock(ReentrantLock thread, FileChannel channel) {
    this.thread = thread;
    this.channel = channel;
  }

  /** Takes the lock if it is free. */
  static Optional<CacheLock> tryTake(Path file) throws IOException {
    ReentrantLock thread = inThisJvm(file);
    if (!thread.tryLock()) {
      return Optional.empty();
    }
    if (thread.getHoldCount() > 1) {
      thread.unlock();
      return Optional.empty();
    }
    return locked(thread, file, false);
  }

  /** Waits for the lock. */
  static CacheLock take(Path file) throws IOException, InterruptedException {
    ReentrantLock thread = inThisJvm(file);
    thread.lockInterruptibly();
    return locked(thread, file, true).orElseThrow();
  }

  private static ReentrantLock inThisJvm(Path file) {
    return IN_THIS_JVM.computeIfAbsent(file.toAbsolutePath().normalize(), f -> new ReentrantLock());
  }

  private static Optional<CacheLock> locked(ReentrantLock thread, Path file, boolean wait)
      throws IOException {
    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      taken = wait ? lock(channel) : tryLock(channel);
      return taken ? Optional.of(new CacheLock(thread, channel)) : Optional.empty();
    } catch (OverlappingFileLockException e) {
      KEPT_OPEN.add(channel);
      channel = null;
      return Optional.empty();
    } finally {
      if (!taken) {
        if (channel != null) {
          channel.close();
        }
        thread.unlock();
      }
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    while (true) {
      try {
        FileLock lock = channel.lock();
        return lock.isValid();
      } catch (OverlappingFileLockException e) {
        // Held by a copy of this class in another class loader of this JVM: it cannot be waited on.
        pause();
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    return channel.tryLock() != null;
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.nio.channels.FileLockInterruptionException();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Java frees the lock before it fails to close the file.
      LOG.warn("Cannot close the file of a lock", e);
    } finally {
      thread.unlock();
    }
  }
}
