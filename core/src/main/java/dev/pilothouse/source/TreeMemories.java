package dev.pilothouse.source;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where {@link ContentIndex} remembers the files of trees; trees come and go. */
final class TreeMemories {
  private static final Logger LOG = LoggerFactory.getLogger(TreeMemories.class);
  private static final Duration KEPT = Duration.ofDays(30);

  private final Path folder;

  TreeMemories(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    try {
      return Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw SourceTree.unreadable(folder, e);
    }
  }

  /** Forgets trees that were not changed for long; at worst, their files are read once more. */
  void prune() {
    Instant oldest = Instant.now().minus(KEPT);
    try (DirectoryStream<Path> memories = Files.newDirectoryStream(folder())) {
      for (Path memory : memories) {
        if (Files.getLastModifiedTime(memory).toInstant().isBefore(oldest)) {
          Files.deleteIfExists(memory);
        }
      }
    } catch (IOException e) {
      LOG.warn("Cannot tidy up {}", folder, e);
    }
  }
}
