package dev.pilothouse.source;

import dev.pilothouse.source.SourceException.Reason;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Writes files of a source tree, each by one rename, so that none is ever half written. */
final class TreeWriter {
  private TreeWriter() {}

  /** Writes or deletes (where the content is empty) files below a root. */
  static void write(Path root, Map<String, Optional<String>> changes) {
    changes.forEach(
        (file, content) -> {
          Path path = root.resolve(file);
          try {
            if (content.isPresent()) {
              Files.createDirectories(path.getParent());
              replace(path, content.get());
            } else {
              Files.deleteIfExists(path);
            }
          } catch (IOException e) {
            throw new SourceException(
                Reason.UNREADABLE, "writing " + path, e.toString(), "", path, e);
          }
        });
  }

  /** Copies a whole folder into an empty one; the copies are writable, whatever the originals. */
  static void copy(Path from, Path to) {
    try {
      Files.walkFileTree(
          from,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                throws IOException {
              Files.createDirectories(to.resolve(from.relativize(folder).toString()));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              copyFile(file, to.resolve(from.relativize(file).toString()));
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new SourceException(
          Reason.UNREADABLE, "copying " + from + " to " + to, e.toString(), "", to, e);
    }
  }

  static void copyFile(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
    if (!Files.isSymbolicLink(to)) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(to);
      if (permissions.add(PosixFilePermission.OWNER_WRITE)) {
        Files.setPosixFilePermissions(to, permissions);
      }
    }
  }

  private static void replace(Path path, String content) throws IOException {
    Path draft = path.resolveSibling(".pilothouse-" + UUID.randomUUID() + ".tmp");
    try {
      Files.writeString(draft, content, StandardOpenOption.CREATE_NEW);
      if (Files.exists(path)) {
        Files.setPosixFilePermissions(draft, Files.getPosixFilePermissions(path));
      }
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
