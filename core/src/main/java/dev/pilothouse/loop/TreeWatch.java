package dev.pilothouse.loop;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.IstioSource;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs something at the start and after each save below a tree's root. One thread hears of saves,
 * another runs, so that a save can overtake what runs.
 */
final class TreeWatch implements Watch {
  private static final Logger LOG = LoggerFactory.getLogger(TreeWatch.class);
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Results of make, and (by their dot) version control and editors. */
  private static final Set<String> SKIPPED_FOLDERS = Set.of("out");

  private final WatchService service;
  private final Path root;
  private final Consumer<Overtaking> run;
  private final Thread hearing = new Thread(this::hear, "pilothouse-watch");
  private final Thread running = new Thread(this::runAll, "pilothouse-watch-cycles");
  private boolean saved = true; // guarded by this, as all below
  private long lastSave = System.nanoTime() - QUIET_NANOS;
  private boolean closed;
  private @Nullable Overtaking current;

  private TreeWatch(WatchService service, Path root, Consumer<Overtaking> run) {
    this.service = service;
    this.root = root;
    this.run = run;
  }

  static TreeWatch start(IstioSource source, Consumer<Overtaking> run) {
    String tried = "watching " + source.root();
    WatchService service = null;
    try {
      service = FileSystems.getDefault().newWatchService();
      TreeWatch watch = new TreeWatch(service, source.root(), run);
      watch.register(source.root());
      if (!source.moduleDirectory().equals(source.root())) {
        watch.registerFolder(source.moduleDirectory()); // go.mod
      }
      watch.hearing.setDaemon(true);
      watch.running.setDaemon(true);
      watch.hearing.start();
      watch.running.start();
      return watch;
    } catch (IOException e) {
      closeQuietly(service, e);
      throw new PilothouseException(
          tried,
          e.toString(),
          "if the limit of inotify watches is reached, raise the sysctls"
              + " fs.inotify.max_user_watches and fs.inotify.max_user_instances",
          null,
          e);
    }
  }

  @Override
  public synchronized boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() {
    end();
    boolean interrupted = false;
    while (running.isAlive() && Thread.currentThread() != running) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true; // The deployment that is under way ends by itself, by its deadline.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void end() {
    closed = true;
    if (current != null) {
      current.overtake();
    }
    notifyAll();
    try {
      service.close();
    } catch (IOException e) {
      LOG.warn("Cannot close the watch of {}", root, e);
    }
  }

  private void register(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes)
              throws IOException {
            if (!each.equals(root) && skipped(each)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            registerFolder(each);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // Deleted meanwhile, as editors do.
            }
            throw e;
          }
        });
  }

  private void registerFolder(Path folder) throws IOException {
    folder.register(
        service,
        StandardWatchEventKinds.ENTRY_CREATE,
        StandardWatchEventKinds.ENTRY_MODIFY,
        StandardWatchEventKinds.ENTRY_DELETE);
  }

  private void hear() {
    try {
      while (true) {
        WatchKey key = service.take();
        Path folder = (Path) key.watchable();
        for (WatchEvent<?> event : key.pollEvents()) {
          hear(folder, event);
        }
        if (!key.reset() && folder.equals(root)) {
          LOG.warn("{} is gone: the watch ends", root);
          end();
        }
      }
    } catch (ClosedWatchServiceException e) {
      LOG.debug("The watch of {} is closed", root, e);
    } catch (InterruptedException e) {
      end();
    }
  }

  private void hear(Path folder, WatchEvent<?> event) {
    if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
      saved();
      return;
    }
    Path file = folder.resolve((Path) event.context());
    if (skipped(file) || ignored(file.getFileName().toString())) {
      return;
    }
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      if (event.kind() != StandardWatchEventKinds.ENTRY_CREATE || !file.startsWith(root)) {
        return;
      }
      try {
        register(file);
      } catch (IOException e) {
        LOG.warn("Saves below {} are not heard", file, e);
      }
    }
    saved();
  }

  private synchronized void saved() {
    saved = true;
    lastSave = System.nanoTime();
    if (current != null) {
      current.overtake();
    }
    notifyAll();
  }

  private void runAll() {
    try {
      while (true) {
        Overtaking overtaking = awaitSave();
        if (overtaking == null) {
          return;
        }
        run.accept(overtaking);
        synchronized (this) {
          current = null;
        }
      }
    } catch (InterruptedException e) {
      end();
    } catch (RuntimeException e) {
      LOG.error("The watch of {} ends", root, e);
      end();
    }
  }

  /** Waits until there was a save, and no further one for a moment. Null when closed. */
  private synchronized @Nullable Overtaking awaitSave() throws InterruptedException {
    while (!closed) {
      long rest = QUIET_NANOS - (System.nanoTime() - lastSave);
      if (!saved) {
        wait();
      } else if (rest > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, rest);
      } else {
        saved = false;
        current = new Overtaking(Thread.currentThread());
        return current;
      }
    }
    return null;
  }

  private static boolean skipped(Path folder) {
    String name = String.valueOf(folder.getFileName());
    return name.startsWith(".") || SKIPPED_FOLDERS.contains(name);
  }

  /** What editors write beside a file, and what no build reads. */
  private static boolean ignored(String name) {
    return name.endsWith("~") || name.endsWith("_test.go");
  }

  private static void closeQuietly(@Nullable WatchService service, IOException failure) {
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
