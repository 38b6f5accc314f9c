package dev.pilothouse.source;

import dev.pilothouse.source.SourceEditException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files of a tree as they will be: what edits write is kept here, the tree itself is only read.
 * File names are relative to Istio's root.
 */
final class SourceFiles {
  private final Path root;
  private final Map<String, Optional<String>> changed = new TreeMap<>();

  SourceFiles(Path root) {
    this.root = root;
  }

  /** Carries out edits on a tree, in memory. */
  static SourceFiles edited(Path root, List<SourceEdit> edits) {
    SourceFiles files = new SourceFiles(root);
    edits.forEach(edit -> edit.apply(files));
    return files;
  }

  /** New content by file; empty for a deleted file. Files that end up as they were are left out. */
  Map<String, Optional<String>> changes() {
    Map<String, Optional<String>> changes = new TreeMap<>(changed);
    changes.entrySet().removeIf(change -> change.getValue().equals(onDisk(change.getKey())));
    return changes;
  }

  boolean exists(String file) {
    Optional<String> change = changed.get(file);
    return change == null ? Files.isRegularFile(path(file)) : change.isPresent();
  }

  String read(String file) {
    Optional<String> change = changed.get(file);
    return (change == null ? onDisk(file) : change).orElseThrow(() -> missing(file));
  }

  void write(String file, String content) {
    path(file);
    changed.put(file, Optional.of(content));
  }

  void delete(String file) {
    changed.put(file, Optional.empty());
  }

  private Optional<String> onDisk(String file) {
    Path path = path(file);
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      throw bad(file, "it is not UTF-8 text");
    } catch (IOException e) {
      throw new SourceException(
          SourceException.Reason.UNREADABLE, "reading " + path, e.toString(), "", path, e);
    }
  }

  private Path path(String file) {
    Path relative;
    try {
      relative = Path.of(file);
    } catch (InvalidPathException e) {
      throw bad(file, e.toString());
    }
    Path path = root.resolve(relative).normalize();
    if (file.isBlank()
        || relative.isAbsolute()
        || path.equals(root)
        || !path.startsWith(root)
        || !relative.normalize().equals(relative)) {
      throw bad(file, "it is no plain path below the root");
    }
    return path;
  }

  private SourceEditException missing(String file) {
    return new SourceEditException(
        Reason.NO_SUCH_FILE,
        List.of(file),
        "editing " + file,
        "it is not in the tree at " + root,
        "paths count from Istio's root, as in pilot/pkg/xds/ads.go; a vendored tree has no tests,"
            + " scripts and documents, a Git checkout has all",
        null);
  }

  private static SourceEditException bad(String file, String why) {
    return new SourceEditException(
        Reason.BAD_EDIT, List.of(file), "editing " + file, why, "", null);
  }
}
