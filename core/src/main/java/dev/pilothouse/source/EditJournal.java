package dev.pilothouse.source;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The original files of edits in a tree, kept in the tree's folder {@code .pilothouse} (which tells
 * Git to ignore it) until the edits are taken back. It is complete before the first file is
 * touched, so a journal whose owner was killed is enough to take its edits back.
 */
final class EditJournal {
  private static final String FOLDER = ".pilothouse";
  private static final String ENTRIES = "entries.json";
  private static final Duration YOUNG = Duration.ofMinutes(1);

  /** The journals of this JVM: a lock cannot be asked for by the process that holds it. */
  private static final Set<Path> OWN = new HashSet<>();

  private final Path folder;
  private final List<Entry> entries;
  private final FileChannel owner;

  private EditJournal(Path folder, List<Entry> entries, FileChannel owner) {
    this.folder = folder;
    this.entries = List.copyOf(entries);
    this.owner = owner;
  }

  /**
   * One file, before and after. A hash is null where there is no file.
   *
   * @param file relative to Istio's root
   * @param before the hash of the original
   * @param after the hash of what the edits make of it
   * @param newFolders the folders that the edits made for it, the innermost first
   */
  record Entry(
      String file, @Nullable String before, @Nullable String after, List<String> newFolders) {}

  Path folder() {
    return folder;
  }

  List<Entry> entries() {
    return entries;
  }

  Path original(Entry entry) {
    return folder.resolve("before").resolve(entry.file());
  }

  /** Writes down what is about to be done. */
  static EditJournal write(Path moduleDirectory, Path root, Map<String, Optional<String>> changes)
      throws IOException {
    Path journals = moduleDirectory.resolve(FOLDER);
    Files.createDirectories(journals);
    Files.writeString(journals.resolve(".gitignore"), "*\n");
    synchronized (OWN) {
      Path folder =
          Files.createTempDirectory(
              journals,
              "edits-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      OWN.add(folder);
      FileChannel owner = lock(folder).orElseThrow(() -> new IOException("cannot lock " + folder));
      List<Entry> entries = new ArrayList<>();
      EditJournal journal = new EditJournal(folder, entries, owner);
      for (Map.Entry<String, Optional<String>> change : new TreeMap<>(changes).entrySet()) {
        entries.add(journal.entry(root, change.getKey(), change.getValue()));
      }
      Path draft = folder.resolve(ENTRIES + ".tmp");
      new ObjectMapper().writeValue(draft.toFile(), entries);
      Files.move(draft, folder.resolve(ENTRIES));
      return new EditJournal(folder, entries, owner);
    }
  }

  private Entry entry(Path root, String file, Optional<String> content) throws IOException {
    Path path = root.resolve(file);
    String before = null;
    if (Files.exists(path)) {
      before = ContentHash.of(path);
      Path original = folder.resolve("before").resolve(file);
      Files.createDirectories(original.getParent());
      Files.copy(path, original, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }
    List<String> newFolders = new ArrayList<>();
    Path relative = Path.of(file);
    for (int names = relative.getNameCount() - 1; names > 0; names--) {
      Path parent = relative.subpath(0, names);
      if (!Files.exists(root.resolve(parent))) {
        newFolders.add(parent.toString());
      }
    }
    return new Entry(file, before, content.map(ContentHash::of).orElse(null), newFolders);
  }

  /** The journals below a tree that nobody owns any more; the caller owns them now. */
  static List<EditJournal> leftovers(Path moduleDirectory) throws IOException {
    Path journals = moduleDirectory.resolve(FOLDER);
    List<EditJournal> leftovers = new ArrayList<>();
    if (!Files.isDirectory(journals)) {
      return leftovers;
    }
    synchronized (OWN) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(journals, "edits-*")) {
        for (Path folder : folders) {
          boolean skip = OWN.contains(folder) || isBeingMade(folder);
          Optional<FileChannel> owner = skip ? Optional.empty() : lock(folder);
          if (owner.isPresent()) {
            OWN.add(folder);
            leftovers.add(new EditJournal(folder, readEntries(folder), owner.get()));
          }
        }
      }
    }
    return leftovers;
  }

  /** Between making the folder and locking it, a living owner cannot be told from a dead one. */
  private static boolean isBeingMade(Path folder) throws IOException {
    return !Files.exists(folder.resolve(ENTRIES))
        && Files.getLastModifiedTime(folder).toInstant().isAfter(Instant.now().minus(YOUNG));
  }

  /** None when the owner was killed before it was complete: no file had been touched then. */
  private static List<Entry> readEntries(Path folder) throws IOException {
    Path file = folder.resolve(ENTRIES);
    return Files.exists(file)
        ? List.of(new ObjectMapper().readValue(file.toFile(), Entry[].class))
        : List.of();
  }

  private static Optional<FileChannel> lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("owner"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      return Optional.empty();
    }
    return Optional.of(channel);
  }

  /** Leaves it to whoever opens the tree next. */
  void disown() throws IOException {
    synchronized (OWN) {
      OWN.remove(folder);
      owner.close();
    }
  }

  /** The edits are taken back, or are to stay. */
  void delete() throws IOException {
    synchronized (OWN) {
      TargetFolder.delete(folder);
      disown();
      Path journals = folder.resolveSibling("");
      try (DirectoryStream<Path> others = Files.newDirectoryStream(journals, "edits-*")) {
        if (!others.iterator().hasNext()) {
          TargetFolder.delete(journals);
        }
      }
    }
  }
}
