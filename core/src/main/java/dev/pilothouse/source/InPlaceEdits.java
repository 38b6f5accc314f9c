package dev.pilothouse.source;

import dev.pilothouse.source.SourceException.Reason;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Edits in a tree's own files, and the way back. */
final class InPlaceEdits implements AppliedEdits {
  private static final Logger LOG = LoggerFactory.getLogger(InPlaceEdits.class);

  private final Path root;
  private final EditJournal journal;
  private final Thread atExit = new Thread(this::closeAtExit, "pilothouse-take-back-edits");
  private boolean done;

  private InPlaceEdits(Path root, EditJournal journal) {
    this.root = root;
    this.journal = journal;
  }

  static InPlaceEdits apply(SourceTree tree, List<SourceEdit> edits) {
    if (tree.key().isPresent()) {
      throw new SourceException(
          Reason.SHARED,
          "editing " + tree.moduleDirectory(),
          "this tree is shared by all who use the cache",
          "compile it with the edits, or edit a workingCopy of it",
          null,
          null);
    }
    Map<String, Optional<String>> changes = SourceFiles.edited(tree.root(), edits).changes();
    InPlaceEdits applied;
    try {
      applied =
          new InPlaceEdits(
              tree.root(), EditJournal.write(tree.moduleDirectory(), tree.root(), changes));
    } catch (IOException e) {
      throw failed("keeping the original files of " + tree.moduleDirectory(), e);
    }
    try {
      Runtime.getRuntime().addShutdownHook(applied.atExit);
      TreeWriter.write(tree.root(), changes);
      return applied;
    } catch (RuntimeException e) {
      try {
        applied.close();
      } catch (RuntimeException other) {
        e.addSuppressed(other);
      }
      throw e;
    }
  }

  /** Takes back what killed JVMs left in a tree; what was changed since stays, with a warning. */
  static void takeBackLeftovers(Path moduleDirectory, Path root) {
    try {
      for (EditJournal journal : EditJournal.leftovers(moduleDirectory)) {
        LOG.info("Taking back edits in {} that a killed process left", root);
        try {
          new InPlaceEdits(root, journal).takeBack();
        } catch (SourceEditException e) {
          LOG.warn("Edits that a killed process left stay", e);
          journal.disown();
        }
      }
    } catch (IOException e) {
      throw failed("taking back edits that a killed process left in " + moduleDirectory, e);
    }
  }

  @Override
  public List<String> files() {
    return journal.entries().stream().map(EditJournal.Entry::file).toList();
  }

  @Override
  public synchronized void keep() {
    if (!done) {
      try {
        journal.delete();
      } catch (IOException e) {
        throw failed("deleting " + journal.folder(), e);
      }
      end();
    }
  }

  @Override
  public synchronized void close() {
    if (!done) {
      try {
        takeBack();
      } catch (IOException e) {
        throw failed("taking back edits in " + root, e);
      }
      end();
    }
  }

  private void end() {
    done = true;
    if (!Thread.currentThread().equals(atExit)) {
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException e) {
        LOG.debug("The JVM exits; the hook finds nothing to do", e);
      }
    }
  }

  private void closeAtExit() {
    try {
      close();
    } catch (RuntimeException e) {
      LOG.warn("Edits in {} stay", root, e);
    }
  }

  private void takeBack() throws IOException {
    List<String> changedSince =
        journal.entries().stream()
            .filter(this::isChangedSince)
            .map(EditJournal.Entry::file)
            .toList();
    if (!changedSince.isEmpty()) {
      throw new SourceEditException(
          SourceEditException.Reason.CHANGED_SINCE,
          changedSince,
          "taking back edits in " + root,
          "changed since they were edited: " + String.join(", ", changedSince),
          "no file was touched; the originals lie in the folder below: put these files right by"
              + " hand, then close again, or keep() the edits",
          journal.folder().resolve("before"));
    }
    for (EditJournal.Entry entry : journal.entries()) {
      takeBack(entry);
    }
    journal.delete();
  }

  private void takeBack(EditJournal.Entry entry) throws IOException {
    Path file = root.resolve(entry.file());
    if (Objects.equals(hash(file), entry.before())) {
      return;
    }
    if (entry.before() != null) {
      Path draft = file.resolveSibling(".pilothouse-" + UUID.randomUUID() + ".tmp");
      Files.createDirectories(file.getParent());
      Files.copy(journal.original(entry), draft, StandardCopyOption.COPY_ATTRIBUTES);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    Files.deleteIfExists(file);
    for (String folder : entry.newFolders()) {
      try {
        Files.deleteIfExists(root.resolve(folder));
      } catch (DirectoryNotEmptyException e) {
        LOG.info("{} stays: there are other files in it", root.resolve(folder));
        return;
      }
    }
  }

  /** A file that is as before was not reached yet, or was put right by hand. */
  private boolean isChangedSince(EditJournal.Entry entry) {
    try {
      String now = hash(root.resolve(entry.file()));
      return !Objects.equals(now, entry.after()) && !Objects.equals(now, entry.before());
    } catch (IOException e) {
      throw failed("reading " + entry.file(), e);
    }
  }

  private static @Nullable String hash(Path file) throws IOException {
    return Files.exists(file) ? ContentHash.of(file) : null;
  }

  private static SourceException failed(String tried, IOException e) {
    return new SourceException(Reason.UNREADABLE, tried, e.toString(), "", null, e);
  }
}
