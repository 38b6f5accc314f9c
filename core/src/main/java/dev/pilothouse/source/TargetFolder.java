package dev.pilothouse.source;

import dev.pilothouse.source.SourceException.Reason;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Folders that are made for the caller: new or empty before, gone again when the work failed. */
final class TargetFolder {
  private TargetFolder() {}

  static Path make(Path folder, String tried) {
    Path target = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(target);
      try (Stream<Path> children = Files.list(target)) {
        if (children.findAny().isPresent()) {
          throw new SourceException(
              Reason.TARGET_NOT_EMPTY,
              tried,
              target + " is not empty",
              "name a folder that is missing or empty",
              target,
              null);
        }
      }
      return target.toRealPath();
    } catch (IOException e) {
      throw new SourceException(Reason.UNREADABLE, tried, e.toString(), "", target, e);
    }
  }

  /** Deletes a folder because of a failure, which is not to be hidden by another one. */
  static void discard(Path folder, Throwable because) {
    try {
      delete(folder);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
