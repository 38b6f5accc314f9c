package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what dead owners have left under a {@link RunRoot}: runs whose lock is free, and processes
 * whose run has gone altogether. What cannot be removed is logged, and left to the next sweep.
 */
final class Sweep {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  private final RunRoot root;

  Sweep(RunRoot root) {
    this.root = root;
  }

  void all() {
    try {
      Set<String> marks = MarkedProcesses.values(MarkedProcesses.RUN);
      Set<String> runs = root.knownRuns();
      for (String mark : marks) {
        Path run = Path.of(mark);
        if (root.path().equals(run.getParent())) {
          runs.add(run.getFileName().toString());
        }
      }
      Set<String> kept = Set.copyOf(root.keeps().all().values());
      for (String run : runs) {
        if (!(kept.contains(run) && marks.contains(root.directory(run).toString()))) {
          one(run);
        }
      }
    } catch (IOException e) {
      LOG.warn("Cannot look for leftovers under {}: {}", root.path(), e.toString());
    }
  }

  /** Ends one run if it has no owner, and is not kept with living processes. */
  void one(String run) {
    Path directory = root.directory(run);
    if (directory.toString().equals(System.getenv(MarkedProcesses.RUN))) {
      return; // This JVM itself is a process of that run.
    }
    try {
      Path lockFile = root.lockFile(run);
      boolean locked = Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS);
      if (!locked && Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        return; // Somebody has deleted the lock's file: nothing tells that the owner is dead.
      }
      Optional<OwnerLock> lock = locked ? OwnerLock.take(lockFile) : OwnerLock.create(lockFile);
      if (lock.isPresent()) {
        try (OwnerLock held = lock.get()) {
          end(run, held);
        }
      }
    } catch (IOException | ToolboxException e) {
      LOG.warn("Cannot remove the leftover {}: {}", directory, e.toString());
    }
  }

  private void end(String run, OwnerLock held) throws IOException {
    String mark = root.directory(run).toString();
    ProcessFamily family = ProcessFamily.marked(MarkedProcesses.RUN, mark);
    Set<ProcessHandle> living = family.living();
    if (!living.isEmpty() && root.keeps().all().containsValue(run)) {
      return;
    }
    if (!living.isEmpty() || Files.exists(root.directory(run), LinkOption.NOFOLLOW_LINKS)) {
      LOG.info("Removing {} and {} processes, left by a JVM that is dead", mark, living.size());
    }
    family.end("the processes of " + mark, Duration.ZERO);
    root.remove(run, held);
  }
}
